"""Whether, when and how often a call is tried again: for an explicit reason, never by default."""

import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_exponential_jitter

from clients._call import Call, Class
from clients._clock import Clock
from contracts import Failure, UpstreamThrottled, UpstreamUnavailable

T = TypeVar("T")

ATTEMPTS: Final = 3
_SHARE: Final = 0.1
_ALWAYS: Final = 3
_MINUTE: Final = 60.0
_BACKOFF: Final = wait_exponential_jitter(multiplier=0.1, max=5.0, jitter=0.1)


class Budget:
    """Retries may be 10 % of the last minute's calls, and three in any case (SRE book, ch. 21)."""

    def __init__(self) -> None:
        self._calls: deque[float] = deque()
        self._retries: deque[float] = deque()

    def call(self, now: float) -> None:
        """Count a first attempt."""
        self._calls.append(now)
        _forget(self._calls, now)

    def retry(self, now: float) -> bool:
        """Return whether one more retry is in the budget, and count it."""
        _forget(self._calls, now)
        _forget(self._retries, now)
        if len(self._retries) >= max(_ALWAYS, _SHARE * len(self._calls)):
            return False
        self._retries.append(now)
        return True


def _forget(times: deque[float], now: float) -> None:
    while times and times[0] <= now - _MINUTE:
        times.popleft()


def repeatable(failure: BaseException, kind: Class) -> bool:
    """Return whether a repeat is safe: a clean refusal, what never left, or a harmless repeat."""
    if isinstance(failure, UpstreamThrottled):
        return True
    if not isinstance(failure, UpstreamUnavailable):
        return False
    return kind != "unsafe" or failure.facts.outcome == "not_sent"


class Retry:
    """The policy of one upstream."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._budget = Budget()

    async def run(self, attempt: Callable[[], Awaitable[T]], call: Call, kind: Class) -> T:
        """Return what the attempt returns, repeated as far as `kind`, time and budget allow."""
        self._budget.call(self._clock.now())
        try:
            return await attempt()
        except Failure as failure:
            if not repeatable(failure, kind):
                raise
            return await self._again(failure, attempt, call, kind)

    async def _again(
        self, failure: Failure, attempt: Callable[[], Awaitable[T]], call: Call, kind: Class
    ) -> T:
        past = [failure]
        tries = count(1)

        async def replayed() -> T:
            # tenacity sees the first attempt as its own: it costs 60 us, so only failures pay it.
            if past:
                raise past.pop()
            return await attempt()

        rounds = AsyncRetrying(
            stop=lambda state: self._stop(state, call, tries),
            wait=_wait,
            retry=retry_if_exception(lambda error: repeatable(error, kind)),
            sleep=self._clock.sleep,
            reraise=True,
        )
        return await rounds(replayed)

    def _stop(self, state: RetryCallState, call: Call, tries: Iterator[int]) -> bool:
        if _throttled(state):
            return False
        now = self._clock.now()
        out_of_time = call.ends is not None and now >= call.ends
        return out_of_time or next(tries) >= ATTEMPTS or not self._budget.retry(now)


def _throttled(state: RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), UpstreamThrottled)


def _wait(state: RetryCallState) -> float:
    # a throttled call waits at the gate, which is paused for all
    return 0.0 if _throttled(state) else _BACKOFF(state)


class Backoff:
    """How long a whole upstream pauses after a refusal: what it said, else longer each time."""

    def __init__(self) -> None:
        self._refusals = 0
        self._since = -math.inf

    def after(self, now: float, began: float, named: float | None) -> float:
        """Return the seconds of the pause after the refusal of a call that `began` then.

        Calls that were under way together are refused together: that counts once.
        """
        if began >= self._since:
            self._refusals += 1
            self._since = now
        return named or min(2.0 ** (self._refusals - 1), _MINUTE)

    def forget(self) -> None:
        """It answered: the next refusal is the first."""
        self._refusals = 0
        self._since = -math.inf
