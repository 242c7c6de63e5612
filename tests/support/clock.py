"""A clock that never waits: it jumps to the next due moment as soon as nobody has work left."""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from typing import Final

from clients._clock import Clock

_TURNS: Final = 12
"""Turns of the loop in which whoever has work has begun it."""
NOON: Final = datetime(2026, 3, 8, 12, tzinfo=UTC)


@dataclass(order=True)
class Alarm:
    """Something that will happen, unless cancelled."""

    at: float
    turn: int
    call: Callable[[], object] = field(compare=False)
    cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        self.cancelled = True


class QuickClock(Clock):
    """Starts at 1000 s of monotonic time and at noon of 2026-03-08; sleeping takes no time."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now
        self._start = now
        self._due: list[Alarm] = []
        self._order = count()
        self._ticking = False

    def now(self) -> float:
        return self._now

    def wall(self) -> float:
        return NOON.timestamp() + self._now - self._start

    @property
    def passed(self) -> float:
        """Seconds since it was made."""
        return self._now - self._start

    def date(self, ahead: float) -> str:
        """The HTTP date of so many seconds from now."""
        return format_datetime(datetime.fromtimestamp(self.wall() + ahead, UTC), usegmt=True)

    def advance(self, seconds: float) -> None:
        """Let time pass, and what falls due happen."""
        until = self._now + seconds
        while self._due and self._due[0].at <= until:
            self._happen()
        self._now = until

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self.later(seconds, lambda: None if future.done() else future.set_result(None))
        await future

    def later(self, seconds: float, call: Callable[[], object]) -> Alarm:
        alarm = Alarm(self._now + max(0.0, seconds), next(self._order), call)
        heapq.heappush(self._due, alarm)
        if not self._ticking:
            self._ticking = True
            self._tick(_TURNS)
        return alarm

    def _tick(self, turns: int) -> None:
        if turns:
            asyncio.get_running_loop().call_soon(self._tick, turns - 1)
            return
        while self._due and self._due[0].cancelled:
            heapq.heappop(self._due)
        self._ticking = bool(self._due)
        if self._due:
            self._happen()
            self._tick(_TURNS)

    def _happen(self) -> None:
        alarm = heapq.heappop(self._due)
        self._now = max(self._now, alarm.at)
        if not alarm.cancelled:
            alarm.call()
