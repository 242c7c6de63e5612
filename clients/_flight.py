"""The calls that have left and are not known to be over."""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Final

from clients._rates import DAY
from clients._windows import NANO, Spend, thin, ticks

_GROUPS: Final = 64


class InFlight:
    """Calls in flight, each with the latest moment of its end; at most `cap` at once."""

    def __init__(self, cap: int | None = None) -> None:
        self.cap = cap
        self._calls: list[tuple[float, int]] = []
        self._cost = 0

    def full(self, now: float) -> bool:
        """Tell whether one more would be too many."""
        return self.free(now) <= 0

    def free(self, now: float) -> float:
        """Return how many more may leave."""
        if self.cap is None:
            return math.inf
        self._forget(now)
        return self.cap - len(self._calls)

    def cost(self, now: float) -> int:
        """Return what they cost together."""
        self._forget(now)
        return self._cost

    def frees(self, now: float) -> float:
        """Return the seconds after which a slot is free at the latest."""
        return self._calls[0][0] - now if self.full(now) else 0.0

    def add(self, until: float, cost: int) -> None:
        """One leaves, to be over by `until`."""
        insort(self._calls, (until, cost))
        self._cost += cost

    def finish(self, until: float) -> None:
        """The call that had to be over by `until` is; where there are several, the cheapest."""
        index = bisect_left(self._calls, (until, 0))
        if index < len(self._calls) and self._calls[index][0] == until:
            self._cost -= self._calls.pop(index)[1]

    def save(self, now: float, more: int, lasting: float) -> list[Spend]:
        """Return until when slots are busy if `more` calls leave, to be over in `lasting` seconds.

        They leave as slots become free, so they stand for those that end first.
        """
        if self.cap is None:
            return []
        self._forget(now)
        ends = sorted([until - now for until, _ in self._calls] + [lasting] * more)[-self.cap :]
        busy = [(ticks(min(end, DAY)) + 1, 1) for end in ends]
        return thin(busy, max(end for end, _ in busy) // _GROUPS) if busy else []

    def load(self, now: float, busy: Iterable[Spend]) -> None:
        """Become what was saved, counted from now; nobody will report the ends of these."""
        self._calls = sorted((now + end / NANO, 0) for end, count in busy for _ in range(count))
        self._cost = 0

    def _forget(self, now: float) -> None:
        if self._calls and self._calls[0][0] <= now:
            over = bisect_left(self._calls, (now, float("inf")))
            self._cost -= sum(cost for _, cost in self._calls[:over])
            del self._calls[:over]
