import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clients._limits import DAY, Rate
from clients._windows import NANO, Gcra, Log, Spend, thin, ticks, units, window
from tests.support.budget import Grant, excess

RATES = st.builds(
    Rate,
    calls=st.sampled_from([1, 2, 3, 7]),
    per=st.sampled_from([0.1, 1, 2.5, 60]),
    burst=st.sampled_from([None, 1, 2.5, 10]),
)
COSTS = st.just(1.0) | st.sampled_from([0.25, 0.5, 2.0])
GAPS = st.just(0) | st.sampled_from([1000, 100_000, NANO // 10, NANO]) | st.integers(0, 3 * NANO)


@settings(max_examples=300, deadline=None)
@given(rate=RATES, steps=st.lists(st.tuples(st.none() | GAPS, COSTS), max_size=40))
def test_no_window_of_time_has_more_than_the_rate(
    rate: Rate, steps: list[tuple[int | None, float]]
) -> None:
    one, now, grants = window(rate), 5 * NANO, list[Grant]()
    for gap, cost in steps:
        now = one.ready(now, units(cost)) if gap is None else now + gap
        if units(cost) <= min(one.level(now), one.capacity):
            one.spend(now, units(cost))
            grants.append((now, cost))
    assert excess(rate, grants) <= 0


@settings(max_examples=300, deadline=None)
@given(
    rate=RATES,
    steps=st.lists(st.tuples(GAPS, COSTS), max_size=20),
    cost=COSTS,
    pause=st.just(0) | GAPS,
)
def test_ready_is_the_very_first_moment(
    rate: Rate, steps: list[tuple[int, float]], cost: float, pause: int
) -> None:
    one, now, need = window(rate), 0, min(units(cost), window(rate).capacity)
    for gap, spent in steps:
        now += gap
        if units(spent) <= one.level(now):
            one.spend(now, units(spent))
    start = now + pause
    ready = one.ready(start, need)
    assert ready >= start
    assert ready == start or one.level(ready - 1) < need
    assert one.level(ready) >= need


@settings(max_examples=200, deadline=None)
@given(
    rate=RATES,
    gaps=st.lists(GAPS, max_size=12),
    waiting=st.integers(1, 30),
)
def test_the_nth_waiter_is_told_when_its_turn_comes(
    rate: Rate, gaps: list[int], waiting: int
) -> None:
    one, now, cost = window(rate), 0, units(1)
    for gap in gaps:
        if cost <= one.level(now):
            one.spend(now, cost)
        now += gap
    told = [one.ready(now, cost * (turn + 1)) for turn in range(waiting)]
    for turn, moment in enumerate(told):
        now = one.ready(now, cost)
        one.spend(now, cost)
        merged = 0 if rate.burst else (turn // rate.calls + 1) * rate.per / 512
        rounded = math.ceil((turn + 2) * (1 + rate.per / rate.calls))
        assert abs(now - moment) <= ticks(merged) + rounded


@pytest.mark.parametrize("rate", [Rate(3, 1, 10), Rate(3, 1), Rate(1, 60, 1), Rate(25, DAY)])
def test_a_fresh_window_grants_its_capacity_at_once_and_no_more(rate: Rate) -> None:
    one, now, cost = window(rate), ticks(1234.5), units(1)
    for _ in range(int(rate.capacity)):
        assert one.level(now) >= cost
        one.spend(now, cost)
    assert one.level(now) == 0


def test_a_token_comes_back_on_the_nanosecond() -> None:
    steady, sliding = Gcra(Rate(2, 1, 1)), Log(Rate(2, 1))
    steady.spend(0, NANO)
    sliding.spend(0, 2 * NANO)
    assert [steady.level(NANO // 2 - 1), steady.level(NANO // 2)] == [NANO - 2, NANO]
    assert [sliding.level(NANO - 1), sliding.level(NANO)] == [0, 2 * NANO]
    assert [steady.first, sliding.first] == [NANO // 2, NANO]


def test_what_is_free_before_the_start_is_not_free_earlier_than_wanted() -> None:
    for one in (Gcra(Rate(1, 1, 1)), Log(Rate(1, 1))):
        one.spend(0, NANO)
        assert one.ready(5 * NANO, NANO) == 5 * NANO
        assert one.ready(5 * NANO, 3 * NANO) == 7 * NANO


def test_before_the_moment_of_a_debt_more_is_owed() -> None:
    one = Gcra(Rate(2, 1, 10))
    one.load(0, [(NANO, 4 * NANO)])
    assert [one.level(at * NANO // 2) // NANO for at in range(4)] == [4, 5, 6, 7]


@settings(max_examples=200, deadline=None)
@given(
    rate=st.sampled_from([Rate(3, 1, 10), Rate(3, 1), Rate(20, 0.5), Rate(7, 10), Rate(5, 1.25)]),
    gaps=st.lists(st.integers(0, NANO), max_size=15),
)
@example(rate=Rate(20, 0.5), gaps=[976563, 498046875])
def test_grantable_is_what_a_greedy_owner_gets(rate: Rate, gaps: list[int]) -> None:
    one, now = window(rate), 5 * NANO
    for gap in gaps:
        if one.level(now) >= NANO:
            one.spend(now, NANO)
        now += gap
    late = now + ticks(1.5)
    near = ticks(rate.per) // 100  # a log notes a call up to a grain late, in each of its rounds
    promised, granted = one.grantable(now, late), list[int]()
    while (now := one.ready(now, NANO)) <= late + near:
        one.spend(now, NANO)
        granted.append(now)
    surely = sum(at <= late - near for at in granted)
    assert surely * NANO - 2 <= promised <= (len(granted) + 1) * NANO


def test_grantable_of_an_overdrawn_window_is_nothing() -> None:
    for one in (Gcra(Rate(1, 60, 2)), Log(Rate(2, 60))):
        one.load(0, [(NANO, 2 * NANO), (NANO, 2 * NANO)])
        assert one.grantable(0, NANO) == 0
        assert one.level(0) == 0


@pytest.mark.parametrize("rate", [Rate(3, 1, 10), Rate(30, 10)])
def test_what_was_saved_without_a_reserve_loads_as_it_was(rate: Rate) -> None:
    one, other = window(rate), window(rate)
    for at in (0, NANO // 2, NANO):
        one.spend(at, NANO)
    saved = json.loads(json.dumps(one.save(NANO, 2 * NANO, 0)))
    other.spend(10**15, NANO)
    other.load(77 * NANO, [tuple(pair) for pair in saved])
    for later in (0, NANO // 3, 9 * NANO, 10 * NANO, 20 * NANO):
        assert other.level(77 * NANO + later) == one.level(NANO + later)
    assert one.save(60 * NANO, 61 * NANO, 0) == []


@pytest.mark.parametrize("rate", [Rate(3, 1, 10), Rate(10, 1)])
def test_a_reserve_counts_as_spent_at_the_last_moment(rate: Rate) -> None:
    one, other = window(rate), window(rate)
    other.load(0, one.save(0, NANO, 4 * NANO))
    one.spend(NANO, 4 * NANO)
    assert other.level(NANO) == one.level(NANO) == 6 * NANO
    assert other.level(0) <= 6 * NANO
    other.load(0, one.save(0, NANO, 100 * NANO))
    assert other.level(NANO) == 0
    assert other.ready(NANO, NANO) <= 2 * NANO


def test_a_debt_from_another_window_is_no_deeper_than_the_burst() -> None:
    one = Gcra(Rate(1, 1, 5))
    one.load(0, [(0, 100 * NANO), (-NANO, 100 * NANO)])
    assert one.ready(0, NANO) == NANO


def test_a_log_stays_small_and_gives_away_little() -> None:
    one, now, served = Log(Rate(100_000, 1)), 0, 0
    while now < 3 * NANO:
        now = one.ready(now, units(10))
        assert one.level(now) >= units(10)
        one.spend(now, units(10))
        served += 10
        now += 100_000
    assert served >= 0.99 * 300_000
    assert len(one._chunks) <= 514
    saved = one.save(now, now + NANO, 100_000 * NANO)
    assert len(json.dumps(saved)) < 4000
    assert sum(tokens for _, tokens in saved) >= one._used


def test_a_merged_chunk_never_expires_early() -> None:
    one = Log(Rate(512, 512))
    one.load(0, [(NANO, NANO)])
    one.spend(0, NANO)
    assert one.level(512 * NANO) == 510 * NANO
    assert one.level(513 * NANO) == 512 * NANO


@given(
    st.lists(st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 9)), min_size=60, max_size=80),
    st.integers(1, 10**6),
)
@settings(max_examples=50)
def test_thinning_moves_amounts_only_to_later(spends: list[Spend], grain: int) -> None:
    thinned = thin(spends, grain)
    assert thinned == sorted(thinned)
    assert sum(amount for _, amount in thinned) == sum(amount for _, amount in spends)
    for moment in {when for when, _ in spends}:
        late = sum(amount for when, amount in thinned if when >= moment)
        assert late >= sum(amount for when, amount in spends if when >= moment)
        later = sum(amount for when, amount in thinned if when > moment + grain)
        assert later <= sum(amount for when, amount in spends if when > moment)
    assert len(thinned) <= max(64, 2 * 10**6 // grain + 1)


@pytest.mark.parametrize("odd", [0.0, -1.0, float("nan")])
def test_a_cost_is_above_nothing(odd: float) -> None:
    with pytest.raises(ValueError, match="A cost must be above 0"):
        units(odd)


def test_costs_are_rounded_up() -> None:
    assert units(1) == NANO
    assert units(1e-12) == 1
    assert ticks(0.1) == NANO // 10
