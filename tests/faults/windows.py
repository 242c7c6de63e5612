"""What was sent in every window of time, against what a limit allows. Pure."""

from collections.abc import Iterable

from clients._limits import Rate


def excess(rate: Rate, times: Iterable[float]) -> float:
    """Return by how many calls the worst of all windows is over; at most 0 is right."""
    slope = rate.calls / rate.per
    worst, lowest = -rate.capacity, float("inf")
    for number, at in enumerate(sorted(times)):
        above = number - slope * at
        lowest = min(lowest, above)
        worst = max(worst, above - lowest + 1 - rate.capacity)
    return worst


def surely_over(rate: Rate, spans: Iterable[tuple[float, float]]) -> float:
    """Return by how many calls the worst window is over, wherever in its span each call left.

    A call leaves when its token is spent, and a busy machine decides when it arrives: at most as
    long after that as the hub waited for the answer.
    """
    known = sorted(spans, key=lambda span: span[1])
    slope, worst = rate.calls / rate.per, -rate.capacity
    for begin, _ in known:
        inside = (end for earliest, end in known if earliest >= begin)
        for count, end in enumerate(inside, 1):
            worst = max(worst, count - slope * (end - begin) - rate.capacity)
    return worst
