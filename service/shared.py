"""Identical safe reads: one upstream call for those in flight, and a cache where one is allowed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from contracts import CircuitOpen, Expired, UpstreamThrottled, WouldMissDeadline
from service.answer import Answer
from service.cache import Cache

_ONES_OWN: Final = frozenset(
    code.code for code in (Expired, WouldMissDeadline, CircuitOpen, UpstreamThrottled)
)
"""Failures that come of one asker's own deadline."""

Make = Callable[[], Awaitable[Answer]]


class TooLate(Exception):
    """The asker's patience ended before another's call did."""


class Shared:
    """Answers of safe reads by fingerprint, for one integration."""

    def __init__(self, now: Callable[[], float], cache: Cache | None = None) -> None:
        self._now = now
        self._kept = (cache or Cache(now)).shelf()
        self._running: dict[bytes, asyncio.Future[Answer]] = {}

    async def get(
        self, fingerprint: bytes, ttl: float, make: Make, patience: float | None = None
    ) -> Answer:
        """Return the answer: kept, that of a running twin, or a new one.

        A failure of the upstream is everyone's; where the twin failed for reasons of its own, one
        of those who joined it makes the next call.

        Raises:
            TooLate: the twin has no answer after `patience` seconds.
        """
        if kept := self._kept.get(fingerprint):
            return kept.again("cache")
        running = self._running.get(fingerprint)
        if running:
            began = self._now()
            answer = await _joined(running, patience)
            if answer and (answer.ok or answer.problem().code not in _ONES_OWN):
                return answer.again("coalesced")
            left = None if patience is None else patience - (self._now() - began)
            return await self.get(fingerprint, ttl, make, left)
        return await self._lead(fingerprint, ttl, make)

    async def _lead(self, fingerprint: bytes, ttl: float, make: Make) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._running[fingerprint] = future
        try:
            answer = await make()
        except BaseException:
            future.cancel()
            raise
        finally:
            del self._running[fingerprint]
        future.set_result(answer)
        if ttl > 0 and answer.ok:
            self._kept.keep(fingerprint, answer, ttl)
        return answer


async def _joined(running: "asyncio.Future[Answer]", patience: float | None) -> Answer | None:
    await asyncio.wait([running], timeout=patience)
    if not running.done():
        raise TooLate
    return None if running.cancelled() else running.result()
