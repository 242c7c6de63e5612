import json
import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients._limits import DAY, HORIZON, Bucket, Limits, parse_limits
from clients._reserve import Allowance, Ledger, Plan, Saved
from tests.support.budget import Grant, excess

EPOCH = 1_700_000_000.0
LASTING = 4000  # milliseconds that a call takes at most


@dataclass
class Hub:
    """One process that owns, or believes it does; its clocks are its own."""

    bucket: Bucket
    origin: int
    skew: float
    calls: list[tuple[int, float]] = field(default_factory=list)
    """When it sees a call end, and that call's latest end on its own clock."""

    def now(self, real: int) -> float:
        """Its monotonic clock, at a real millisecond."""
        return (real + self.origin) / 1000

    def wall(self, real: int) -> float:
        """Its wall clock."""
        return EPOCH + real / 1000 + self.skew


class World:
    """One lease, the hubs that hold or held it, and a vendor that writes down what arrives."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.real = 0
        self.grants: list[Grant] = []
        self.flights: list[tuple[int, int]] = []
        self.lease = "{}"
        self.flying: tuple[Plan, str] | None = None
        self.frozen: list[Hub] = []
        self.owner = self._take_over(5_000_000, 0.0)

    def advance(self, millis: int) -> None:
        """Time passes; the frozen wake up at some moment of it, and use all they believe in."""
        for part in (millis // 2, millis - millis // 2):
            self.real += part
            for hub in (self.owner, *self.frozen):
                for call in [call for call in hub.calls if call[0] <= self.real]:
                    hub.calls.remove(call)
                    hub.bucket.finish(call[1])
            for hub in self.frozen:
                self.spend(hub, 1.0, 3, 1000)

    def spend(self, hub: Hub, cost: float, most: int, lasting: int) -> None:
        """A hub sends what it may; the vendor may be busy with it for as long as it can last."""
        now = hub.now(self.real)
        for _ in range(most):
            until = hub.now(self.real + LASTING)
            if not hub.bucket.take(now, cost, until):
                return
            hub.calls.append((self.real + lasting, until))
            self.grants.append((self.real * 1_000_000, cost))
            self.flights.append((self.real, self.real + lasting))

    def plan(self, want: float) -> None:
        """The owner begins a renewal, unless one is on its way."""
        if self.flying is None:
            hub = self.owner
            plan = hub.bucket.plan(hub.now(self.real), hub.wall(self.real), want)
            self.flying = plan, json.dumps(plan.state)

    def confirm(self) -> None:
        """The renewal arrives."""
        if self.flying:
            plan, self.lease = self.flying
            self.flying = None
            self.owner.bucket.confirm(plan)

    def lose(self, *, frozen: bool, arrived: bool, origin: int, skew: float) -> None:
        """The owner dies or freezes, its last renewal arrived or not; another takes over."""
        former, flying = self.owner, self.flying
        if flying and arrived:
            self.confirm()
        self.flying = None
        if frozen:
            self.frozen.append(former)
        else:
            self._die(former)
        self.owner = self._take_over(origin, skew)

    def hand_over(self, origin: int, skew: float) -> None:
        """The owner lets go in good order."""
        self.confirm()
        self.plan(0)
        self.confirm()
        self.lose(frozen=True, arrived=True, origin=origin, skew=skew)

    def _die(self, hub: Hub) -> None:
        """What it had sent goes on at the vendor, at worst until its latest end."""
        for seen, until in hub.calls:
            begun = round(until * 1000) - hub.origin - LASTING
            self.flights.remove((begun, seen))
            self.flights.append((begun, begun + LASTING))

    def _take_over(self, origin: int, skew: float) -> Hub:
        hub = Hub(Bucket(self.limits.rates, self.limits.concurrency), origin, skew)
        hub.bucket.restore(hub.now(self.real), hub.wall(self.real), json.loads(self.lease))
        return hub


def most_at_once(flights: list[tuple[int, int]]) -> int:
    """Return how many were in flight together at the worst moment."""
    moments = [begun for begun, _ in flights]
    return max((sum(a <= moment < b for a, b in flights) for moment in moments), default=0)


ORIGINS = st.integers(1000, 10**9)
SKEWS = st.floats(-0.9, 0.9)
STEPS = st.one_of(
    st.tuples(st.just("advance"), st.sampled_from([1, 3, 40, 333, 500, 900, 1499, 1500, 4000])),
    st.tuples(st.just("renew"), st.integers(0, 12)),
    st.tuples(st.just("renew"), st.integers(0, 12)),
    st.tuples(st.just("plan"), st.integers(0, 12)),
    st.tuples(st.just("confirm")),
    st.tuples(st.just("spend"), st.sampled_from([0.5, 1.0, 2.0]), st.integers(1, 12),
              st.sampled_from([100, 1000, LASTING])),
    st.tuples(st.just("spend"), st.just(1.0), st.just(12), st.sampled_from([100, LASTING])),
    st.tuples(st.just("lose"), st.booleans(), st.booleans(), ORIGINS, SKEWS),
    st.tuples(st.just("hand over"), ORIGINS, SKEWS),
)  # fmt: skip
LIMITS = st.sampled_from(
    [
        parse_limits(text)
        for text in (
            "3/s burst 10",
            "1/s burst 1",
            "3/s",
            "2/300s burst 3",
            "5/2s, 20/10s burst 6",
            "40/0.5s burst 4",
            "20/s burst 20, concurrency 3",
            "concurrency 1, 9/s",
            "concurrency 2, 100/10s",
            "4/h, 3/s burst 4",
        )
    ]
)


def play(world: World, step: tuple[object, ...]) -> None:
    """Let one thing happen."""
    match step:
        case ("advance", int(millis)):
            world.advance(millis)
        case ("renew", int(want)):
            world.confirm()
            world.plan(want)
            world.confirm()
        case ("plan", int(want)):
            world.plan(want)
        case ("confirm",):
            world.confirm()
        case ("spend", float(cost), int(most), int(lasting)):
            world.spend(world.owner, cost, most, lasting)
        case ("lose", bool(frozen), bool(arrived), int(origin), float(skew)):
            world.lose(frozen=frozen, arrived=arrived, origin=origin, skew=skew)
        case ("hand over", int(origin), float(skew)):
            world.hand_over(origin, skew)
        case _:
            raise AssertionError(step)


@settings(max_examples=600, deadline=None)
@given(limits=LIMITS, steps=st.lists(STEPS, min_size=5, max_size=40))
def test_all_owners_together_never_exceed_the_limit(
    limits: Limits, steps: list[tuple[object, ...]]
) -> None:
    world = World(limits)
    world.advance(9_999)  # what a seed holds back of short windows
    for step in steps:
        play(world, step)
    for rate in limits.rates:
        assert excess(rate, world.grants) <= 0
    assert most_at_once(world.flights) <= (limits.concurrency or math.inf)


LONG_STEPS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, int(DAY * 400))),
    st.tuples(st.just("renew"), st.integers(1, 3)),
    st.tuples(st.just("spend"), st.just(1.0), st.integers(1, 3), st.just(100)),
    st.tuples(st.just("lose"), st.booleans(), st.booleans(), ORIGINS, SKEWS),
)


@settings(max_examples=200, deadline=None)
@given(
    limits=st.sampled_from(list(map(parse_limits, ["3/d", "3/d burst 2", "4/2d, 2/h"]))),
    steps=st.lists(LONG_STEPS, min_size=5, max_size=40),
)
def test_days_outlive_their_owners(limits: Limits, steps: list[tuple[object, ...]]) -> None:
    world = World(limits)
    for step in steps:
        play(world, step)
    for rate in limits.rates:
        assert excess(rate, world.grants) <= 0


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
