import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients._limits import DAY, HORIZON, Bucket, parse_limits
from clients._reserve import Allowance, Ledger, Plan, Saved
from tests.support.budget import excess
from tests.support.owners import EPOCH, Step, World, most_at_once, play

WANTS, COSTS = st.sampled_from([1, 2, 5, 20]), st.sampled_from([0.5, 1.0, 2.0])
ORIGINS = st.integers(1000, 10**9)
FATES = st.sampled_from(["dies", "frozen", "late", "returns", "resumes"])
COMMON = (
    st.tuples(st.just("jump"), COSTS),
    st.tuples(st.just("renew"), WANTS),
    st.tuples(st.just("plan"), WANTS),
    st.tuples(st.just("spend"), COSTS, st.integers(1, 12)),
)
SHORT = st.one_of(
    *COMMON,
    st.tuples(st.just("pass"), st.sampled_from([1, 40, 500, 1499, 1500, 4000])),
    st.tuples(st.just("work"), st.integers(1, 2500), WANTS, COSTS),
    st.tuples(st.just("lose"), FATES, st.booleans(), ORIGINS, st.floats(-1e6, 1e6)),
)
LONG = st.one_of(
    *COMMON,
    st.tuples(st.just("pass"), st.integers(1, int(DAY * 600))),
    st.tuples(
        st.just("lose"),
        st.sampled_from(["dies", "resumes"]),
        st.booleans(),
        ORIGINS,
        st.floats(-0.9, 0.9),
    ),
)


@pytest.mark.parametrize(
    "text",
    [
        "3/s burst 10",
        "1/s burst 1",
        "3/s",
        "2/30s burst 3",
        "5/2s, 20/10s burst 6",
        "9/0.5s burst 4",
        "20/s burst 20, concurrency 3",
        "concurrency 1, 9/s",
        "concurrency 2, 100/10s",
        "4/h, 3/s burst 4",
    ],
)
@settings(max_examples=40, deadline=None)
@given(steps=st.lists(SHORT, min_size=5, max_size=25))
def test_all_owners_together_never_exceed_the_limit(text: str, steps: list[Step]) -> None:
    check(text, steps)


@pytest.mark.parametrize("text", ["3/d", "3/d burst 2", "4/2d, 2/h"])
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(LONG, min_size=5, max_size=40))
def test_days_outlive_their_owners(text: str, steps: list[Step]) -> None:
    check(text, steps)


def check(text: str, steps: list[Step]) -> None:
    """Play, and look at every window of time and every moment."""
    limits = parse_limits(text)
    world = World(limits)
    world.pass_time(10_000)  # what a seed holds back of short windows
    for step in steps:
        play(world, step)
    for rate in limits.rates:
        assert excess(rate, world.grants) <= 0
    assert most_at_once(world.flights) <= (limits.concurrency or math.inf)


@pytest.mark.parametrize(
    "text", ["3/s burst 10", "10/s", "1/s burst 1", "50/2s, 40/s burst 5", "300/h burst 5"]
)
@pytest.mark.parametrize("round_trip", [0.003, 0.1])
def test_a_backlog_uses_the_rate_through_the_lease(text: str, round_trip: float) -> None:
    limits = parse_limits(text)
    bucket, now, served = Bucket(limits.rates), 1000.0, 0
    bucket.revoke()
    plan, arrives, renewal = None, 0.0, now
    least = min(rate.calls / rate.per for rate in limits.rates)
    end = now + 200 / least
    while now < end:
        if plan and now >= arrives:
            bucket.confirm(plan)
            plan = None
        if plan is None and (now >= renewal or bucket.held(now, 1, now + 1) == "lease"):
            plan, arrives, renewal = bucket.plan(now, EPOCH, 256), now + round_trip, now + 0.5
        if bucket.take(now, 1, now + 1):
            served += 1
        else:
            moments = [now + bucket.wait(now), renewal, arrives]
            now = min((moment for moment in moments if moment > now), default=now + 0.001)
    assert served >= 0.99 * 200


@pytest.mark.parametrize(("how", "left"), [("resumes", 10), ("returns", 0)])
def test_who_finds_its_own_lease_again_goes_on_where_it_stopped(how: str, left: int) -> None:
    """What it had reserved and not spent is there, and slots are free once their calls end."""
    world = World(parse_limits("1/100s burst 40, concurrency 10"))
    world.pass_time(5_000_000)
    world.renew(20)
    world.spend(world.owner, 1.0, 10, lasting=100)
    world.pass_time(world.real + 200)
    world.lose(how, arrived=True, origin=0, skew=0.0)
    world.renew(20)
    before = len(world.grants)
    world.spend(world.owner, 1.0, 99, lasting=100)
    assert len(world.grants) - before == left


def plan_of(at: float) -> Plan:
    """Return a plan without a state."""
    return Plan(at, 0.0, {})


def test_a_call_has_to_be_inside_every_reservation_that_may_survive() -> None:
    ledger, old, new = Ledger(), plan_of(0), plan_of(1)
    assert ledger.covers(99.0, 10**12, 600.0)
    ledger.revoke()
    ledger.plan(old, Allowance(1.5, 3))
    assert not ledger.covers(0.0, 1, 1.0)
    ledger.confirm(old)
    assert ledger.covers(0.0, 3, 1.0)
    ledger.plan(new, Allowance(2.5, 1))
    assert not ledger.covers(1.0, 2, 1.0)
    ledger.spend(1)
    assert not ledger.covers(1.0, 1, 1.0)
    ledger.confirm(new)
    assert not ledger.covers(1.0, 1, 1.0)


def test_a_reservation_ends_by_its_owners_clock() -> None:
    ledger, plan = Ledger(), plan_of(0)
    assert ledger.valid(1e9)
    ledger.revoke()
    assert not ledger.valid(0.0)
    ledger.plan(plan, Allowance(HORIZON, 3))
    ledger.confirm(plan)
    assert ledger.valid(1.499)
    assert ledger.covers(1.499, 1, 1.0)
    assert not ledger.valid(1.5)
    assert not ledger.covers(1.5, 1, 1.0)


def test_a_later_plan_settles_those_before_it() -> None:
    ledger = Ledger()
    ledger.revoke()
    first, second, third = plan_of(0), plan_of(1), plan_of(2)
    for plan, tokens in ((first, 0), (second, 5), (third, 2)):
        ledger.plan(plan, Allowance(9.0, tokens))
    ledger.confirm(second)
    assert [ledger.covers(0.0, cost, 1.0) for cost in (2, 3)] == [True, False]
    ledger.confirm(third)
    ledger.confirm(second)
    ledger.confirm(first)
    assert [ledger.covers(0.0, cost, 1.0) for cost in (2, 3)] == [True, False]


def test_a_plan_of_an_earlier_reign_is_void() -> None:
    ledger, plan = Ledger(), plan_of(0)
    ledger.plan(plan, Allowance(9.0, 5))
    ledger.revoke()
    ledger.confirm(plan)
    assert not ledger.covers(0.0, 1, 1.0)


def test_calls_are_counted_and_bounded_in_length() -> None:
    one = Allowance(9.0, 5, calls=2, longest=30.0)
    assert one.covers(1, 30.0)
    assert not one.covers(1, 30.1)
    one.spend(1)
    one.spend(1)
    assert not one.covers(1, 1.0)


@pytest.mark.parametrize(
    "state",
    [
        {"windows": {"3/s": [[2_000_000_000, 1]]}},
        {"windows": {"3/s": [[0, -1]]}},
        {"windows": 3},
        {"wall": "noon"},
        {"wall": math.inf},
        {"busy": [[0, 10**9]]},
        {"paused": None},
        {"learned": {"x": [1]}},
    ],
)
def test_what_is_no_bucket_reads_as_nothing(state: dict[str, object]) -> None:
    assert Saved.read(state) == Saved()


def test_what_a_later_version_adds_is_ignored() -> None:
    state = {"wall": 5.0, "windows": {"3/s": [[-1, 2]]}, "mood": "good"}
    assert Saved.read(state) == Saved(wall=5.0, windows={"3/s": [(-1, 2)]})
