"""Time, passed in: the one seam to it."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """Something that will happen, unless cancelled."""

    def cancel(self) -> None:
        """See to it that it does not happen; harmless afterwards."""
        ...


class Clock:
    """The machine's clocks; tests pass their own."""

    def now(self) -> float:
        """Monotonic seconds; comparable within this process only."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(seconds)

    def later(self, seconds: float, call: Callable[[], object]) -> Timer:
        """Call this on the running loop after so many seconds."""
        return asyncio.get_running_loop().call_later(max(0.0, seconds), call)
