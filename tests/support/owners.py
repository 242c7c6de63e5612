"""Hubs that own one limit in turn, with every misfortune on the way; and a vendor that counts."""

import json
import math
from dataclasses import dataclass, field

from clients._limits import DAY, Bucket, Limits, Plan
from tests.support.budget import Grant

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

        Or its connection broke, and it gets the lease again. It resumes where it stopped if it
        finds what was confirmed to it last; else it returns as anybody would take over.
        """
        former = self.owner
        if arrived:
            self.confirm()
        self.flying = None
        if how == "resumes":
            former.bucket.revoke()
            return
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
