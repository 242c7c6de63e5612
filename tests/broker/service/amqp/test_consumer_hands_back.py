"""What handing back costs: a message at a time after the consumer's cancel, or all by closing."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from service.amqp.consumer import Consumer, consume
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.queues import Depth, look
from service.amqp.topology import queues
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, declare, keep, linked
from tests.support.wait import wait_until

BODIES = [b"0", b"1", b"2", b"3"]


@pytest.fixture
async def link(amqp_url: str) -> AsyncIterator[Link]:
    async with linked(amqp_url) as (link, _):
        yield link


@pytest.fixture
async def queue(link: Link, names: OwnNames) -> str:
    """A request queue as the hub declares it, with four messages."""
    wanted = next(one for one in queues(names, ["one"]) if one.name == names.queue("one"))
    arguments = {k: v for k, v in wanted.arguments.items() if not k.startswith("x-dead-letter")}
    queue = await declare(link, wanted.name, arguments)
    for body in BODIES:
        await Publisher(link).publish("", queue, Message(body))
    return queue


async def taken(link: Link, queue: str) -> tuple[Consumer, Inbox]:
    inbox = Inbox(keep)
    consumer = await consume(link, queue, inbox, prefetch=10)
    await wait_until(lambda: len(inbox) == len(BODIES))
    return consumer, inbox


async def one_by_one(consumer: Consumer, inbox: Inbox) -> None:
    await consumer.stop()
    assert all(delivery.requeue() for delivery in inbox.deliveries)
    await consumer.close()


async def half_of_them(consumer: Consumer, inbox: Inbox) -> None:
    await consumer.stop()
    assert all(delivery.requeue() for delivery in inbox.deliveries[:2])
    await consumer.close()


async def by_closing(consumer: Consumer, inbox: Inbox) -> None:
    assert len(inbox) == len(BODIES)
    await consumer.close()


@pytest.mark.parametrize("hand_back", [one_by_one, half_of_them, by_closing])
async def test_each_way_costs_each_message_one_of_its_deliveries(
    link: Link, queue: str, hand_back: object
) -> None:
    assert callable(hand_back)
    for times in range(1, 4):
        consumer, inbox = await taken(link, queue)
        await hand_back(consumer, inbox)
        consumer, inbox = await taken(link, queue)
        counts = {one.body: one.headers.get("x-delivery-count") for one in inbox.deliveries}
        assert counts == dict.fromkeys(BODIES, 2 * times - 1)  # this look costs one too
        await consumer.close()
    consumer, inbox = await taken(link, queue)
    assert Counter(inbox.bodies) == Counter(BODIES)
    assert all(delivery.ack() for delivery in inbox.deliveries)
    await consumer.close()
    await wait_until(lambda: _is_empty(link, queue))


async def _is_empty(link: Link, queue: str) -> bool:
    return await look(link, queue) == Depth(0, 0)


async def test_while_it_consumes_nothing_is_handed_back_one_by_one(link: Link, queue: str) -> None:
    """It would come straight back, and use up its deliveries."""
    consumer, inbox = await taken(link, queue)
    assert not any(delivery.requeue() for delivery in inbox.deliveries)
    await consumer.close()
    assert Counter(inbox.bodies) == Counter(BODIES)
