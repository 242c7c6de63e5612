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
LASTING = 40_000  # milliseconds that a call takes at most; more than a bucket expects at first


@dataclass
class Hub:
    """One process that owns, or believes it does; its clocks are its own."""

    bucket: Bucket
    origin: int
    skew: float
    eager: bool = True
    """Whether it spends what it may at once, or at the last moment."""
    calls: list[tuple[int, float]] = field(default_factory=list)
    """When it sees a call end, and that call's latest end on its own clock."""

    def now(self, real: int) -> float:
        """Its monotonic clock, at a real millisecond."""
        return (real + self.origin) / 1000

    def wall(self, real: int) -> float:
        """Its wall clock."""
        return EPOCH + real / 1000 + self.skew

    def see(self, real: int) -> None:
        """Hear of the calls that ended."""
        for call in [call for call in self.calls if call[0] <= real]:
            self.calls.remove(call)
            self.bucket.finish(call[1])


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

    def pass_time(self, until: int) -> None:
        """The frozen wake up now and then, and spend what they believe in, some at the last."""
        while self.real < until:
            moments = [end for hub in (self.owner, *self.frozen) for end, _ in hub.calls]
            step = 1 if self.frozen else until - self.real
            self.real = min([until, self.real + step, *(m for m in moments if m > self.real)])
            self.owner.see(self.real)
            for hub in list(self.frozen):
                hub.see(self.real)
                if hub.eager or not hub.bucket.valid(hub.now(self.real + 1)):
                    self.spend(hub, 1.0, 99, LASTING)
                if not hub.bucket.valid(hub.now(self.real)):
                    self.frozen.remove(hub)

    def work(self, millis: int, want: int, cost: float) -> None:
        """The owner renews twice a second and serves a backlog."""
        end, renewal = self.real + millis, self.real
        while self.real < end:
            if self.real >= renewal:
                self.renew(want)
                renewal = self.real + 500
            self.spend(self.owner, cost, 99, LASTING if millis % 2 else 100)
            now = self.owner.now(self.real)
            wait = max(self.owner.bucket.wait(now, cost), self.owner.bucket.frees(now))
            served = self.real + math.ceil(min(wait, DAY) * 1000)
            moments = [at for at in (served, renewal) if at > self.real]
            self.pass_time(min([end, *moments]))

    def jump(self, cost: float) -> None:
        """Nothing happens until the very moment at which the next call may leave."""
        now = self.owner.now(self.real)
        wait = max(self.owner.bucket.wait(now, cost), self.owner.bucket.frees(now))
        self.pass_time(self.real + math.ceil(min(wait, DAY) * 1000))
        self.renew(9)
        self.spend(self.owner, cost, 99, LASTING)

    def spend(self, hub: Hub, cost: float, most: int, lasting: int) -> None:
        """A hub sends what it may; the vendor may be busy with it for as long as it can last."""
        now, until = hub.now(self.real), hub.now(self.real + LASTING)
        for _ in range(most):
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

    def renew(self, want: float) -> None:
        """All of a renewal at once."""
        self.confirm()
        self.plan(want)
        self.confirm()

    def lose(self, how: str, *, arrived: bool, origin: int, skew: float) -> None:
        """The owner dies or freezes, its last renewal arrived or not; another takes over.

        Or it returns: the connection broke, and it gets the lease again.
        """
        former = self.owner
        if arrived:
            self.confirm()
        self.flying = None
        if how == "returns":
            former.bucket.revoke()
            self._restore(former)
            return
        if how == "dies":
            self._die(former)
        else:
            former.eager = how == "frozen"
            self.frozen.append(former)
        self.owner = self._take_over(origin, skew)

    def _die(self, hub: Hub) -> None:
        """What it had sent goes on at the vendor, at worst until its latest end."""
        for seen, until in hub.calls:
            begun = round(until * 1000) - hub.origin - LASTING
            self.flights.remove((begun, seen))
            self.flights.append((begun, begun + LASTING))

    def _take_over(self, origin: int, skew: float) -> Hub:
        hub = Hub(Bucket(self.limits.rates, self.limits.concurrency), origin, skew)
        self._restore(hub)
        return hub

    def _restore(self, hub: Hub) -> None:
        hub.bucket.restore(hub.now(self.real), hub.wall(self.real), json.loads(self.lease))


def most_at_once(flights: list[tuple[int, int]]) -> int:
    """Return how many were in flight together at the worst moment."""
    moments = [begun for begun, _ in flights]
    return max((sum(a <= moment < b for a, b in flights) for moment in moments), default=0)


Step = tuple[object, ...]

WANTS, COSTS = st.sampled_from([1, 2, 5, 20]), st.sampled_from([0.5, 1.0, 2.0])
ORIGINS = st.integers(1000, 10**9)
FATES = st.sampled_from(["dies", "frozen", "late", "returns"])
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
    st.tuples(st.just("lose"), st.just("dies"), st.booleans(), ORIGINS, st.floats(-0.9, 0.9)),
)


def play(world: World, step: Step) -> None:
    """Let one thing happen."""
    match step:
        case ("jump", float(cost)):
            world.jump(cost)
        case ("renew", int(want)):
            world.renew(want)
        case ("plan", int(want)):
            world.plan(want)
        case ("spend", float(cost), int(most)):
            world.spend(world.owner, cost, most, 100 if most % 2 else LASTING)
        case ("pass", int(millis)):
            world.pass_time(world.real + millis)
        case ("work", int(millis), int(want), float(cost)):
            world.work(millis, want, cost)
        case ("lose", str(how), bool(arrived), int(origin), float(skew)):
            world.lose(how, arrived=arrived, origin=origin, skew=skew)
        case _:
            raise AssertionError(step)


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
