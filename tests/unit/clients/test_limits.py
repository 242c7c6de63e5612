import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients._limits import DAY, HORIZON, HOUR, Bucket, Held, Plan, Rate, parse_limits
from clients._signals import Seen
from tests.support.budget import NANO, Grant, excess
from tests.support.caller import LASTING, Caller

EPOCH = 1_700_000_000.0


def bucket_of(text: str) -> Bucket:
    """Return the bucket of limits in their text form."""
    limits = parse_limits(text)
    return Bucket(limits.rates, limits.concurrency)


def drain(bucket: Bucket, now: float, cost: float = 1.0) -> int:
    """Take until it refuses; returns how often it did not."""
    taken = 0
    while taken < 1000 and bucket.take(now, cost, now + LASTING):
        taken += 1
    return taken


def inherit(text: str, now: float, wall: float, state: dict[str, object]) -> Bucket:
    """Return a bucket that took over what travelled as JSON, with all that it can reserve."""
    heir = bucket_of(text)
    heir.restore(now, wall, json.loads(json.dumps(state)))
    return heir


def reserve(bucket: Bucket, now: float, want: float = 1000.0, wall: float = EPOCH) -> Plan:
    """Return a confirmed plan."""
    plan = bucket.plan(now, wall, want)
    bucket.confirm(plan)
    return plan


GAPS = st.just(0) | st.integers(0, NANO // 2) | st.integers(0, 5 * NANO)
QUIET = st.one_of(
    st.tuples(st.just("pass"), GAPS),
    st.tuples(st.just("take"), st.sampled_from([0.5, 1.0, 1.0, 2.0, 20.0])),
    st.tuples(st.just("drain"), st.just(1.0)),
    st.tuples(st.just("pause"), st.floats(-1.0, 4.0)),
)
STEPS = st.one_of(
    QUIET,
    st.tuples(st.just("wait"), st.sampled_from([0.5, 1.0, 2.0])),
    st.tuples(st.just("observe"), st.integers(0, 9), st.none() | st.floats(0.0, 5.0)),
    st.tuples(st.just("finish")),
)


@pytest.mark.parametrize(
    "text",
    [
        "3/s burst 10",
        "1/s burst 1",
        "3/s",
        "7/0.7s",
        "3/s burst 5, 10/10s",
        "2/s, 5/3s burst 3, 8/20s, concurrency 4",
        "9/s burst 9, concurrency 1",
    ],
)
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=50))
def test_no_window_of_time_has_more_than_the_limit(
    text: str, steps: list[tuple[object, ...]]
) -> None:
    limits, caller = parse_limits(text), Caller(bucket_of(text))
    for step in steps:
        caller.play(step)
    for rate in limits.rates:
        assert excess(rate, caller.grants) <= 0
    assert caller.most_flying <= (limits.concurrency or math.inf)


@settings(max_examples=150, deadline=None)
@given(
    text=st.sampled_from(["3/s burst 10", "5/s", "100/d burst 20", "0.3/s burst 1"]),
    steps=st.lists(QUIET, max_size=15),
    start=st.sampled_from([0.0, 1.0, 1e4]) | st.floats(1e7, 1e9),
)
def test_who_sleeps_as_told_is_served_and_not_before(
    text: str, steps: list[tuple[object, ...]], start: float
) -> None:
    caller = Caller(bucket_of(text))
    caller.nanos = round(start * NANO)
    for step in steps:
        caller.play(step)
    now = caller.now
    wait = caller.bucket.wait(now)
    early = now + wait - max(2e-9, 4 * math.ulp(now))
    assert wait == 0 or early <= now or not caller.bucket.take(early, 1, early + 1)
    assert caller.bucket.wait(now + wait) == 0
    assert caller.bucket.take(now + wait, 1, now + wait + 1)


def test_a_clock_of_coarse_steps_is_waited_for() -> None:
    bucket, now = bucket_of("3/s burst 1"), 123_456_789.123
    assert bucket.take(now, 1, now + 1)
    assert bucket.take(now + bucket.wait(now), 1, now + 2)


@pytest.mark.parametrize("late", [0.0, 0.001])
@pytest.mark.parametrize(
    ("text", "cost", "seconds"),
    [
        ("3/s burst 10", 1.0, 100.0),
        ("3/s", 1.0, 100.0),
        ("2000/h", 1.0, 2 * HOUR),
        ("25/d", 1.0, 20 * DAY),
        ("400/d", 4.0, 3 * DAY),
        ("0.5/s burst 30", 1.0, 600.0),
        ("1/s burst 1", 1.0, 300.0),
        ("60/m, 2000/h", 1.0, 3 * HOUR),
        ("100000/s", 20.0, 2.0),
        ("10000/s burst 100", 1.0, 2.0),
    ],
)
def test_a_backlog_uses_the_whole_rate(text: str, cost: float, seconds: float, late: float) -> None:
    bucket, now, served = bucket_of(text), 1000.0, 0.0
    end = now + seconds
    while now < end:
        served += drain(bucket, now, cost) * cost
        now += bucket.wait(now, cost) + late
    tightest = min(rate.calls / rate.per for rate in parse_limits(text).rates)
    assert served >= 0.99 * tightest * seconds


def test_the_eta_counts_those_ahead() -> None:
    bucket = bucket_of("2/s burst 4")
    assert [bucket.wait(5.0, 1, ahead) for ahead in (0, 3, 4, 5.0, 9)] == [0, 0, 0.5, 1.0, 3.0]
    assert drain(bucket, 5.0) == 4
    assert [bucket.wait(5.0, 1, ahead) for ahead in (0, 1, 9)] == [0.5, 1.0, 5.0]
    bucket.pause(8.0)
    assert [bucket.wait(5.0, 1, ahead) for ahead in (0, 3, 4, 9)] == [3.0, 3.0, 3.5, 6.0]
    assert bucket.wait(5.0, 4) == 3.0


def test_what_never_fits_waits_for_ever() -> None:
    bucket = bucket_of("2/s burst 4, 100/h")
    assert bucket.wait(0.0, 4.1) == math.inf
    assert bucket.wait(0.0, 4) == 0
    assert not bucket.take(1e9, 4.1, 1e9 + 1)


def test_without_a_limit_everything_goes() -> None:
    bucket = Bucket()
    assert drain(bucket, 0.0, 1e6) == 1000
    assert bucket.left(0.0) == math.inf
    assert bucket.wait(0.0, 1e6, 1e6) == 0
    bucket.observe(0.0, Seen(1001, None))
    assert bucket.left(0.0) == 0
    assert bucket.wait(0.0) == 1.0


def test_a_shorter_pause_does_not_end_a_longer_one() -> None:
    bucket = bucket_of("3/s")
    bucket.pause(9.0)
    bucket.pause(4.0)
    assert bucket.left(8.9) == 0
    assert bucket.held(8.9, 1, 9.9) == "limit"
    assert bucket.take(9.0, 1, 10.0)


@pytest.mark.parametrize(
    ("said", "own", "left", "wait"),
    [
        (Seen(7, 60), 0, 5, 0),
        (Seen(7, 60), 1, 6, 0),
        (Seen(1, 60), 0, 0, 60),
        (Seen(2, None), 0, 0, 1),
        (Seen(99, 60), 0, 8, 0),
    ],
)
def test_it_learns_but_never_more_than_configured(
    said: Seen, own: float, left: float, wait: float
) -> None:
    bucket = bucket_of("3/s burst 10, 1000/m")
    bucket.take(0.0, 1, 30.0)
    bucket.take(0.0, 1, 31.0)
    bucket.observe(0.0, said, own)
    assert bucket.left(0.0) == left
    assert bucket.wait(0.0) == wait
    assert drain(bucket, 0.0) == left


@given(
    remaining=st.integers(0, 12),
    flying=st.integers(0, 6),
    gaps=st.lists(st.floats(0.0, 3.0), max_size=30),
)
def test_until_the_reset_the_vendor_gets_no_more_than_it_said(
    remaining: int, flying: int, gaps: list[float]
) -> None:
    bucket, now, taken = bucket_of("3/s burst 10"), 100.0, 0
    for _ in range(flying):
        bucket.take(now, 1, now + LASTING)
    bucket.observe(now, Seen(remaining, 20.0))
    for gap in gaps:
        now += gap
        if now >= 120.0:
            break
        taken += drain(bucket, now)
        assert taken <= max(0, remaining - flying)
    assert drain(bucket, max(now, 130.0)) == 10


@pytest.mark.parametrize(
    ("text", "before", "held"),
    [
        ("3/s", 0, ""),
        ("3/s", 3, "limit"),
        ("3/s, concurrency 2", 2, "slots"),
        ("2/s, concurrency 2", 2, "limit"),
    ],
)
def test_it_tells_what_holds_a_call_back(text: str, before: int, held: Held) -> None:
    bucket = bucket_of(text)
    for number in range(before):
        bucket.take(0.0, 1, 30.0 + number)
    assert bucket.held(0.0, 1, 30.0) == held
    assert bucket.frees(0.0) == (30.0 if "concurrency" in text else 0.0)
    bucket.revoke()
    assert bucket.held(0.0, 1, 30.0) == (held or "lease")


def test_a_slot_is_free_once_a_call_is_over() -> None:
    bucket = bucket_of("concurrency 1")
    assert bucket.take(0.0, 1, 30.0)
    assert bucket.left(0.0) == 0
    assert not bucket.take(1.0, 1, 31.0)
    bucket.finish(30.0)
    assert bucket.take(1.0, 1, 31.0)
    assert bucket.take(31.0, 1, 60.0)


@pytest.mark.parametrize(
    ("text", "want", "tokens"),
    [
        ("3/s burst 10", 0, 0),
        ("3/s burst 10", 0.5, 0.5),
        ("3/s burst 10", 5, 5),
        ("3/s burst 10", 100, 14),
        ("3/s", 100, 6),
        ("2/5s", 100, 2),
        ("2000/h", 100, 20),
        ("2000/h burst 50", 100, 20),
        ("25/d, 60/m", 100, 1),
        ("concurrency 5", 100, 100),
    ],
)
def test_a_plan_reserves_what_can_be_granted_in_time(text: str, want: float, tokens: float) -> None:
    bucket = bucket_of(text)
    bucket.revoke()
    assert reserve(bucket, 50.0, want).tokens == tokens
    assert sum(bucket.take(50.0 + second / 100, 1, 60.0) for second in range(149)) <= tokens


def test_a_plan_is_made_for_the_call_that_was_refused() -> None:
    bucket = bucket_of("400/d, 100/s")
    bucket.revoke()
    assert reserve(bucket, 0.0).tokens == 4
    assert not bucket.take(0.0, 7, 30.0)
    assert reserve(bucket, 0.0).tokens == 7
    assert bucket.take(0.0, 7, 30.0)
    assert not bucket.take(0.0, 1.5, 30.0)
    assert reserve(bucket, 0.0).tokens == 3


def test_a_token_that_comes_later_is_not_reserved() -> None:
    bucket = bucket_of("1/10s burst 1")
    assert bucket.take(0.0, 1, 30.0)
    assert [bucket.plan(at, EPOCH, 5).tokens for at in (1.0, 8.4, 8.5)] == [0, 0, 1]


def test_a_pause_and_what_was_learned_bound_a_plan() -> None:
    bucket = bucket_of("10/s burst 10")
    bucket.observe(0.0, Seen(3, 60.0))
    assert bucket.plan(0.0, EPOCH, 100).tokens == 3
    assert bucket.plan(58.5, EPOCH, 100).tokens == 25
    bucket.pause(80.0)
    assert bucket.plan(78.5, EPOCH, 100).tokens == 0
    assert bucket.plan(78.6, EPOCH, 100).tokens == 11


def test_a_call_longer_than_planned_waits_for_the_next_plan() -> None:
    bucket = bucket_of("9/s, concurrency 3")
    bucket.revoke()
    reserve(bucket, 0.0)
    assert bucket.take(0.0, 1, 30.0)
    assert not bucket.take(0.0, 1, 300.0)
    assert bucket.held(0.0, 1, 300.0) == "lease"
    reserve(bucket, 0.0)
    assert bucket.take(0.0, 1, 300.0)


def test_no_more_calls_leave_than_slots_were_reserved() -> None:
    bucket = bucket_of("9/s, concurrency 3")
    bucket.revoke()
    reserve(bucket, 0.0, 1)
    assert bucket.take(0.0, 0.5, 30.0)
    assert bucket.held(0.0, 0.5, 30.0) == "lease"
    reserve(bucket, 0.0, 3)
    assert bucket.take(0.0, 0.5, 30.0)
    assert bucket.take(0.0, 0.5, 30.0)


def test_an_heir_waits_for_the_last_call_that_may_still_leave() -> None:
    bucket = bucket_of("9/s, concurrency 1")
    bucket.revoke()
    plan = reserve(bucket, 0.0)
    heir = inherit("9/s, concurrency 1", 70.0, EPOCH, plan.state)
    assert bucket.take(1.4, 1, 31.4)
    assert heir.held(70.0 + 31.4, 1, 200.0) == "slots"
    assert 31.4 < heir.frees(70.0) < 31.6


def test_a_reservation_ends_and_a_new_one_counts() -> None:
    bucket = bucket_of("3/s burst 10")
    bucket.revoke()
    assert not bucket.valid(0.0)
    first = bucket.plan(0.0, EPOCH, 2)
    assert not bucket.take(0.0, 1, 30.0)
    bucket.confirm(first)
    assert bucket.valid(HORIZON - 0.001)
    assert drain(bucket, 1.0) == 2
    assert not bucket.valid(HORIZON)
    second = bucket.plan(1.0, EPOCH, 5)
    assert drain(bucket, 1.0) == 0
    bucket.confirm(second)
    assert drain(bucket, 1.0) == 5


def test_an_idle_owner_hands_everything_over() -> None:
    bucket = bucket_of("3/s burst 10, 60/m")
    assert drain(bucket, 100.0) == 10
    plan = reserve(bucket, 101.0, 0)
    heir = inherit("3/s burst 10, 60/m", 7.0, EPOCH, plan.state)
    assert heir.left(7.0) == bucket.left(101.0) == 3
    assert heir.left(10.0) == bucket.left(104.0) == 10
    assert heir.left(65.9) == bucket.left(159.9) == 10
    assert not heir.take(7.0, 1, 30.0)
    reserve(heir, 7.0)
    assert drain(heir, 7.0) == 3


def test_pauses_and_what_was_learned_are_handed_over() -> None:
    bucket = bucket_of("3/s burst 10")
    bucket.observe(100.0, Seen(2, 60.0))
    bucket.pause(110.0)
    state = bucket.plan(100.0, EPOCH, 0).state
    heir = inherit("3/s burst 10", 1000.0, EPOCH, state)
    assert [heir.left(at) for at in (1009.0, 1011.0, 1061.0)] == [0, 2, 10]
    late = inherit("3/s burst 10", 1000.0, EPOCH + 62.0, state)
    assert late.left(1000.0) == 10


@pytest.mark.parametrize(
    ("text", "calls"), [("25/d", 25), ("25/d burst 25", 31), ("1000/mo, 25/d", 25)]
)
def test_a_day_outlives_restarts(text: str, calls: int) -> None:
    bucket, now, wall, served = bucket_of(text), 5000.0, EPOCH, 0
    bucket.restore(now, wall, {})
    for restart in range(40):
        reserve(bucket, now, 5, wall)
        served += drain(bucket, now)
        state = reserve(bucket, now, 0, wall).state
        now, wall = 100.0 * restart, wall + 600.0
        bucket = inherit(text, now, wall, state)
    assert served == calls
    assert inherit(text, 9.0, wall + DAY + 10, state).left(9.0) == 25


def test_a_wall_clock_set_back_does_not_age_the_state() -> None:
    bucket = bucket_of("25/d burst 25")
    assert drain(bucket, 1000.0) == 25
    bucket.plan(1000.0, EPOCH, 0)
    state = bucket.plan(1060.0, EPOCH - DAY, 0).state
    assert inherit("25/d burst 25", 5.0, EPOCH + 120, state).left(5.0) < 1


@settings(max_examples=40, deadline=None)
@given(jumps=st.lists(st.floats(-3 * DAY, 3 * DAY), min_size=1, max_size=20))
def test_a_wall_clock_that_jumps_gives_nothing(jumps: list[float]) -> None:
    bucket, now, grants = bucket_of("25/d"), 1000.0, list[Grant]()
    bucket.restore(now, EPOCH, {})
    for jump in jumps:
        for _ in range(3):
            reserve(bucket, now, 3, EPOCH + now + jump)
            grants += [(round(now * NANO), 1.0)] * drain(bucket, now)
        now += DAY / 10
    assert excess(Rate(25, DAY), grants) <= 0
    state = reserve(bucket, now, 0, EPOCH + now + jumps[0]).state
    heir = inherit("25/d", now, EPOCH + now + jumps[0], state)
    assert heir.left(now) <= bucket.left(now)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("3/s burst 10", 0),
        ("3/s", 0),
        ("10/10s", 0),
        ("60/m", 60),
        ("1/11s burst 2", 2),
        ("25/d", 25),
        ("3/s, 25/d", 0),
    ],
)
@pytest.mark.parametrize("state", [{}, {"windows": [1]}, {"windows": {"9/s": []}}])
def test_an_unknown_window_starts_empty_where_that_is_soon_over(
    text: str, left: float, state: dict[str, object]
) -> None:
    assert inherit(text, 50.0, EPOCH, state).left(50.0) == left


@pytest.mark.parametrize(
    ("former", "heir", "left"),
    [
        ("25/d", "500/d", 490),
        ("25/d", "8/h", 0),
        ("25/d", "90/d burst 30", 20),
        ("25/d", "60/m", 50),
    ],
)
def test_a_changed_window_starts_with_what_is_known(former: str, heir: str, left: float) -> None:
    bucket = bucket_of(former)
    for _ in range(10):
        bucket.take(0.0, 1, 30.0)
    state = bucket.plan(0.0, EPOCH, 0).state
    assert inherit(heir, 50.0, EPOCH, state).left(50.0) == left


def test_an_owner_without_a_predecessor_keeps_what_it_knows() -> None:
    bucket = bucket_of("25/d, 3/s")
    assert drain(bucket, 0.0) == 3
    bucket.restore(5.0, EPOCH, {})
    assert bucket.left(15.0) == 3
    assert bucket.wait(15.0, 23) == math.inf
    reserve(bucket, 15.0, 0)
    assert json.loads(json.dumps(reserve(bucket, 15.0, 0).state))["windows"]["25/d"] != []


def test_a_state_stays_small() -> None:
    text = "100000/s, 200000/2s, 300000/3s, 400000/4s, 90000000/d, concurrency 800"
    bucket, now = bucket_of(text), 1e6
    for number in range(2000):
        now += 0.004
        assert bucket.take(now, 100, now + 60 + number % 7)
        bucket.finish(now + 60 + number % 7) if number % 3 else None
    state = bucket.plan(now, EPOCH, 1e5).state
    assert len(json.dumps(state)) < 20_000


def test_it_is_cheap_however_high_the_rate() -> None:
    bucket, now = bucket_of("100000/s, 6000000/m"), 0.0
    for _ in range(5000):
        now += 0.01
        bucket.take(now, 900, now + 1)
        bucket.finish(now + 1)
    logs = [one._chunks for one in bucket._windows if hasattr(one, "_chunks")]
    assert [len(chunks) <= 514 for chunks in logs] == [True, True]
