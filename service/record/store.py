"""The record of calls in SQL, as hubs use it: steps of `ledger`, run by a `writer`."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeVar

import structlog
from sqlalchemy import Connection

from service.answer import Answer
from service.permission import quota
from service.record import ledger
from service.record.database import opened
from service.record.records import KEPT, Claim, ClaimLost, Key, Known, LastWord, Taken
from service.record.schema import prepared
from service.record.writer import Job, Place, Writer

T = TypeVar("T")

log = structlog.get_logger()

KEPT_UNHEARD: Final = 30 * 24 * 3600.0
"""Seconds for which one is kept whose request may come again: it waits in the broker, for as long
as a pause or an outage lasts, or is a dead letter that somebody may replay. After a month that is
an installation left behind, and bodies of megabytes may not pile up for ever."""

_SWEEP: Final = 600.0
_AT_LAST: Final = (2, "", "")
"""The place of what touches the rows of many."""


class Store:
    """Keeps calls in the database of `url`."""

    def __init__(self, url: str, wall: Callable[[], float] = time.time) -> None:
        engine = opened(url)
        self._wall = wall
        self._swept = wall()  # not at once: what waits in the broker may still ask for it
        try:
            with engine.begin() as connection:
                self.store_id = prepared(connection)
        except BaseException:
            engine.dispose()
            raise
        self._writer = Writer(engine)

    @property
    def trouble(self) -> str:
        """What keeps it from writing, so that what acts waits; nothing while it can."""
        reason = self._writer.trouble
        return reason and (
            f"The record of calls cannot be written: {reason}. What acts waits for it; look at the "
            "database of HUB_DATABASE_URL, or at the disk of HUB_DATA_DIR."
        )

    async def claim(
        self,
        key: Key,
        fingerprint: bytes,
        operation: str,
        *,
        sandbox: bool = False,
        young: float = 0.0,
    ) -> Taken:
        """Claim a call, or learn what became of it."""
        row = ledger.row(key, fingerprint, operation)
        return await self._do(
            _place(key),
            lambda on: ledger.claim_old(on, row, self._wall(), young, sandbox=sandbox),
        )

    async def sending(self, claim: Claim) -> None:
        """Return once the call is on record as leaving.

        Raises:
            ClaimLost: it is another's by now.
        """
        if not await self._move(claim, ledger.SENT):
            raise ClaimLost

    async def unsent(self, claim: Claim) -> None:
        """Let go of the claim: the call was not executed."""
        await self._move(claim, ledger.FREE)

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        """Keep the outcome; returns the one that counts.

        Raises:
            ClaimLost: nothing left here, and the call is another's by now.
        """
        counts = await self._do(
            _place(claim.key), lambda on: ledger.done(on, claim, answer, self._wall())
        )
        if counts is None:
            raise ClaimLost
        return counts

    def acknowledged(self, key: Key) -> None:
        """Have it noted with the next commit; one that is lost is kept longer, no more."""
        at = self._wall()
        self._writer.aside(_place(key), lambda on: ledger.told(on, key, at))

    async def give_up(
        self, key: Key, fingerprint: bytes, operation: str, last: LastWord, *, sandbox: bool
    ) -> Taken | None:
        """Keep the last word, and learn what counts; None while somebody may be at the call."""
        row = ledger.row(key, fingerprint, operation)
        return await self._do(
            _place(key), lambda on: ledger.give_up(on, row, last, self._wall(), sandbox=sandbox)
        )

    async def count(self, user: str, limits: Mapping[str, int], day: int) -> str:
        """Count one request; returns the pattern that is used up, if one is."""
        return await self._do((1, user, ""), lambda on: quota.count(on, user, limits, day))

    def uncount(self, user: str, patterns: Collection[str], day: int) -> None:
        """Take one request back at once: it comes again, perhaps to another hub."""
        self._writer.soon((1, user, ""), lambda on: quota.uncount(on, user, patterns, day))

    async def look(self, key: Key, *, keep: bool = False) -> Known | None:
        """Return what is known of a request; with `keep`, as if its outcome was not heard yet."""
        again = self._wall() if keep else None
        return await self._do(_place(key), lambda on: ledger.look(on, key, again))

    async def aclose(self) -> None:
        """Write what is left, and close."""
        await self._writer.aclose()

    async def _move(self, claim: Claim, state: str) -> bool:
        return await self._do(
            _place(claim.key), lambda on: ledger.move(on, claim, state, self._wall())
        )

    async def _do(self, place: Place, job: Job[T]) -> T:
        now = self._wall()
        if now - self._swept >= _SWEEP:
            self._swept = now
            self._writer.aside(_AT_LAST, lambda on: _forget(on, now))
        return await self._writer.do(place, job)


def _place(key: Key) -> Place:
    return 0, key.user, key.request_id


def _forget(on: Connection, now: float) -> None:
    """Forget what is old, but no call that may have happened: who asks again would repeat it."""
    ledger.forget(on, now - KEPT, (ledger.TOLD, ledger.SANDBOX))
    if unheard := ledger.forget(on, now - KEPT_UNHEARD, ledger.UNHEARD):
        log.warning("outcomes_forgotten_unheard", count=unheard)
    quota.forget(on, now)
