"""The record of calls in SQL: one writer thread, many calls to a commit."""

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Final, TypeVar, cast
from uuid import uuid4

import structlog
from sqlalchemy import Connection, delete, insert, select, update

from service import quota
from service.answer import Answer, Served
from service.database import calls, identified, opened
from service.records import Claim, ClaimLost, Key, LastWord, Taken
from service.window import LONGEST_HELD

T = TypeVar("T")

log = structlog.get_logger()

KEPT: Final = 24 * 3600.0
"""Seconds for which an outcome is kept after its request was acknowledged."""
KEPT_UNHEARD: Final = 30 * 24 * 3600.0
"""Seconds for which one is kept whose request may come again: it waits in the broker, for as long
as a pause or an outage lasts, or is a dead letter that somebody may replay. After a month that is
an installation left behind, and bodies of megabytes may not pile up for ever."""

_SWEEP: Final = 600.0
_MOST: Final = 512
_FREE: Final = "free"
"""Handed back: not sent, and nobody is at it."""
_CLAIMED: Final = "claimed"
_SENT: Final = "sent"
_DONE: Final = "done"
_TOLD: Final = "told"
"""Done, and its request acknowledged."""
_SANDBOX: Final = "sandbox"
"""Done, by a recording: of no account where the upstream itself is called."""
_FINAL: Final = (_DONE, _TOLD)
_OVER: Final = (*_FINAL, _SANDBOX)
_RECORDING: Final = 5.0
"""Seconds that the last step of a call may take to be on record."""

Work = tuple[Callable[[Connection], Any], "Future[Any]"]


class Store:
    """Keeps calls in the database of `url`; a group of calls shares one commit."""

    def __init__(self, url: str, wall: Callable[[], float] = time.time) -> None:
        self._engine = opened(url)
        self._wall = wall
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._heard: deque[tuple[Key, float]] = deque()
        """Acknowledged, and since when; noted with the next commit."""
        self._swept = wall()  # not at once: what waits in the broker may still ask for it
        with self._engine.begin() as connection:
            self.store_id = identified(connection)
        self._thread = threading.Thread(target=self._run, name="hub-store", daemon=True)
        self._thread.start()

    async def claim(
        self, key: Key, fingerprint: bytes, operation: str, *, sandbox: bool = False
    ) -> Taken:
        """Claim a call, or learn what became of it."""
        values = _row(key, fingerprint, operation)
        return await self._do(lambda on: self._claim(on, key, values, sandbox=sandbox))

    async def sending(self, claim: Claim) -> None:
        """Return once the call is on record as leaving.

        Raises:
            ClaimLost: it is another's by now.
        """
        if not await self._do(lambda on: self._state(on, claim, _SENT)):
            raise ClaimLost

    async def unsent(self, claim: Claim) -> None:
        """Let go of the claim: the call was not executed."""
        await self._do(lambda on: self._state(on, claim, _FREE))

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        """Keep the outcome; returns the one that counts."""
        return await self._do(lambda on: self._done(on, claim, answer))

    def acknowledged(self, key: Key) -> None:
        """Have it noted with the next commit; one that is lost is kept longer, no more."""
        self._heard.append((key, self._wall()))

    async def give_up(
        self, key: Key, fingerprint: bytes, operation: str, last: LastWord, *, sandbox: bool
    ) -> Taken | None:
        """Keep the last word, and learn what counts; None while somebody may be at the call."""
        values = _row(key, fingerprint, operation)

        def job(on: Connection) -> Taken | None:
            if self._alive(on, key, last.timeout + _RECORDING):
                return None
            taken = self._claim(on, key, values, sandbox=sandbox)
            if taken.claim is None:
                return taken
            answer = last.sent if taken.sent else last.unsent
            return Taken(answer=self._done(on, taken.claim, answer))

        return await self._do(job)

    async def count(self, user: str, limits: Mapping[str, int], day: int) -> str:
        """Count one request; returns the pattern that is used up, if one is."""
        return await self._do(lambda on: quota.count(on, user, limits, day))

    def uncount(self, user: str, patterns: Collection[str], day: int) -> None:
        """Take one request back, with a commit for which nobody waits."""
        self._work.put((lambda on: quota.uncount(on, user, patterns, day), Future()))

    async def aclose(self) -> None:
        """Write what is left, and close."""
        self._work.put(None)
        await asyncio.to_thread(self._thread.join)
        self._engine.dispose()

    async def _do(self, job: Callable[[Connection], T]) -> T:
        future: Future[T] = Future()
        self._work.put((job, future))
        return await asyncio.wrap_future(future)

    def _run(self) -> None:
        while (first := self._work.get()) is not None:
            group, more = self._group(first)
            self._commit(group)
            if not more:
                break
        self._commit([])

    def _group(self, first: Work) -> tuple[list[Work], bool]:
        group = [first]
        while len(group) < _MOST:
            try:
                item = self._work.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return group, False
            group.append(item)
        return group, True

    def _commit(self, group: list[Work]) -> None:
        try:
            with self._engine.begin() as connection:
                found = [job(connection) for job, _ in group]
                heard = self._note_heard(connection)
                self._sweep(connection)
        except Exception as error:  # noqa: BLE001  (each caller gets it)
            if len(group) != 1:
                for one in group:
                    self._commit([one])
                return
            with suppress(InvalidStateError):  # its caller was cancelled
                group[0][1].set_exception(error)
            return
        for _ in range(heard):
            self._heard.popleft()
        for (_, future), result in zip(group, found, strict=True):
            with suppress(InvalidStateError):
                future.set_result(result)

    def _claim(self, on: Connection, key: Key, values: dict[str, Any], *, sandbox: bool) -> Taken:
        # locked: who is about to send it waits, and then finds that it has lost the claim
        row = on.execute(select(calls).where(*_is(key)).with_for_update()).one_or_none()
        claim, values = Claim(key, values["token"]), values | {"changed": self._wall()}
        if row is None:
            on.execute(insert(calls).values(values))
            return Taken(claim=claim)
        if row.state == _SANDBOX and not sandbox:
            on.execute(update(calls).where(*_is(key)).values(values))
            return Taken(claim=claim)
        if row.fingerprint != values["fingerprint"]:
            return Taken(conflict=True)
        if row.state in _OVER:
            return Taken(answer=_answer(row))
        sent = row.state == _SENT
        taken = {name: values[name] for name in ("token", "changed")}
        taken["state"] = _SENT if sent else _CLAIMED
        on.execute(update(calls).where(*_is(key)).values(taken))
        return Taken(claim=claim, sent=sent)

    def _alive(self, on: Connection, key: Key, within: float) -> bool:
        """Return whether somebody may be about to make a call, or be making it."""
        row = on.execute(select(calls.c.state, calls.c.changed).where(*_is(key))).one_or_none()
        longest = {_CLAIMED: LONGEST_HELD, _SENT: within}
        return row is not None and self._wall() - row.changed < longest.get(row.state, 0.0)

    def _state(self, on: Connection, claim: Claim, state: str) -> bool:
        change = update(calls).where(*_is(claim.key), calls.c.token == claim.token)
        change = change.where(calls.c.state.not_in(_FINAL))
        return on.execute(change.values(state=state, changed=self._wall())).rowcount == 1

    def _done(self, on: Connection, claim: Claim, answer: Answer) -> Answer:
        recording = answer.served == "sandbox"
        change = update(calls).where(*_is(claim.key), calls.c.state.not_in(_FINAL))
        if recording:
            change = change.where(calls.c.token == claim.token)
        values = {
            "state": _SANDBOX if recording else _DONE,
            "ok": answer.ok,
            "body": answer.body,
            "attempts": answer.attempts,
            "changed": self._wall(),
        }
        if on.execute(change.values(values)).rowcount == 1:
            return answer
        row = on.execute(select(calls).where(*_is(claim.key))).one_or_none()
        return _answer(row) if row and row.state in _OVER else answer

    def _sweep(self, on: Connection) -> None:
        now = self._wall()
        if now - self._swept >= _SWEEP:
            self._swept = now
            self._forget(on, now - KEPT, _TOLD, _SANDBOX)
            if unheard := self._forget(on, now - KEPT_UNHEARD, _DONE):
                log.warning("outcomes_forgotten_unheard", count=unheard)
            quota.forget(on, now)

    def _forget(self, on: Connection, before: float, *states: str) -> int:
        old = calls.c.changed < before
        return on.execute(delete(calls).where(old, calls.c.state.in_(states))).rowcount

    def _note_heard(self, on: Connection) -> int:
        """Note what was acknowledged so far; returns how many."""
        heard = list(self._heard)
        for key, at in heard:
            change = update(calls).where(*_is(key), calls.c.state == _DONE)
            on.execute(change.values(state=_TOLD, changed=at))
        return len(heard)


def _row(key: Key, fingerprint: bytes, operation: str) -> dict[str, Any]:
    return {
        "user": key.user,
        "request_id": key.request_id,
        "fingerprint": fingerprint,
        "operation": operation,
        "state": _CLAIMED,
        "token": uuid4().hex,
    }


def _is(key: Key) -> tuple[Any, Any]:
    return calls.c.user == key.user, calls.c.request_id == key.request_id


def _answer(row: Any) -> Answer:  # noqa: ANN401  (a row of `calls`)
    served: Served = "sandbox" if row.state == _SANDBOX else "replay"
    return Answer(ok=bool(row.ok), body=cast("bytes", row.body), served=served)
