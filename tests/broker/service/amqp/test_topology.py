"""Declared once on a real broker: what it does with messages, and what differs is named."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from contracts._names import Names
from service.amqp.consumer import consume
from service.amqp.errors import LinkLost, TopologyError
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.queues import Depth, look
from service.amqp.topology import declare_all, queues
from tests.support.agent import Asking
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, declare, linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

SHORT = Asking(b"late", expiration=0.001)


@pytest.fixture
async def link(amqp_url: str, names: OwnNames) -> AsyncIterator[Link]:
    for integration in ("one", "two"):
        names.queue(integration)
        names.lease(integration)
    await declare_all(amqp_url, names, ["one", "two"])
    async with linked(amqp_url) as (up, _):
        yield up


async def arrives(link: Link, queue: str, body: bytes) -> dict[str, object]:
    """Wait for one message in a queue; return its headers."""
    inbox = Inbox()
    consumer = await consume(link, queue, inbox, prefetch=1)
    await wait_until(lambda: inbox.bodies == [body])
    await consumer.close()
    return dict(inbox.deliveries[0].headers)


async def test_a_request_reaches_the_queue_of_its_integration(link: Link, names: OwnNames) -> None:
    publisher = Publisher(link)
    await publisher.publish(names.requests, "one.get_page", Message(b"1"))
    await publisher.publish(names.requests, "two.list.more", Message(b"2"))
    await arrives(link, names.queue("one"), b"1")
    await arrives(link, names.queue("two"), b"2")


async def test_an_unknown_integration_is_unrouted(link: Link, names: OwnNames) -> None:
    await Publisher(link).publish(names.requests, "three.get_page", Message(b"?"))
    await arrives(link, names.unrouted, b"?")


async def test_an_expired_request_is_dropped_with_its_reason(link: Link, names: OwnNames) -> None:
    await Publisher(link).publish(names.requests, "one.get_page", SHORT)
    headers = await arrives(link, names.dropped, b"late")
    assert headers["x-first-death-reason"] == "expired"
    assert headers["x-first-death-queue"] == names.queue("one")


async def test_a_dead_letter_is_kept(link: Link, names: OwnNames) -> None:
    await Publisher(link).publish(names.dead, "one.get_page", Message(b"dead"))
    await arrives(link, names.dead_letters, b"dead")


async def test_a_lease_is_one_message_for_one_consumer(link: Link, names: OwnNames) -> None:
    publisher = Publisher(link)
    for body in (b"old", b"new"):
        await publisher.publish("", names.lease("one"), Message(body))
    first, second = Inbox(lambda _: None), Inbox(lambda _: None)
    holder = await consume(link, names.lease("one"), first, prefetch=1)
    await consume(link, names.lease("one"), second, prefetch=1)
    await wait_until(lambda: first.bodies == [b"new"])
    assert second.bodies == []
    await holder.close()
    await wait_until(lambda: second.bodies == [b"new"])


async def test_declaring_again_together_changes_nothing(amqp_url: str, names: OwnNames) -> None:
    many = [f"integration_{number}" for number in range(21)]
    for integration in many:
        names.queue(integration)
        names.lease(integration)
    assert await declare_all(amqp_url, names, many) == ()
    ends = await asyncio.gather(*(declare_all(amqp_url, names, many) for _ in range(2)))
    assert ends == [(), ()]


@pytest.mark.parametrize("limit", [5, 21])
async def test_a_queue_that_differs_is_named_and_kept(
    amqp_url: str, names: OwnNames, limit: int
) -> None:
    wanted = next(one for one in queues(names, ["one"]) if one.name == names.queue("one"))
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, wanted.name, {**wanted.arguments, "x-delivery-limit": limit})
        with pytest.raises(TopologyError) as refused:
            await declare_all(amqp_url, names, ["one"])
        told = str(refused.value)
        assert f"queue {queue} is there already" in told
        assert f"'x-delivery-limit' for queue '{queue}'" in told
        assert "delete_queue" in told
        assert "HUB_PREFIX" in told
        assert await look(link, queue) == Depth(0, 0)


async def test_an_exchange_that_differs_is_named(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, _):
        channel = await link.channel()
        await channel.exchange_declare(names.requests, exchange_type="fanout", durable=True)
        with pytest.raises(TopologyError, match=f"exchange {names.requests} is there already"):
            await declare_all(amqp_url, names, ["one"])
        assert await look(link, names.queue("one")) is None


async def test_a_broker_that_takes_too_long_is_told_with_what_was_asked(
    amqp_url: str, names: OwnNames
) -> None:
    async with Proxy.before(amqp_url) as proxy:
        proxy.delay(0.2, "down")
        with pytest.raises(LinkLost, match=r"0\.5 s.* about exchange .*restart the broker node"):
            await declare_all(proxy.through(amqp_url), names, ["one"], within=0.5)


async def test_a_connection_that_is_lost_meanwhile(amqp_url: str, names: OwnNames) -> None:
    async with Proxy.before(amqp_url) as proxy:
        proxy.cut_after(900, "down")
        with pytest.raises(LinkLost):
            await declare_all(proxy.through(amqp_url), names, ["one"])


async def test_names_that_the_hub_may_not_declare(amqp_url: str) -> None:
    with pytest.raises(TopologyError, match=r"may not declare the exchange amq\.unrouted"):
        await declare_all(amqp_url, Names("amq"), ["one"])
