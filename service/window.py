"""How many requests an owner holds in memory, and for how long: pure.

The broker closes the channel of a delivery that is not settled for 30 minutes
(https://www.rabbitmq.com/docs/consumers#acknowledgement-timeout). Each time, all that is held goes
back and comes nearer to its delivery limit. So no more is taken than can be served long before
that, and what waits for longer all the same is handed back once, by the hub itself.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

SOON: Final = 600.0
"""Seconds in which what is taken should be served."""

LONGEST_HELD: Final = 900.0
"""Seconds after which what was taken is handed back."""


def window(wait: Callable[[float], float], most: int) -> int:
    """Return how many calls may leave `SOON`, at most `most`.

    `wait` returns the seconds that a call has to wait behind so many others; more behind more.
    """
    return bisect_right(range(most), SOON, key=wait)
