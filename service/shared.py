"""Identical safe reads: one upstream call for those in flight, and a cache where one is allowed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from contracts import CircuitOpen, Expired, UpstreamThrottled, WouldMissDeadline
from service.answer import Answer

MOST_BYTES: Final = 16 * 1024 * 1024

_ONES_OWN: Final = frozenset(
    code.code for code in (Expired, WouldMissDeadline, CircuitOpen, UpstreamThrottled)
)
"""Failures that come of one asker's own deadline."""

Make = Callable[[], Awaitable[Answer]]


class TooLate(Exception):
    """The asker's patience ended before another's call did."""


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer
    until: float


class Shared:
    """Answers of safe reads by fingerprint, for one integration."""

    def __init__(self, now: Callable[[], float], most_bytes: int = MOST_BYTES) -> None:
        self._now = now
        self._most = most_bytes
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        self._bytes = 0
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
        if kept := self._fresh(fingerprint):
            return kept.answer.again("cache")
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
            self._keep(fingerprint, answer, self._now() + ttl)
        return answer

    def _fresh(self, fingerprint: bytes) -> _Kept | None:
        kept = self._kept.get(fingerprint)
        return kept if kept and kept.until > self._now() else None

    def _keep(self, fingerprint: bytes, answer: Answer, until: float) -> None:
        self._drop(fingerprint)
        self._kept[fingerprint] = _Kept(answer, until)
        self._bytes += len(answer.body)
        while self._bytes > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, fingerprint: bytes) -> None:
        old = self._kept.pop(fingerprint, None)
        self._bytes -= len(old.answer.body) if old else 0


async def _joined(running: "asyncio.Future[Answer]", patience: float | None) -> Answer | None:
    await asyncio.wait([running], timeout=patience)
    if not running.done():
        raise TooLate
    return None if running.cancelled() else running.result()
