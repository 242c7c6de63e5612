"""The windows of a limit: how many tokens are free, and when the next ones will be.

Time is counted in whole nanoseconds and tokens in whole billionths, so every sum is exact: no
rounding ever grants more than the rate, and whoever comes back when told to is served. Costs are
rounded up, capacities down.

A window travels as `Spend` pairs: tokens, and when they were spent.
"""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from clients._rates import Rate

NANO: Final = 1_000_000_000
_GRAINS: Final = 512
_KEPT: Final = 64

Spend = tuple[int, int]
"""Nanoseconds from a moment (before it: negative), and billionths of tokens."""


def ticks(seconds: float) -> int:
    """Return whole nanoseconds."""
    return round(seconds * NANO)


def units(tokens: float) -> int:
    """Return whole billionths of a token.

    Raises:
        ValueError: it is not above 0.
    """
    if not tokens > 0:
        raise ValueError(f"A cost must be above 0, not {tokens!r}.")
    return math.ceil(tokens * NANO)


class Gcra:
    """Tokens flow back at a steady rate, up to the burst.

    What is owed is as of one moment. That moment may lie ahead (after `load`): until then more is
    owed, not less.
    """

    def __init__(self, rate: Rate) -> None:
        self.capacity = int(rate.capacity * NANO)
        self._calls = int(rate.calls * NANO)
        self._per = ticks(rate.per)
        self._at = 0
        self._debt = 0
        self.first = self._time_for(NANO)
        """Nanoseconds until an empty window has a token."""

    def level(self, now: int) -> int:
        """Return the tokens that are free."""
        return max(0, self.capacity - self._owed(now))

    def ready(self, start: int, need: int) -> int:
        """Return when the last of so many tokens is free, if all are wanted from `start` on."""
        base, owed = (self._at, self._debt) if self._owed(start) else (start, 0)
        return max(start, base + self._time_for(owed + need - self.capacity))

    def spend(self, now: int, cost: int) -> None:
        """Take tokens."""
        self._debt = self._owed(now) + cost
        self._at = now

    def grantable(self, now: int, until: int) -> int:
        """Return the most that can be taken from now until then."""
        flow = (until - now) * self._calls // self._per
        return max(0, self.capacity - self._owed(now) + flow)

    def save(self, at: int, late: int, reserve: int) -> list[Spend]:
        """Return the window with `reserve` tokens more, all spent as late as at `late`."""
        if reserve:
            return [(late - at, min(self.capacity, self._owed(late) + reserve))]
        return [(self._at - at, self._debt)] if self._owed(at) else []

    def load(self, at: int, spends: Iterable[Spend]) -> None:
        """Become what was saved, its ages counted from `at`."""
        self._debt = 0
        for when, tokens in sorted(spends):
            self._debt = min(self.capacity, self._owed(at + when) + tokens)
            self._at = at + when

    def _owed(self, now: int) -> int:
        if not self._debt:
            return 0
        return max(0, self._debt - (now - self._at) * self._calls // self._per)

    def _time_for(self, tokens: int) -> int:
        return -(-tokens * self._per // self._calls)


@dataclass(slots=True)
class _Chunk:
    begins: int
    expires: int
    tokens: int


class Log:
    """Tokens come back exactly one window after they were taken.

    Neighbours within 1/512 of the window are kept as one, which expires with the later of them:
    that bounds the memory and gives away less than 0.2 % of the rate.
    """

    def __init__(self, rate: Rate) -> None:
        self.capacity = int(rate.capacity * NANO)
        self._per = ticks(rate.per)
        self._grain = self._per // _GRAINS
        self._chunks: deque[_Chunk] = deque()
        self._used = 0
        self.first = self._per
        """Nanoseconds until an empty window has a token."""

    def level(self, now: int) -> int:
        """Return the tokens that are free."""
        while self._chunks and self._chunks[0].expires <= now:
            self._used -= self._chunks.popleft().tokens
        return max(0, self.capacity - self._used)

    def ready(self, start: int, need: int) -> int:
        """Return when the last of so many tokens is free, if all are wanted from `start` on."""
        rounds, rest = divmod(need - 1, self.capacity)
        missing = self._used + rest + 1 - self.capacity
        at = start
        for chunk in self._chunks:
            if missing <= 0:
                break
            missing -= chunk.tokens
            at = max(start, chunk.expires)
        return at + rounds * self._per

    def spend(self, now: int, cost: int) -> None:
        """Take tokens."""
        self._used += cost
        last = self._chunks[-1] if self._chunks else None
        if last and now - last.begins <= self._grain:
            last.expires = max(last.expires, now + self._per)
            last.tokens += cost
        else:
            self._chunks.append(_Chunk(now, now + self._per, cost))

    def grantable(self, now: int, until: int) -> int:
        """Return the most that can be taken from now until then."""
        rounds, rest = divmod(until - now, self._per)
        used = sum(chunk.tokens for chunk in self._chunks if chunk.expires > now + rest)
        return max(0, self.capacity * (rounds + 1) - used)

    def save(self, at: int, late: int, reserve: int) -> list[Spend]:
        """Return the window with `reserve` tokens more, all spent as late as at `late`."""
        gone = at + self._per
        spends = [(c.expires - gone, c.tokens) for c in self._chunks if c.expires > at]
        if reserve:
            spends.append((late - at, min(self.capacity, reserve)))
        return thin(spends, self._per // _KEPT)

    def load(self, at: int, spends: Iterable[Spend]) -> None:
        """Become what was saved, its ages counted from `at`."""
        self._chunks = deque(
            _Chunk(at + when, at + when + self._per, tokens) for when, tokens in sorted(spends)
        )
        self._used = sum(chunk.tokens for chunk in self._chunks)


Window = Gcra | Log


def window(rate: Rate) -> Window:
    """Return the fresh window of a rate."""
    return Log(rate) if rate.burst is None else Gcra(rate)


def thin(spends: Iterable[Spend], grain: int) -> list[Spend]:
    """Return them in order of time; where they are many, neighbours as one, at the later time."""
    ordered = sorted(spends)
    if len(ordered) <= _KEPT:
        return ordered
    kept: list[Spend] = []
    for when, amount in reversed(ordered):
        if kept and kept[-1][0] - when <= grain:
            kept[-1] = (kept[-1][0], kept[-1][1] + amount)
        else:
            kept.append((when, amount))
    return kept[::-1]
