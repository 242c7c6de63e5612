"""How many requests an owner takes, and when it hands them back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from clients import _registry
from clients._breaker import Breaker
from clients._call import Call
from clients._environment import Environment
from clients._limits import DAY, HOUR
from clients._redact import Redactor
from clients._windows import NANO
from contracts._events import Event
from service.amqp.consumer import OnDelivery
from service.integration import Integration, Means
from service.metrics import Metrics
from service.ownership.owner import Owner, Telling
from service.window import LONGEST_HELD, SOON
from tests.support.clock import QuickClock
from tests.support.wait import wait_until


class Silent:
    """Publishes nothing."""

    def tell(self, _: str, __: Event) -> None: ...


@dataclass
class Desk:
    """Holds requests that are as old as the test says; gives all back when it is drained."""

    age: float = 0.0
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.answered.set()

    silent = 0.0

    def __len__(self) -> int:
        return int(self.age > 0)

    def take(self, _: object) -> None: ...

    async def drained(self) -> bool:
        await self.answered.wait()
        self.age = 0.0
        return True

    async def give_up(self) -> None:
        self.answered.set()


@dataclass
class Consumer:
    """What a subscription would do."""

    prefetch: int
    attached: bool = False

    def start(self) -> None:
        self.attached = True

    async def stop(self) -> None:
        self.attached = False

    async def aclose(self) -> None:
        self.attached = False


@dataclass
class Bench:
    limit: str
    clock: QuickClock = field(default_factory=QuickClock)
    desk: Desk = field(default_factory=Desk)
    consumers: list[Consumer] = field(default_factory=list)

    def __post_init__(self) -> None:
        env = Environment({"NOTION_API_KEY": "k", "NOTION_LIMIT": self.limit})
        integration = Integration(
            _registry.load("notion"), Means(env, Redactor(), self.clock, "h", window=100)
        )
        telling = Telling(integration, Silent(), Metrics())
        self.gate = integration.gates["api"]
        self.owner = Owner(integration, self.desk, self.subscribe, telling)  # type: ignore[arg-type]
        self.owner.gained({}, paused=False)
        self.spend(0)

    def subscribe(self, _: OnDelivery, prefetch: int) -> Consumer:
        self.consumers.append(Consumer(prefetch))
        return self.consumers[-1]

    @property
    def taking(self) -> list[int]:
        """The prefetch of each consumer so far; 0 at the end if the last one is gone."""
        found = [one.prefetch for one in self.consumers]
        return found if self.consumers and self.consumers[-1].attached else [*found, 0]

    def renew(self) -> None:
        self.owner.confirmed(self.owner.plan(final=False)[1])

    async def renewed(self, *taking: int) -> None:
        """Renew until it takes so many at a time."""

        def renewed() -> bool:
            self.renew()
            return self.taking == list(taking)

        await wait_until(renewed)

    def spend(self, count: int) -> None:
        """So many calls have left just now."""
        spent = {"windows": {self.limit: [(0, count * NANO)]}}
        self.owner.integration.restore({"api": spent})


@pytest.fixture
async def daily() -> AsyncIterator[Bench]:
    bench = Bench("25/d")
    yield bench
    await bench.owner.aclose()


@pytest.fixture
async def quick() -> AsyncIterator[Bench]:
    bench = Bench("10/s")
    yield bench
    await bench.owner.aclose()


async def test_it_takes_as_many_as_it_can_serve_soon(daily: Bench, quick: Bench) -> None:
    await daily.renewed(25)
    await quick.renewed(100)


async def test_with_nothing_left_one_place_stays_for_early_answers(daily: Bench) -> None:
    daily.spend(25)
    await daily.renewed(1)


async def test_what_waits_for_too_long_is_handed_back_until_it_can_be_served(daily: Bench) -> None:
    await daily.renewed(25)
    daily.spend(25)
    daily.desk.age = LONGEST_HELD
    daily.renew()
    assert daily.taking == [25]
    daily.desk.age += 1
    await daily.renewed(25, 0)
    assert daily.desk.age == 0
    await wait_until(lambda: daily.owner.serving)  # as it should, with nothing to take
    assert not daily.owner.detached
    daily.clock.advance(DAY - SOON - 1)
    daily.renew()
    assert daily.taking == [25, 0]
    daily.clock.advance(2)
    await daily.renewed(25, 25)


async def test_calls_under_way_may_end_before_the_rest_goes_back(quick: Bench) -> None:
    await quick.renewed(100)
    quick.desk.age = LONGEST_HELD + 1
    quick.desk.answered.clear()
    await quick.renewed(100, 0)
    quick.desk.answered.set()
    await quick.renewed(100, 100)
    await quick.gate.enter(Call())  # it is open again


async def test_while_the_upstream_is_down_one_request_tries(quick: Bench) -> None:
    await quick.renewed(100)
    breaker: Breaker = quick.gate.breaker
    for _ in range(5):
        breaker.failed(1, quick.clock.now())
    quick.desk.age = LONGEST_HELD + 1
    await quick.renewed(100, 1)
    quick.clock.advance(HOUR)
    breaker.succeeded(breaker.admit(quick.clock.now()))
    await quick.renewed(100, 1, 100)


async def test_after_a_pause_of_the_vendor_it_takes_more_again(quick: Bench) -> None:
    quick.gate.bucket.pause(quick.clock.now() + HOUR)
    await quick.renewed(1)
    quick.clock.advance(HOUR - SOON - 1)
    quick.renew()
    assert quick.taking == [1]
    quick.clock.advance(SOON)
    await quick.renewed(1, 100)


@pytest.mark.parametrize("end", ["lost", "paused"])
async def test_who_stays_away_serves_nothing_once_it_may_not(daily: Bench, end: str) -> None:
    await daily.renewed(25)
    daily.spend(25)
    daily.desk.age = LONGEST_HELD + 1
    await daily.renewed(25, 0)
    await wait_until(lambda: daily.owner.serving)
    if end == "lost":
        daily.owner.lost("it was late")
    else:
        daily.owner.pause(paused=True)
    await wait_until(lambda: not daily.owner.serving)
