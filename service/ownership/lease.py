"""The lease of one integration: stand in its line, hold it, give it away.

A single active consumer alone tells no hub that it owns a queue, and leaves two owners after a
cancel. So ownership is a message: `line` waits for it, `tenure` holds and renews it, `state` says
what is in it and when it is late, `rank` who should have it.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from logging import DEBUG, WARNING
from typing import Final, Protocol

import structlog

from service.amqp.errors import BusError
from service.amqp.link import Link
from service.ownership.line import LeaseQueue, Line, answers, seed
from service.ownership.state import Identity, LeaseMessage, Memory
from service.ownership.tenure import Holder, Tenure
from service.pauses import Pauses

__all__ = ["Admission", "Holder", "Identity", "Lease", "LeaseQueue"]

ASKS_EVERY: Final = 0.5
"""Seconds between two questions whether this hub may wait, while it may not."""

MEND_WITHIN: Final = 5.0
_LETS_GO_WITHIN: Final = 4.0
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0

_log = structlog.stdlib.get_logger()


class Admission(Protocol):
    """Who may have the lease (`rank.Door`)."""

    def stands(self) -> bool:
        """Return whether this hub may wait for it."""

    def takes(self, found: LeaseMessage) -> bool:
        """Return whether this hub keeps the one that came; else the next in the line gets it."""


class Lease:
    """One hub's part in the lease of one integration.

    ``holder`` hears of it; ``door`` decides whether this hub takes it.
    """

    def __init__(
        self,
        place: LeaseQueue,
        who: Identity,
        holder: Holder,
        door: Admission,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place = place
        self._who = who
        self._holder = holder
        self._door = door
        self._clock = clock
        self._memory = Memory()
        self._line: Line | None = None
        self._tenure: Tenure | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        self._left = asyncio.Event()
        self.trouble = ""
        """Why this hub does not wait for the lease though it may; empty when it does."""

    @property
    def held(self) -> bool:
        """Whether this hub owns the integration, by its clock at this moment."""
        return self._tenure is not None and self._tenure.held

    @property
    def has_come(self) -> bool:
        """Whether this hub was given the message, renewed in time or not."""
        return self._tenure is not None

    @property
    def renewed(self) -> bool:
        """Whether it is held, and a renewal was confirmed: the next one is not late yet."""
        return self.held and self.renewed_at > float("-inf")

    @property
    def standing(self) -> bool:
        """Whether this hub holds the lease or waits for it."""
        return self._line is not None

    @property
    def may_stand(self) -> bool:
        """Whether its rank lets this hub wait; if not, it need not stand to be ready."""
        return self._door.stands()

    @property
    def seq(self) -> int:
        """The highest number of a renewal that this hub has read or written."""
        return self._memory.newest.seq

    @property
    def renewed_at(self) -> float:
        """When its last confirmed renewal began, on its clock; minus infinity if it holds none."""
        return self._tenure.renewed_at if self._tenure else float("-inf")

    @property
    def paused(self) -> bool:
        """Whether the lease says that the integration is paused, as far as this hub knows."""
        return self._tenure.paused if self._tenure else self._memory.newest.paused

    def start(self) -> None:
        """Begin to wait for the lease."""
        self._task = asyncio.create_task(self._run(), name=f"lease {self._place.queue}")

    async def close(self) -> None:
        """Give the lease back if it is held, and wait no more."""
        self._closing = True
        if self._task is None:
            return
        while not self._task.done():
            if self._tenure is None:
                self._task.cancel()  # again and again: see `service.ending`
            else:
                self._tenure.leave("the hub stops")
            await asyncio.wait([self._task], timeout=_LETS_GO_WITHIN)

    async def yield_to_others(self) -> None:
        """Give the lease to the next in the line, and stand at its end again."""
        if self._tenure is not None:
            self._left.clear()
            self._tenure.leave("it was yielded to another hub")
            await self._left.wait()

    def renew_now(self) -> None:
        """Have a renewal at once; while one is under way, another one right after it."""
        if self._tenure is not None:
            self._tenure.renew_now()

    def set_paused(self, *, paused: bool) -> None:
        """Write into the lease, if it is held, that the integration is paused or no more."""
        if self._tenure is not None:
            self._tenure.paused = paused
            self._tenure.renew_now()

    async def mend(self) -> None:
        """Put the newest known message back into a queue that has lost it.

        Where it is not lost that does no harm: whoever holds the lease takes this for a late seed.
        """
        if self._line is None or self._tenure is not None:
            return
        with contextlib.suppress(BusError, TimeoutError):
            async with asyncio.timeout(MEND_WITHIN):
                await self._line.publish(self._memory.copy())
                _log.warning("lease_mended", queue=self._place.queue, seq=self.seq)

    async def present(self, beside: Link, within: float = 2.0) -> bool:
        """Return whether this hub would get the lease if it were its turn.

        It stands in the line, and the broker answers about the queue, asked over `beside`: a
        question that hangs may cost that connection. The broker's count of consumers proves
        nothing: with a single active one it is always 1.
        """
        return self.held or (self.standing and await answers(beside, self._place.queue, within))

    async def _run(self) -> None:
        pauses = Pauses(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        while not self._closing:
            if await self._went_well():
                pauses.reset()
            else:
                await pauses.wait()

    async def _went_well(self) -> bool:
        """Stand in the line once, if this hub may; return whether that ended well."""
        try:
            if not self._door.stands():
                await asyncio.sleep(ASKS_EVERY)
                return True
            await self._stand()
        except BusError as error:
            self._tell(str(error))
        except Exception:  # noqa: BLE001  (the loop that must not die: a bug costs this lease)
            _log.exception("lease_failed", queue=self._place.queue)
            self._tell("The hub failed at this lease; its log says how.")
        return not self.trouble

    async def _stand(self) -> None:
        line = Line(self._place)
        try:
            await self._visit(line)
        finally:
            self._line = None
            try:
                await line.leave()
            finally:
                self._left.set()

    async def _visit(self, line: Line) -> None:
        await seed(self._place, self._memory.copy())
        await line.join()
        if self._closing:  # the cancellation was dropped on the way
            return
        async with line.lasting():
            self._line = line
            self._tell("")
            await self._receive(line)
            if self._door.takes(self._memory.newest):
                await self._hold(line)

    async def _receive(self, line: Line) -> None:
        """Wait for the lease, and read all of it."""
        self._memory.read(await line.receive())
        while await line.followed():
            line.drop()
            self._memory.read(await line.receive())

    async def _hold(self, line: Line) -> None:
        tenure = Tenure(line, self._memory, self._who, self._holder, self._clock)
        self._tenure = tenure
        try:
            await tenure.keep()
        finally:
            self._tenure = None
            tenure.end("the hub failed while it held the lease")

    def _tell(self, reason: str) -> None:
        if reason and reason != self.trouble:
            level = WARNING if self._place.link.is_news(reason) else DEBUG
            _log.log(level, "lease_not_waited_for", queue=self._place.queue, reason=reason)
        self.trouble = reason
