"""One time of holding a lease, from `gained` to `lost`.

The message itself is the ownership, and each renewal proves it: publish the new state, await the
confirm, acknowledge the old message, receive the new one, all on one channel. A confirm can only
come while the broker still counts that channel as alive, and as long as it does nobody else gets
the message.
"""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn, Protocol

from service.amqp.errors import LinkLost, NotPublished
from service.ownership.line import Line
from service.ownership.state import GRACE, Identity, LeaseMessage, Memory, Schedule

RELEASE_WITHIN: Final = 1.0
TOO_LATE: Final = f"its renewal was more than {GRACE:g} s late"
OVERRULED: Final = "another hub wrote a newer lease"


class Holder(Protocol):
    """What owns the integration while the lease is held. None of these waits."""

    def gained(self, state: Mapping[str, Any], *, paused: bool) -> None:
        """The lease is here; nothing may be spent before the first `confirmed`.

        An empty state means that nothing is known: there are no tokens.
        """

    def regained(self, *, paused: bool) -> None:
        """As `gained`, where nobody has had it since `lost`: what was spent is known exactly."""

    def lost(self, reason: str) -> None:
        """Stop all that the lease allows, at once."""

    def plan(self, *, final: bool) -> tuple[dict[str, Any], object]:
        """Return the state to write, and what to give to `confirmed` when it is safe.

        A final one reserves nothing: `lost` follows before anything else runs, and never
        `confirmed`.
        """

    def confirmed(self, ticket: object) -> None:
        """The state of that plan is safe in the broker."""

    def busy(self) -> bool:
        """Return whether to renew in 0.5 s rather than in 5 s."""


class Tenure:
    """Renews until it is asked to leave, or until it is over by itself."""

    def __init__(
        self,
        line: Line,
        memory: Memory,
        who: Identity,
        holder: Holder,
        clock: Callable[[], float],
    ) -> None:
        self._line = line
        self._memory = memory
        self._who = who
        self._holder = holder
        self._clock = clock
        self._schedule = Schedule(clock())
        self._stirred = asyncio.Event()
        self._lateness = self._alarm_in_time()
        self._leaving = ""
        self._over = False
        self.paused = memory.newest.paused
        """What the next renewal says about a pause."""
        self.renewed_at = float("-inf")
        """When the last confirmed renewal began."""

    @property
    def held(self) -> bool:
        """Whether it lasts, by the clock at this moment."""
        return not self._over and self._clock() <= self._schedule.late

    async def keep(self) -> None:
        """Hold the lease until `leave`; then write the final state.

        Raises:
            BusError: it was lost.
        """
        self._line.over = self.end
        if self._memory.untouched:
            self._holder.regained(paused=self.paused)
        else:
            self._holder.gained(self._memory.newest.state, paused=self.paused)
        while not self._leaving:
            await self._renew()
            await self._until_due()
        await self._release()

    def renew_now(self) -> None:
        """Have a renewal at once; while one is under way, another one right after it."""
        self._schedule.ask(self._clock())
        self._watch()
        self._stirred.set()

    def leave(self, reason: str) -> None:
        """Let go of the lease as soon as no renewal is under way."""
        self._leaving = reason
        self._stirred.set()

    def end(self, reason: str) -> None:
        """Tell the holder, once, that it is over."""
        if self._over:
            return
        self._over = True
        self._lateness.cancel()
        self._holder.lost(reason)

    async def _renew(self) -> None:
        self._schedule.begin(self._clock())
        state, ticket = self._holder.plan(final=False)
        written = self._write(state)
        await self._line.publish(written.encode())
        if not self.held:  # the confirm came while this process stood still
            self._give_up(TOO_LATE)
        self._memory.confirm(written)
        self._schedule.confirm(busy=self._holder.busy())
        self.renewed_at = self._schedule.began
        self._watch()
        self._holder.confirmed(ticket)
        self._line.drop()
        found = self._memory.read(await self._line.receive())
        if found.seq > written.seq:
            self._give_up(OVERRULED)

    async def _until_due(self) -> None:
        while not self._leaving and (wait := self._schedule.due - self._clock()) > 0:
            self._stirred.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._stirred.wait()

    async def _release(self) -> None:
        state, _ = self._holder.plan(final=True)
        self.end(self._leaving)
        with contextlib.suppress(TimeoutError, NotPublished):
            async with asyncio.timeout(RELEASE_WITHIN):
                await self._line.publish(self._write(state).encode())
                self._line.drop()

    def _write(self, state: Mapping[str, Any]) -> LeaseMessage:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return self._memory.write(self._who, state, paused=self.paused, at=at)

    def _watch(self) -> None:
        """Set the alarm anew: when the next renewal is too late has changed."""
        self._lateness.cancel()
        if not self._over:
            self._lateness = self._alarm_in_time()

    def _alarm_in_time(self) -> asyncio.TimerHandle:
        left = self._schedule.late - self._clock()
        return asyncio.get_running_loop().call_later(max(0.0, left), self._alarm)

    def _alarm(self) -> None:
        if self._clock() > self._schedule.late:
            self._line.break_off(TOO_LATE)
        else:
            self._watch()

    def _give_up(self, reason: str) -> NoReturn:
        self._line.break_off(reason)
        raise LinkLost(reason)
