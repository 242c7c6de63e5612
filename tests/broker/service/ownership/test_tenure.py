"""One time of holding a lease, from `gained` to `lost`."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from service.ownership.state import GRACE, IDLE, WORKING, LeaseMessage
from service.ownership.tenure import OVERRULED, TOO_LATE
from tests.support.broker import Broker, OwnNames
from tests.support.leases import Hub, Spender, declare, outsider, read
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

SILENT = 6.0
"""Seconds after which a heartbeat would have told."""


@pytest.fixture
async def queue(broker: Broker, names: OwnNames) -> str:
    return await declare(broker.url, names)


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    async with Proxy.before(broker.url) as proxy:
        yield proxy


@pytest.fixture
async def owner(broker: Broker, queue: str) -> AsyncIterator[Hub]:
    async with Hub(broker.url, queue, "owner") as hub:
        yield await hub.owns()


def kinds(hub: Hub) -> list[str]:
    return [record.what for record in hub.records]


async def test_nothing_is_spent_before_the_first_confirm(broker: Broker, queue: str) -> None:
    async with Hub(broker.url, queue, "owner") as hub:
        while "spent" not in kinds(hub):
            hub.spender.spend()
            await asyncio.sleep(0)
        assert kinds(hub)[:3] == ["gained", "confirmed", "spent"]


async def test_it_renews_twice_a_second_while_it_works(owner: Hub) -> None:
    first = owner.lease.renewed_at
    await wait_until(lambda: owner.lease.renewed_at > first)
    second = owner.lease.renewed_at
    assert WORKING <= second - first < WORKING + GRACE
    assert owner.lease.seq == owner.spender.plans


async def test_it_rests_while_it_does_not(broker: Broker, queue: str) -> None:
    async with Hub(broker.url, queue, "owner") as hub:
        hub.spender.working = False
        await hub.owns()
        asked = time.monotonic()
        await wait_until(lambda: time.monotonic() - asked > 2 * WORKING)
        assert hub.spender.plans == 1
        assert hub.lease.held


async def test_renewals_that_are_asked_for_together_are_one(owner: Hub) -> None:
    before = owner.spender.plans
    asked = time.monotonic()
    for _ in range(100):
        owner.lease.renew_now()
    await wait_until(lambda: owner.lease.renewed_at >= asked)
    assert owner.spender.plans == before + 1


async def test_one_that_is_asked_for_meanwhile_follows_at_once(owner: Hub) -> None:
    owner.spender.working = False
    before = owner.spender.plans
    owner.lease.renew_now()
    await wait_until(lambda: owner.spender.plans > before)
    asked = time.monotonic()
    owner.lease.renew_now()
    await wait_until(lambda: owner.lease.renewed_at >= asked)
    assert owner.lease.renewed_at - asked < IDLE


async def test_the_final_state_is_exact_and_the_holder_hears_of_its_end_first(
    broker: Broker, queue: str, owner: Hub
) -> None:
    while owner.spender.next < 3:
        owner.spender.spend()
    await owner.lease.close()
    assert owner.spender.reasons == ["the hub stops"]
    assert kinds(owner)[-1] == "lost"
    assert (await read(broker.url, queue)).state == {"next": 3}


async def test_without_a_confirm_it_ends_by_the_clock(
    broker: Broker, queue: str, proxy: Proxy
) -> None:
    async with Hub(proxy.through(broker.url), queue, "owner") as hub:
        await hub.owns()
        proxy.pause("down")
        paused = time.monotonic()
        await wait_until(lambda: hub.spender.reasons, WORKING + GRACE + 0.5)
        assert not hub.lease.held
        assert hub.spender.reasons == [TOO_LATE]
        assert hub.records[-1].at - paused < SILENT
        proxy.resume()
        await hub.owns()


async def test_an_owner_that_cannot_say_farewell_closes_all_the_same(
    broker: Broker, queue: str, proxy: Proxy
) -> None:
    async with Hub(proxy.through(broker.url), queue, "owner") as hub:
        await hub.owns()
        proxy.pause("down")
        async with asyncio.timeout(60):
            await hub.lease.close()
        renewing = [TOO_LATE]
        assert hub.spender.reasons in (["the hub stops"], renewing)
        proxy.resume()


@dataclass
class Clock:
    """A clock that can be put forward, as for a process that stood still."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


async def test_a_confirm_that_comes_too_late_is_worth_nothing(broker: Broker, queue: str) -> None:
    clock = Clock()
    async with Hub(broker.url, queue, "owner", clock=clock) as hub:
        await hub.owns()
        confirmed = kinds(hub).count("confirmed")
        hub.spender.on_plan = lambda: setattr(clock, "ahead", WORKING + GRACE)
        hub.lease.renew_now()
        await wait_until(lambda: hub.spender.reasons)
        assert hub.spender.reasons == [TOO_LATE]
        assert kinds(hub).count("confirmed") == confirmed
        hub.spender.on_plan = None
        await hub.owns()


async def test_it_is_not_held_a_moment_longer_than_its_clock_says(
    broker: Broker, queue: str
) -> None:
    clock = Clock()
    async with Hub(broker.url, queue, "owner", clock=clock) as hub:
        await hub.owns()
        clock.ahead = WORKING + GRACE
        assert not hub.lease.held
        clock.ahead = 0.0
        assert hub.lease.held


async def test_an_alarm_that_rings_before_its_time_is_set_again(
    broker: Broker, queue: str, proxy: Proxy
) -> None:
    clock = Clock()
    async with Hub(proxy.through(broker.url), queue, "owner", clock=clock) as hub:
        await hub.owns()
        proxy.pause("down")
        clock.ahead = -0.5
        began = clock()
        await wait_until(lambda: hub.spender.reasons)
        assert hub.spender.reasons == [TOO_LATE]
        assert clock() > began + GRACE
        proxy.resume()


async def test_who_asks_for_more_while_it_ends_asks_for_nothing(
    broker: Broker, queue: str, owner: Hub
) -> None:
    owner.spender.on_lost = owner.lease.renew_now
    async with outsider(broker.url, queue) as operator:
        await operator.channel.queue_delete(queue)
        await wait_until(lambda: owner.spender.reasons)
    assert owner.lease.renewed_at == float("-inf") or not owner.lease.held


async def test_who_reads_a_newer_lease_than_its_own_gives_up(
    broker: Broker, queue: str, owner: Hub
) -> None:
    later = LeaseMessage(10_000, "other", state={"next": 500})
    async with outsider(broker.url, queue) as other:
        while not owner.spender.reasons:
            owner.lease.renew_now()
            await other.put(later.encode())
    assert owner.spender.reasons == [OVERRULED]
    await wait_until(lambda: owner.spender.gains == 2)
    await owner.owns()
    assert owner.spender.state == {"next": 500}
    assert owner.lease.seq > 10_000


class Faulty(Spender):
    """A holder with a bug."""

    faults = 1

    def gained(self, state: Mapping[str, Any], *, paused: bool) -> None:
        super().gained(state, paused=paused)
        if self.hub == "faulty gained":
            self._fail()

    def plan(self, *, final: bool) -> tuple[dict[str, Any], object]:
        if self.hub == "faulty plan":
            self._fail()
        return super().plan(final=final)

    def _fail(self) -> None:
        self.faults -= 1
        if self.faults >= 0:
            raise ZeroDivisionError


@pytest.mark.parametrize("kind", ["faulty gained", "faulty plan"])
async def test_a_bug_of_the_holder_costs_it_the_lease_but_not_the_hub(
    broker: Broker, queue: str, kind: str
) -> None:
    async with AsyncExitStack() as stack:
        faulty = Hub(broker.url, queue, kind, spender=Faulty)
        await stack.enter_async_context(faulty)
        await wait_until(lambda: faulty.spender.reasons)
        assert faulty.spender.reasons == ["the hub failed while it held the lease"]
        await faulty.owns()
        assert faulty.spender.gains == 2
