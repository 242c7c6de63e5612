"""The record of calls in SQL: one writer thread, many calls to a commit."""

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, Final, TypeVar, cast
from uuid import uuid4

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)

from service.answer import Answer, Served
from service.records import Claim, ClaimLost, Key, Taken

T = TypeVar("T")

KEPT: Final = 24 * 3600.0
"""Seconds for which an outcome is kept."""

_SWEEP: Final = 600.0
_MOST: Final = 512
_DONE: Final = "done"
_SANDBOX: Final = "sandbox"
"""Done, by a recording: of no account where the upstream itself is called."""
_OVER: Final = (_DONE, _SANDBOX)

metadata: Final = MetaData()
calls: Final = Table(
    "calls",
    metadata,
    Column("user", String(255), primary_key=True),
    Column("request_id", String(255), primary_key=True),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("operation", String(255), nullable=False),
    Column("state", String(8), nullable=False),
    Column("token", String(32), nullable=False),
    Column("ok", Boolean),
    Column("body", LargeBinary),
    Column("attempts", Integer),
    Column("changed", Float, nullable=False),
    Index("calls_changed", "changed"),
)
identity: Final = Table("identity", metadata, Column("store_id", String(32), primary_key=True))

Work = tuple[Callable[[Connection], Any], "Future[Any]"]


class Store:
    """Keeps calls in the database of `url`; a group of calls shares one commit."""

    def __init__(self, url: str, wall: Callable[[], float] = time.time) -> None:
        self._engine = _open(url)
        self._wall = wall
        self._work: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._swept = wall()  # not at once: what waits in the broker may still ask for it
        with self._engine.begin() as connection:
            metadata.create_all(connection)
            self.store_id = _identity(connection)
        self._thread = threading.Thread(target=self._run, name="hub-store", daemon=True)
        self._thread.start()

    async def claim(
        self, key: Key, fingerprint: bytes, operation: str, *, sandbox: bool = False
    ) -> Taken:
        """Claim a call, or learn what became of it."""
        values = {
            "user": key.user,
            "request_id": key.request_id,
            "fingerprint": fingerprint,
            "operation": operation,
            "state": "claimed",
            "token": uuid4().hex,
        }
        return await self._do(lambda on: self._claim(on, key, values, sandbox=sandbox))

    async def sending(self, claim: Claim) -> None:
        """Return once the call is on record as leaving.

        Raises:
            ClaimLost: it is another's by now.
        """
        if not await self._do(lambda on: self._state(on, claim, "sent")):
            raise ClaimLost

    async def unsent(self, claim: Claim) -> None:
        """Take back that the call left."""
        await self._do(lambda on: self._state(on, claim, "claimed"))

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        """Keep the outcome; returns the one that counts."""
        return await self._do(lambda on: self._done(on, claim, answer))

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
                return

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
                self._sweep(connection)
        except Exception as error:  # noqa: BLE001  (each caller gets it)
            if len(group) > 1:
                for one in group:
                    self._commit([one])
                return
            with suppress(InvalidStateError):  # its caller was cancelled
                group[0][1].set_exception(error)
            return
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
        taken = {name: values[name] for name in ("token", "changed")}
        on.execute(update(calls).where(*_is(key)).values(taken))
        return Taken(claim=claim, sent=row.state == "sent")

    def _state(self, on: Connection, claim: Claim, state: str) -> bool:
        change = update(calls).where(*_is(claim.key), calls.c.token == claim.token)
        change = change.where(calls.c.state != _DONE)
        return on.execute(change.values(state=state, changed=self._wall())).rowcount == 1

    def _done(self, on: Connection, claim: Claim, answer: Answer) -> Answer:
        recording = answer.served == "sandbox"
        change = update(calls).where(*_is(claim.key), calls.c.state != _DONE)
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
            old = calls.c.changed < now - KEPT
            on.execute(delete(calls).where(old, calls.c.state.in_(_OVER)))


def _is(key: Key) -> tuple[Any, Any]:
    return calls.c.user == key.user, calls.c.request_id == key.request_id


def _answer(row: Any) -> Answer:  # noqa: ANN401  (a row of `calls`)
    served: Served = "sandbox" if row.state == _SANDBOX else "replay"
    return Answer(ok=bool(row.ok), body=cast("bytes", row.body), served=served)


def _identity(connection: Connection) -> str:
    found = connection.execute(select(identity.c.store_id)).scalar()
    if found is None:
        found = uuid4().hex
        connection.execute(insert(identity).values(store_id=found))
    return str(found)


def _open(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: object) -> None:  # noqa: ANN401  (the driver's)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
