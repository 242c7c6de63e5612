"""The promise itself, checked in plain fractions: what was granted, in every window of time."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from clients._limits import Rate

NANO = 1_000_000_000

Grant = tuple[int, float]
"""Nanoseconds, and tokens."""


def excess(rate: Rate, grants: Sequence[Grant]) -> Fraction:
    """Return by how much the worst of all windows is over; at most 0 is right."""
    ordered = sorted(grants)
    before = [Fraction(0), *accumulate(Fraction(str(cost)) for _, cost in ordered)]
    worst = Fraction(-1)
    for first, (begin, _) in enumerate(ordered):
        for last in range(first, len(ordered)):
            spent = before[last + 1] - before[first]
            worst = max(worst, spent - _allowed(rate, ordered[last][0] - begin, spent))
    return worst


def _allowed(rate: Rate, nanos: int, spent: Fraction) -> Fraction:
    calls, per = Fraction(str(rate.calls)), Fraction(str(rate.per))
    if rate.burst is not None:
        return calls / per * Fraction(nanos, NANO) + Fraction(str(rate.burst))
    return calls if Fraction(nanos, NANO) < per else spent
