import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients._flight import InFlight
from clients._rates import DAY
from clients._windows import NANO


def flight(cap: int | None, *ends: float) -> InFlight:
    """Return calls of cost 1 that end by then."""
    one = InFlight(cap)
    for until in ends:
        one.add(until, NANO)
    return one


def test_a_slot_is_busy_until_its_call_is_over_or_has_to_be() -> None:
    one = flight(2, 10.0, 12.0)
    assert one.full(9.0)
    assert one.frees(9.0) == 1.0
    assert not one.full(10.0)
    assert one.frees(10.0) == 0.0
    one.add(20.0, NANO)
    assert one.full(11.0)
    one.finish(20.0)
    assert not one.full(11.0)


def test_of_calls_that_end_together_the_cheapest_is_over() -> None:
    one = InFlight()
    for cost in (5, 2, 7):
        one.add(10.0, cost)
    one.finish(10.0)
    assert one.cost(0.0) == 12
    one.finish(10.5)
    one.finish(9.5)
    assert one.cost(9.9) == 12
    assert one.cost(10.0) == 0


def test_without_a_cap_it_is_never_full_and_saves_nothing() -> None:
    one = flight(None, *[10.0] * 1000)
    assert not one.full(0.0)
    assert one.save(0.0, 5, 30.0) == []


@pytest.mark.parametrize(
    ("cap", "more", "busy"),
    [
        (4, 0, [5.0, 20.0]),
        (4, 1, [5.0, 20.0, 31.5]),
        (4, 2, [5.0, 20.0, 31.5, 31.5]),
        (2, 1, [20.0, 31.5]),
        (2, 2, [31.5, 31.5]),
    ],
)
def test_calls_that_may_leave_stand_for_those_that_end_first(
    cap: int, more: int, busy: list[float]
) -> None:
    saved = flight(cap, 90.0, 105.0, 120.0).save(100.0, more, 31.5)
    assert [(round(end / NANO, 6), count) for end, count in saved] == [(end, 1) for end in busy]


def test_a_successor_counts_them_from_its_own_start() -> None:
    saved = json.loads(json.dumps(flight(2, 105.0, 120.0).save(100.0, 0, 0.0)))
    one = flight(2, 7.0)
    one.load(7000.0, [tuple(pair) for pair in saved])
    assert one.cost(7000.0) == 0
    assert one.full(7004.9)
    assert not one.full(7005.1)
    one.add(7300.0, 1)
    assert one.full(7019.9)
    assert not one.full(7020.1)


@given(st.floats(0.0, 1e8), st.floats(1e-9, DAY - 1))
def test_on_the_way_no_end_becomes_earlier(now: float, lasting: float) -> None:
    one, until = InFlight(1), now + lasting
    one.load(now, flight(1, until).save(now, 0, 0.0))
    assert now >= until or one.frees(now) >= until - now


def test_hundreds_of_slots_travel_small_and_none_is_free_too_early() -> None:
    one, other = flight(800, *[100.0 + number / 10 for number in range(800)]), flight(800)
    saved = one.save(100.0, 0, 0.0)
    assert len(json.dumps(saved)) < 2000
    other.load(100.0, saved)
    for moment in range(100, 180):
        assert len(other._calls) >= len(one._calls)
        for each in (one, other):
            each.cost(float(moment))
    other.load(100.0, flight(800, *[float("inf")] * 800).save(0.0, 0, 0.0))
    assert other.frees(100.0) == pytest.approx(DAY)


def test_nothing_in_flight_saves_nothing() -> None:
    assert flight(5).save(0.0, 0, 30.0) == []
