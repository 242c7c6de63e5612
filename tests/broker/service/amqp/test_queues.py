"""Looking at queues harms nobody."""

import asyncio

import pytest

from service.amqp.errors import Denied, LinkLost, NoAnswer
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.queues import Depth, ask_apart, look
from tests.support.broker import OwnNames
from tests.support.bus import declare, linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


async def test_how_full_it_is(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("q"))
        assert await look(link, queue) == Depth(messages=0, consumers=0)
        assert await look(link, names.queue("none")) is None
        assert changes == [True]


async def test_without_a_connection_it_says_so_at_once(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        with pytest.raises(LinkLost):
            await look(link, "q")


async def test_a_silent_one_is_named(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        proxy.pause("down")
        with pytest.raises(NoAnswer, match=r"queue q .* restart the broker node"):
            await look(link, "q", within=0.2)
        proxy.resume()


async def test_asking_apart_takes_nothing(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("q"))
        publisher = Publisher(link)
        await asyncio.gather(*(publisher.publish("", queue, Message(b"")) for _ in range(3)))
        link.silent.add(queue)
        await ask_apart(link, queue)
        assert link.silent == set()
        await wait_until(lambda: _has(link, queue, 3))
        assert changes == [True]


async def _has(link: Link, queue: str, messages: int) -> bool:
    return await look(link, queue) == Depth(messages, 0)


async def test_one_that_the_hub_may_not_look_at(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, _), linked(amqp_url) as (other, _):
        channel = await other.channel()
        await channel.queue_declare(names.queue("theirs"), exclusive=True)
        with pytest.raises(Denied, match="RESOURCE_LOCKED"):
            await look(link, names.queue("theirs"))
