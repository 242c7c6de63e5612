import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from clients import _registry
from clients._call import Call
from clients._environment import Environment
from clients._gate import HandedBack
from clients._redact import Redactor
from contracts import UpstreamUnavailable
from contracts._events import HealthEvent
from service.amqp.consumer import OnDelivery
from service.amqp.publisher import SILENT
from service.integration import Integration, Means
from service.metrics import Metrics
from service.ownership.owner import APART, Owner, Telling
from tests.support.clock import QuickClock
from tests.support.heard import Told
from tests.support.wait import wait_until


@dataclass
class FakeDesk:
    """Takes deliveries; what is under way ends when the test says so."""

    taken: list[object] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: bool = False
    age: float = 0.0
    silent: float = 0.0

    def __post_init__(self) -> None:
        self.answered.set()

    def __len__(self) -> int:
        return len(self.taken)

    def take(self, delivery: object) -> None:
        self.taken.append(delivery)

    async def drained(self) -> bool:
        await self.answered.wait()
        self.taken.clear()
        return True

    async def give_up(self) -> None:
        self.given_up = True
        self.answered.set()


class FakeConsumer:
    """What a subscription would do."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.attached = False
        self.stops = asyncio.Event()
        self.stops.set()

    def start(self) -> None:
        self.attached = True
        self.log.append("start")

    async def stop(self) -> None:
        await self.stops.wait()
        self.log.append("stop")

    async def aclose(self) -> None:
        self.attached = False
        self.log.append("close")


@dataclass
class Bench:
    owner: Owner
    desk: FakeDesk
    told: Told
    log: list[str]
    clock: QuickClock
    consumers: list[FakeConsumer]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = QuickClock()
    means = Means(Environment({}), Redactor(), clock, "h", sandbox="on")
    integration = Integration(_registry.load("notion"), means)
    desk, told, log, consumers = FakeDesk(), Told(), list[str](), list[FakeConsumer]()

    def subscribe(_: OnDelivery, __: int) -> FakeConsumer:
        consumers.append(FakeConsumer(log))
        return consumers[-1]

    telling = Telling(integration, told, Metrics())
    integration.note = telling.note
    owner = Owner(integration, desk, subscribe, telling)  # type: ignore[arg-type]
    yield Bench(owner, desk, told, log, clock, consumers)
    await integration.client.aclose()


def serving(bench: Bench) -> bool:
    return bench.owner.serving


def serve(bench: Bench) -> None:
    owner = bench.owner
    owner.gained({}, paused=False)
    _, ticket = owner.plan(final=False)
    owner.confirmed(ticket)


async def test_nothing_is_served_before_the_first_confirmed_reservation(bench: Bench) -> None:
    bench.owner.gained({}, paused=False)
    assert bench.owner.held
    assert not serving(bench)
    _, ticket = bench.owner.plan(final=False)
    bench.owner.confirmed(ticket)
    assert serving(bench)
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    assert bench.log == ["start"]


async def test_a_lost_lease_stops_all_at_once(bench: Bench) -> None:
    serve(bench)
    bench.owner.lost("it was late")
    assert not bench.owner.held
    assert not serving(bench)
    with pytest.raises(HandedBack):
        await bench.owner.integration.gates["api"].enter(Call())
    await asyncio.sleep(0)
    assert bench.log == ["start", "close"]


async def test_while_no_reply_can_leave_no_call_begins(bench: Bench) -> None:
    owner, gate = bench.owner, bench.owner.integration.gates["api"]
    serve(bench)
    bench.clock.advance(60)
    owner.confirmed(owner.plan(final=False)[1])
    assert gate.bucket.valid(bench.clock.now())
    bench.desk.silent = SILENT + 1
    owner.confirmed(owner.plan(final=False)[1])
    assert not gate.bucket.valid(bench.clock.now())
    assert serving(bench)
    bench.desk.silent = 0.0
    owner.confirmed(owner.plan(final=False)[1])
    assert gate.bucket.valid(bench.clock.now())


async def test_who_takes_over_before_replies_can_leave_serves_with_an_early_renewal(
    bench: Bench,
) -> None:
    """After a broker's restart the link for leases may be back first; idle renewals are rare."""
    owner = bench.owner
    assert not owner.busy()
    bench.desk.silent = SILENT + 1
    serve(bench)
    assert not serving(bench)
    assert owner.busy()
    bench.desk.silent = 0.0
    owner.confirmed(owner.plan(final=False)[1])
    assert serving(bench)


async def test_a_lease_that_comes_again_serves_again(bench: Bench) -> None:
    serve(bench)
    bench.owner.lost("it was late")
    serve(bench)
    assert serving(bench)


@pytest.mark.parametrize("paused", [False, True])
async def test_what_has_acted_goes_on_while_its_owner_winds_down(
    bench: Bench, *, paused: bool
) -> None:
    """The lease is lost for a moment: winding down waits for that call, so it must go on."""
    owner, gate = bench.owner, bench.owner.integration.gates["api"]
    serve(bench)
    bench.desk.answered.clear()
    winding = asyncio.create_task(owner.wind_down(5.0))
    await wait_until(lambda: bench.log == ["start", "stop"])
    owner.lost("it was late")
    with pytest.raises(HandedBack):
        await gate.enter(Call(sent=True))
    asks = asyncio.create_task(gate.enter(Call(sent=True, doubt=True)))
    await wait_until(lambda: len(gate) == 1)
    owner.regained(paused=paused)
    await renewed(bench, serves=False)
    await asks
    bench.desk.answered.set()
    assert await winding


async def test_a_consumer_that_ought_to_be_attached_is_missed(bench: Bench) -> None:
    owner = bench.owner
    seen = [owner.detached]
    serve(bench)
    seen.append(owner.detached)
    bench.consumers[0].attached = False
    seen.append(owner.detached)
    await owner.wind_down(1.0)
    seen.append(owner.detached)
    assert seen == [False, False, True, False]


async def test_what_is_left_stays_where_nobody_had_it_meanwhile(bench: Bench) -> None:
    owner, bucket = bench.owner, bench.owner.integration.gates["api"].bucket
    serve(bench)
    bench.clock.advance(60)
    left = bucket.left(bench.clock.now())
    assert left > 0
    owner.lost("it was cut off")
    assert not bucket.take(bench.clock.now(), 1.0, bench.clock.now() + 30)
    owner.regained(paused=False)
    assert not bucket.take(bench.clock.now(), 1.0, bench.clock.now() + 30)
    assert bucket.left(bench.clock.now()) == left
    owner.confirmed(owner.plan(final=False)[1])
    assert serving(bench)
    owner.lost("it was cut off")
    owner.gained({}, paused=False)
    assert bucket.left(bench.clock.now()) == 0


async def test_a_paused_one_is_owned_and_not_served(bench: Bench) -> None:
    bench.owner.gained({}, paused=True)
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    assert not serving(bench)
    bench.owner.pause(paused=False)
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    assert serving(bench)
    bench.owner.pause(paused=True)
    await bench.owner.aclose()
    assert not serving(bench)
    assert bench.log == ["start", "stop", "close"]
    assert bench.told.keys == ["health.notion.paused", "health.notion.up", "health.notion.paused"]


async def test_winding_down_takes_nothing_new_and_closes_last(bench: Bench) -> None:
    serve(bench)
    bench.owner.integration.client.get()
    assert await bench.owner.wind_down(2.5)
    assert not bench.desk.given_up
    assert bench.log == ["start", "stop", "close"]
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    assert not serving(bench)
    bench.owner.resume()
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    assert serving(bench)
    bench.owner.lost("the hub stops")
    await bench.owner.aclose()
    assert not bench.owner.integration.client.made
    assert bench.log == ["start", "stop", "close", "start", "close"]


async def test_stopping_gives_up_what_takes_too_long(bench: Bench) -> None:
    serve(bench)
    bench.desk.answered.clear()
    await bench.owner.stop(0.01)
    assert bench.desk.given_up
    await bench.owner.aclose()
    assert bench.log == ["start", "stop", "close"]


async def renewed(bench: Bench, *, serves: bool) -> None:
    bench.owner.confirmed(bench.owner.plan(final=False)[1])
    await asyncio.sleep(0)
    assert serving(bench) is serves


async def test_resumed_before_the_pause_is_over_it_serves_when_it_is(bench: Bench) -> None:
    serve(bench)
    bench.consumers[0].stops.clear()
    bench.owner.pause(paused=True)
    await wait_until(lambda: not serving(bench))
    bench.owner.pause(paused=False)
    await renewed(bench, serves=False)
    bench.consumers[0].stops.set()
    await wait_until(lambda: bench.log == ["start", "stop", "close"])
    await asyncio.sleep(0)
    await renewed(bench, serves=True)
    await bench.owner.integration.gates["api"].enter(Call())


async def test_a_pause_waits_for_what_has_left(bench: Bench) -> None:
    serve(bench)
    bench.desk.answered.clear()
    bench.owner.pause(paused=True)
    await wait_until(lambda: bench.log == ["start", "stop"])
    bench.owner.pause(paused=False)
    await renewed(bench, serves=False)
    bench.desk.answered.set()
    await wait_until(lambda: bench.log == ["start", "stop", "close"])
    await asyncio.sleep(0)
    await renewed(bench, serves=True)


async def test_what_takes_too_long_is_answered_beside_what_is_served_anew(bench: Bench) -> None:
    serve(bench)
    bench.desk.answered.clear()
    assert not await bench.owner.wind_down(0.01)
    await renewed(bench, serves=False)
    bench.owner.resume()
    await renewed(bench, serves=True)
    assert bench.log == ["start", "stop", "start"]
    bench.desk.answered.set()
    await wait_until(lambda: bench.log == ["start", "stop", "start", "close"])
    assert serving(bench)


async def test_a_lost_lease_closes_what_was_still_to_be_answered(bench: Bench) -> None:
    serve(bench)
    bench.desk.answered.clear()
    bench.owner.pause(paused=True)
    await wait_until(lambda: bench.log == ["start", "stop"])
    bench.owner.lost("it was late")
    await wait_until(lambda: bench.log == ["start", "stop", "close"])
    await bench.owner.aclose()


async def test_winding_down_without_serving(bench: Bench) -> None:
    await bench.owner.wind_down(1.0)
    bench.owner.lost("it never was")
    assert bench.log == []


async def test_who_has_work_renews_often(bench: Bench) -> None:
    serve(bench)
    assert not bench.owner.busy()
    bench.desk.take(object())
    assert bench.owner.busy()


async def test_attempts_tell_health(bench: Bench) -> None:
    serve(bench)
    down = UpstreamUnavailable("down")
    for failure in (down, down, None):
        bench.owner.telling.note("api", failure, 0.1)
        bench.clock.advance(1)
    bench.owner.telling.snapshot()
    assert bench.told.keys == ["health.notion.up", "health.notion.down", *["health.notion.up"] * 2]


async def test_what_flaps_is_told_once_in_a_second_and_its_end_for_sure(bench: Bench) -> None:
    serve(bench)
    telling, events = bench.owner.telling, bench.told
    events.clock = bench.clock.now
    events.all.clear()
    events.at.clear()
    for tenth in range(50):
        failure = UpstreamUnavailable("down") if tenth % 5 in {2, 3} else None
        telling.note("api", failure, 0.01)
        bench.clock.advance(0.1)
    for _ in range(2):
        telling.note("api", UpstreamUnavailable("down"), 0.01)
    bench.clock.advance(1)
    telling.troubled("")  # the look of every second
    apart = [later - sooner for sooner, later in pairwise(events.at)]
    assert len(events.all) > 2
    assert min(apart) >= APART
    states = [(one.previous, one.state) for _, one in events.all if isinstance(one, HealthEvent)]
    assert all(before[1] == after[0] for before, after in pairwise(states))
    assert states[-1][1] == "down"
