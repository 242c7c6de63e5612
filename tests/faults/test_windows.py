"""Every window is judged, and each call wherever it may have left."""

import pytest

from tests.faults.lanes import LIMIT
from tests.faults.windows import excess, surely_over


def test_every_window_is_looked_at() -> None:
    every = [number / 20 for number in range(100)]
    assert excess(LIMIT, every) == pytest.approx(1 - LIMIT.capacity)
    burst = [100.0] * int(LIMIT.capacity)
    assert excess(LIMIT, [*burst, *(101 + at for at in every)]) <= 0
    assert excess(LIMIT, [*every, *(5.0 for _ in range(12))]) == pytest.approx(2.0)
    assert excess(LIMIT, []) == -LIMIT.capacity


def test_a_call_left_somewhere_before_it_arrived() -> None:
    late = [(50.0 + number / 20, 56.0) for number in range(100)]
    assert surely_over(LIMIT, late) <= 0
    assert excess(LIMIT, [end for _, end in late]) == 90
    exact = [(50.0, 50.0)] * 13
    assert surely_over(LIMIT, exact) == 3
