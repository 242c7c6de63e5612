"""The promise itself, checked in whole numbers: what was granted, in every window of time."""

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from clients._limits import Rate

NANO = 1_000_000_000

Grant = tuple[int, float]
"""Nanoseconds, and tokens."""


def excess(rate: Rate, grants: Sequence[Grant]) -> float:
    """Return by how many tokens the worst of all windows is over; at most 0 is right."""
    ordered = sorted(grants)
    slope = _exact(rate.calls) / _exact(rate.per) / NANO if rate.burst is not None else Fraction(0)
    burst, costs = _exact(rate.capacity), [_exact(cost) for _, cost in ordered]
    scale = math.lcm(slope.denominator, burst.denominator, *(cost.denominator for cost in costs))
    before = [0, *accumulate(int(cost * scale) for cost in costs)]
    steep, flat = int(slope * scale), int(burst * scale)
    horizon = math.inf if rate.burst is not None else _exact(rate.per) * NANO
    worst = -flat
    for first, (begin, _) in enumerate(ordered):
        for last in range(first, len(ordered)):
            elapsed = ordered[last][0] - begin
            if elapsed >= horizon:
                break
            worst = max(worst, before[last + 1] - before[first] - elapsed * steep - flat)
    return worst / scale


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
