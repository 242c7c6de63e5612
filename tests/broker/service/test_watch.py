"""What goes away on the broker while a hub runs is named, and declared anew; nothing loops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelNotFoundEntity
from structlog.testing import capture_logs

from service.amqp import topology
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.subscription import Subscription
from service.app import Hub
from service.base import Links
from service.watch import Watch
from tests.support.agent import apart
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, linked
from tests.support.hub import Given, asked, lacks_nothing
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until

PAGE = "notion.get_page"


async def ready(hub: Hub) -> None:
    await wait_until(lambda: lacks_nothing(hub), 15, "readiness")


def wires(hub: Hub) -> list[object]:
    """The connections it has: the same ones for as long as none was lost."""
    return [link._wire for link in hub.base.links]


async def test_a_queue_that_is_deleted_is_declared_anew(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    kinds = (names.queue("notion"), names.lease("notion"), names.dropped, names.unrouted)
    async with asked(amqp_url, names, settings) as (hub, agent), apart(amqp_url) as channel:
        before = wires(hub)
        for queue in kinds:
            with capture_logs() as logs:
                await channel.queue_delete(queue)
                await wait_until(lambda: any(one["event"] == "declares_anew" for one in logs), 10)
                await ready(hub)
            gone = [one["gone"] for one in logs if one["event"] == "declares_anew"]
            assert all(queue in some for some in gone)
        await wait_until(lambda: hub.owners["notion"].serving, 15)
        assert (await agent.ask(PAGE, page(1))).ok
        assert wires(hub) == before
    assert stub.calls == 1


async def test_a_queue_with_other_arguments_is_named_until_somebody_mends_it(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    queue = names.queue("notion")

    async with asked(amqp_url, names, settings) as (hub, agent), apart(amqp_url) as channel:

        async def named() -> bool:
            lacks = await hub.ready()
            return all(text in lacks for text in (queue, "other arguments", "delete it"))

        before = wires(hub)
        with capture_logs() as logs:
            await channel.queue_delete(queue)
            await redeclared(channel, queue, names)
            await wait_until(named, 10, "the difference")
            assert (await agent.ask(PAGE, page(1))).ok  # what comes all the same is answered
            await channel.queue_delete(queue)
            await ready(hub)
            assert (await agent.ask(PAGE, page(2))).ok
        assert wires(hub) == before
        assert len(logs) < 30
    assert stub.calls == 2


async def redeclared(channel: AbstractChannel, queue: str, names: OwnNames) -> None:
    """Declare it before the hub does, as an operator's script would."""
    await channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "classic"})
    await channel.queue_bind(queue, names.requests, "notion.#")


@asynccontextmanager
async def watched(url: str, names: OwnNames, *consumers: Any) -> AsyncIterator[Watch]:  # noqa: ANN401
    """Give a watch that looks again and again."""
    async with linked(url) as (link, _):
        links = Links(link, link, link, link)
        watch = Watch(url, names, links, ["notion"], lambda: consumers, every=0.0)
        task = asyncio.create_task(watch.run())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.wait([task])


async def test_a_consumer_that_the_broker_has_forgotten_is_attached_again(
    amqp_url: str, names: OwnNames
) -> None:
    inbox, queue = Inbox(), names.unrouted
    await topology.declare_all(amqp_url, names, ["notion"])
    async with (
        linked(amqp_url) as (link, _),
        Subscription(link, queue, inbox, prefetch=1) as subscription,
    ):
        await wait_until(lambda: subscription.attached)
        consumer = subscription._consumer
        assert consumer is not None
        await consumer.channel.basic_cancel(consumer.tag)  # the hub is not told
        await Publisher(link).publish("", queue, Message(b"waits"))
        assert subscription.attached
        async with watched(amqp_url, names, subscription):
            await wait_until(lambda: inbox.bodies == [b"waits"], 10)


async def test_an_exchange_that_is_deleted_is_declared_anew(amqp_url: str, names: OwnNames) -> None:
    await topology.declare_all(amqp_url, names, ["notion"])
    async with apart(amqp_url) as channel:
        await channel.exchange_delete(names.requests)

    async def routes() -> bool:
        async with apart(amqp_url) as channel:
            try:
                await channel.exchange_declare(names.requests, passive=True)
            except ChannelNotFoundEntity:
                return False
            return True

    async with watched(amqp_url, names) as watch:
        await wait_until(routes, 10)
    assert watch.trouble == ""
    async with linked(amqp_url) as (link, _):
        await Publisher(link).publish(names.requests, PAGE, Message(b"{}"))  # its binding too
