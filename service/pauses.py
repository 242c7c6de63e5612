"""Pauses between attempts: longer after each, and random, so that not all come back at once."""

import asyncio
import random
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[object]]


class Pauses:
    """Waits up to `shortest` seconds first, twice that next, never over `longest`."""

    def __init__(self, shortest: float, longest: float, sleep: Sleep = asyncio.sleep) -> None:
        self._shortest, self._longest = shortest, longest
        self._sleep = sleep
        self.most = shortest
        """Seconds that the next pause takes at most."""

    async def wait(self) -> None:
        """Pause, and double the next."""
        pause = random.uniform(0, self.most)  # noqa: S311  (jitter, no secret)
        self.most = min(2 * self.most, self._longest)
        await self._sleep(pause)

    def reset(self) -> None:
        """Begin anew: it went well."""
        self.most = self._shortest
