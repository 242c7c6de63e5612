from functools import partial

import pytest

from clients._limits import Bucket, parse_limits
from service.window import window


@pytest.mark.parametrize(
    ("limits", "spent", "paused", "most"),
    [
        ("", 0, 0.0, 256),
        ("3/1s burst 10", 0, 0.0, 256),
        ("5/m", 0, 0.0, 55),  # at once, and after each of ten minutes
        ("60/h burst 1", 0, 0.0, 11),
        ("1000/h", 900, 0.0, 100),
        ("25/d", 0, 0.0, 25),
        ("25/d", 24, 0.0, 1),
        ("25/d", 25, 0.0, 0),
        ("3/1s burst 20, 25/d", 20, 0.0, 5),
        ("3/1s burst 10", 0, 599.0, 13),
        ("3/1s burst 10", 0, 601.0, 0),
    ],
)
def test_as_many_as_can_be_served_soon(limits: str, spent: int, paused: float, most: int) -> None:
    bucket, now = Bucket(parse_limits(limits).rates if limits else ()), 1000.0
    assert all(bucket.take(now, 1.0, now) for _ in range(spent))
    bucket.pause(now + paused)
    assert window(partial(bucket.wait, now, 1.0), 256) == most
