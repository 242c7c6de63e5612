import json

import pytest

from clients._learned import Learned
from clients._signals import Seen
from clients._windows import NANO

# Second at which it is heard, what the answer said, cost in flight; tokens left afterwards.
Row = tuple[float, Seen, int, int | None]

SEQUENCES: dict[str, list[Row]] = {
    "calls in flight count against it": [(0, Seen(9, 60), 2, 7), (1, Seen(3, 59), 5, 0)],
    "smaller counts at once": [(0, Seen(9, 60), 0, 9), (1, Seen(5, 59), 0, 5)],
    "larger of the same window is late": [(0, Seen(5, 60), 0, 5), (1, Seen(9, 59.9), 0, 5)],
    "larger of the next window counts": [(0, Seen(5, 60), 0, 5), (1, Seen(9, 119), 0, 9)],
    "larger counts after the reset": [(0, Seen(5, 60), 0, 5), (60, Seen(9, 0.5), 0, 9)],
    "smaller of an older window counts until then": [
        (0, Seen(9, 60), 0, 9),
        (1, Seen(0, 2), 0, 0),
        (3, Seen(8, 57), 0, 8),
    ],
    "without a reset it counts for the shortest window": [
        (0, Seen(5, None), 0, 5),
        (1, Seen(9, None), 0, 5),
        (2.9, Seen(9, None), 0, 9),
    ],
    "two windows of a vendor both count": [
        (0, Seen(5, 60, "minute"), 0, 5),
        (0, Seen(400, 3600, "hour"), 0, 5),
        (60, Seen(399, 3540, "hour"), 0, 399),
    ],
    "fractions are cut": [(0, Seen(2.5, 60), 0, None)],
}


@pytest.mark.parametrize("rows", SEQUENCES.values(), ids=SEQUENCES)
def test_what_answers_teach(rows: list[Row]) -> None:
    one = Learned(1.5)
    for second, said, flying, left in rows:
        now = round(second * NANO)
        one.observe(now, said, flying * NANO)
        expected = int(2.5 * NANO) if left is None else left * NANO
        assert one.left(now) == expected


def test_until_the_reset_no_more_than_that() -> None:
    one = Learned(1.0)
    assert one.left(0) is None
    assert one.ready(0, NANO) == 0
    one.observe(0, Seen(3, 60), 0)
    assert one.ready(0, 3 * NANO) == 0
    assert one.ready(0, 3 * NANO + 1) == 60 * NANO
    one.spend(2 * NANO)
    assert one.left(1) == NANO
    one.spend(5 * NANO)
    assert one.left(1) == 0
    assert one.ready(5, 1) == 60 * NANO
    assert one.left(60 * NANO) is None
    assert one.ready(61 * NANO, NANO) == 61 * NANO


def test_what_was_learned_travels() -> None:
    one, other = Learned(1.0), Learned(1.0)
    one.observe(10 * NANO, Seen(3, 60, "minute"), 0)
    one.observe(10 * NANO, Seen(9, 5, "second"), 0)
    other.observe(0, Seen(0, 1e6, "own"), 0)
    other.load(500 * NANO, json.loads(json.dumps(one.save(20 * NANO))))
    assert other.left(549 * NANO) == 3 * NANO
    assert other.left(550 * NANO) is None
