"""The lease of one integration, among a few hubs on a real broker."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from service.amqp.link import Link
from service.amqp.wire import CONNECT_WITHIN
from service.ownership.state import GRACE, SEED, WORKING, LeaseMessage
from tests.support.broker import Broker, OwnNames
from tests.support.leases import Hub, Open, declare, outsider, read, spent, spent_twice
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


class Family:
    """Makes hubs that share one lease, and closes them in reverse."""

    def __init__(self, url: str, queue: str, stack: AsyncExitStack) -> None:
        self.url = url
        self.queue = queue
        self._stack = stack

    async def hub(self, name: str, url: str = "") -> Hub:
        """Return a hub that stands in the line."""
        hub = await self._stack.enter_async_context(Hub(url or self.url, self.queue, name))
        return await hub.stands()


@pytest.fixture
async def family(broker: Broker, names: OwnNames) -> AsyncIterator[Family]:
    queue = await declare(broker.url, names)
    async with AsyncExitStack() as stack:
        yield Family(broker.url, queue, stack)


def holders(*hubs: Hub) -> list[str]:
    return [hub.spender.hub for hub in hubs if hub.lease.held]


async def test_the_first_hub_seeds_the_lease_and_owns_it(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    assert (first.spender.state, first.lease.paused, first.lease.seq) == ({}, False, 1)
    assert await first.lease.present(first.link)


async def test_the_others_wait(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    second, third = await family.hub("b"), await family.hub("c")
    assert holders(first, second, third) == ["a"]
    assert await second.lease.present(second.link)
    assert second.spender.gains == 0


async def test_what_a_hub_leaves_is_what_the_next_one_finds(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    while first.spender.next < 7:
        assert first.spender.spend()
    await first.lease.close()
    left = await read(family.url, family.queue)
    assert (left.owner, left.store, left.state, left.paused) == ("a", "store", {"next": 7}, False)
    assert left.at.endswith("Z")
    second = await (await family.hub("b")).owns()
    assert second.spender.state == {"next": 7}
    assert second.lease.seq > left.seq


async def test_two_hubs_that_start_at_once_agree(family: Family) -> None:
    hubs = await asyncio.gather(*(family.hub(name) for name in "abcd"))
    await wait_until(lambda: holders(*hubs))
    assert sum(hub.spender.gains for hub in hubs) == 1
    await asyncio.gather(*(hub.lease.close() for hub in hubs))
    assert (await read(family.url, family.queue)).seq >= 1


async def test_a_seed_that_comes_late_changes_nothing(family: Family) -> None:
    """The broker drops the owner's own new message for it: the owner holds the seed instead."""
    owner = await (await family.hub("a")).owns()
    async with outsider(family.url, family.queue) as stranger:
        for _ in range(300):
            owner.lease.renew_now()
            await stranger.put(SEED.encode())
    renewed = owner.lease.seq
    owner.lease.renew_now()
    await wait_until(lambda: owner.lease.seq > renewed)
    assert (holders(owner), owner.spender.gains) == (["a"], 1)
    await owner.lease.close()
    assert (await read(family.url, family.queue)).seq == owner.lease.seq


async def test_the_newer_of_two_messages_counts(family: Family) -> None:
    """What an owner leaves that dies between the confirm and the acknowledgement."""
    older, newer = (LeaseMessage(seq, "dead", state={"next": seq}) for seq in (41, 42))
    async with outsider(family.url, family.queue) as dying:
        await dying.put(older.encode())
        await dying.take()
        standby = await family.hub("a")
        await dying.put(newer.encode())
    await standby.owns()
    assert standby.spender.state == {"next": 42}
    assert standby.door.came == [newer]


async def test_an_older_message_than_one_knows_is_only_a_token(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    known = first.lease.seq
    first.door.stand = False
    await first.lease.yield_to_others()
    async with outsider(family.url, family.queue) as vandal:
        assert LeaseMessage.decode(await vandal.take()).seq == known + 1
        await vandal.channel.basic_ack(1)
        await vandal.put(LeaseMessage(1, "vandal", state={"next": -5}).encode())
    first.door.stand = True
    await first.owns()
    assert first.spender.state == {"next": 0}
    assert first.lease.seq > known + 1


async def test_yielding_gives_it_to_who_waited_longest(family: Family) -> None:
    hubs = [await family.hub(name) for name in "abc"]
    for giver, taker in ((0, 1), (1, 2), (2, 0)):
        await hubs[giver].owns()
        await hubs[giver].lease.yield_to_others()
        await hubs[taker].owns()
        await hubs[giver].stands()
        assert holders(*hubs) == [hubs[taker].spender.hub]
    assert hubs[0].spender.reasons == ["it was yielded to another hub"]


async def test_who_yields_to_nobody_gets_it_back(family: Family) -> None:
    only = await (await family.hub("a")).owns()
    await only.lease.yield_to_others()
    await only.owns()
    assert only.spender.gains == 2


async def test_yielding_what_one_does_not_hold_does_nothing(family: Family) -> None:
    owner, standby = await (await family.hub("a")).owns(), await family.hub("b")
    await standby.lease.yield_to_others()
    standby.lease.renew_now()
    standby.lease.set_paused(paused=True)
    await standby.lease.mend()
    await owner.lease.mend()
    assert (holders(owner, standby), standby.lease.paused) == (["a"], False)


async def test_a_hub_that_does_not_take_it_passes_it_on(family: Family) -> None:
    owner, second, third = [await family.hub(name) for name in "abc"]
    await owner.owns()
    second.door.refusals = 1
    await owner.lease.yield_to_others()
    await third.owns()
    assert len(second.door.came) == 1
    assert second.spender.gains == 0
    await second.stands()


async def test_a_hub_that_may_not_wait_does_not(broker: Broker, family: Family) -> None:
    async with Hub(broker.url, family.queue, "a", door=(door := Open(stand=False))) as hub:
        await wait_until(lambda: hub.link.up)
        assert not hub.lease.standing
        assert not hub.lease.may_stand
        assert not await hub.lease.present(hub.link)
        door.stand = True
        await hub.owns()


async def test_a_pause_is_kept_in_the_lease(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    before = first.lease.seq
    first.lease.set_paused(paused=True)
    await wait_until(lambda: first.lease.seq > before and first.lease.paused)
    await first.lease.close()
    second = await (await family.hub("b")).owns()
    assert second.spender.paused
    assert second.lease.paused
    second.lease.set_paused(paused=False)
    await second.lease.close()
    assert not (await read(family.url, family.queue)).paused


async def test_a_lost_message_is_put_back_from_memory(family: Family) -> None:
    first = await (await family.hub("a")).owns()
    assert first.spender.spend()
    await first.lease.yield_to_others()
    async with outsider(family.url, family.queue) as thief:
        await first.owns()
        first.door.refusals = len(first.door.came) + 1
        waiting = asyncio.create_task(thief.take())
        await first.lease.yield_to_others()
        await waiting
        await first.stands()
        await thief.channel.basic_ack(1)
    await first.lease.mend()
    await first.owns()
    assert first.spender.state["next"] == 1


async def test_a_queue_that_is_not_there_is_told_and_waited_for(
    broker: Broker, names: OwnNames
) -> None:
    async with Hub(broker.url, names.lease("notion"), "a") as hub:
        await wait_until(lambda: "NOT_FOUND" in hub.lease.trouble)
        assert not hub.lease.standing
        await declare(broker.url, names)
        await hub.owns()
        assert hub.lease.trouble == ""


async def test_a_deleted_queue_ends_it_at_once(broker: Broker, family: Family) -> None:
    owner = await (await family.hub("a")).owns()
    async with outsider(broker.url, family.queue) as operator:
        await operator.channel.queue_delete(family.queue)
        await wait_until(lambda: owner.spender.reasons, 1.0)
    assert not owner.lease.held


async def test_cut_off_it_is_lost_at_once_and_waited_for_again(family: Family) -> None:
    async with Proxy.before(family.url) as proxy:
        owner = await (await family.hub("a", proxy.through(family.url))).owns()
        standby = await family.hub("b")
        cut = time.monotonic()
        proxy.cut()
        await wait_until(lambda: owner.spender.reasons, 1.0)
        await standby.owns(2.0)
        assert owner.records[-1].at - cut < WORKING + GRACE, "not by the clock"
        await owner.stands()
        assert holders(owner, standby) == ["b"]
        await owner.lease.close()


async def test_cut_off_without_a_rival_it_goes_on_where_it_stopped(family: Family) -> None:
    """No token that it had reserved is lost: nobody else can have spent one."""
    async with Proxy.before(family.url) as proxy:
        owner = await (await family.hub("a", proxy.through(family.url))).owns()
        for gains in range(1, 6):
            assert owner.spender.gains == gains
            while owner.spender.next < 7 * gains:
                assert owner.spender.spend()
            proxy.cut()
            await wait_until(lambda: len(owner.spender.reasons) == owner.spender.gains)
            await owner.owns()
        kinds = [record.what for record in owner.records if record.what.endswith("gained")]
        assert kinds == ["gained", *["regained"] * 5]
        assert [one.number for one in spent(owner.records)] == list(range(35))
        await owner.lease.close()


async def test_after_a_rival_had_it_nothing_is_taken_for_granted(family: Family) -> None:
    async with Proxy.before(family.url) as proxy:
        owner = await (await family.hub("a", proxy.through(family.url))).owns()
        rival = await family.hub("b")
        proxy.cut()
        await rival.owns()
        await owner.stands()
        await rival.lease.yield_to_others()
        await owner.owns()
        assert [record.what for record in owner.records].count("regained") == 0
        assert not spent_twice([*owner.records, *rival.records])
        await owner.lease.close()


async def test_a_hub_without_a_broker_closes_at_once(names: OwnNames) -> None:
    async with Hub("amqp://127.0.0.1:1/", names.lease("notion"), "a") as hub:
        assert not await hub.lease.present(hub.link)
        began = time.monotonic()
        await hub.lease.close()
        assert time.monotonic() - began < CONNECT_WITHIN


async def test_closing_what_was_never_started_is_nothing(broker: Broker, names: OwnNames) -> None:
    hub = Hub(broker.url, names.lease("notion"), "a")
    await hub.lease.close()
    assert isinstance(hub.link, Link)
    assert (hub.lease.held, hub.lease.renewed_at) == (False, float("-inf"))


async def test_a_bug_at_the_door_does_not_end_it(broker: Broker, names: OwnNames) -> None:
    class Buggy(Open):
        bugs = 1

        def stands(self) -> bool:
            if self.bugs:
                self.bugs -= 1
                raise ZeroDivisionError
            return super().stands()

    queue = await declare(broker.url, names)
    async with Hub(broker.url, queue, "a", door=Buggy()) as hub:
        await hub.owns()
