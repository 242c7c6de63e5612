"""A broker that is killed, frozen, or comes back with a queue that has no leader."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from service.amqp.consumer import consume
from service.amqp.errors import NoAnswer, Unconfirmed
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.amqp.subscription import Subscription
from service.amqp.topology import declare_all
from service.node.node import Node
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, declare, keep, linked
from tests.support.wait import wait_until

MANY = 5_000


@pytest.fixture
async def links(own_node: Node) -> AsyncIterator[tuple[Link, Link]]:
    """One to consume and one to publish."""
    async with linked(own_node.url) as (one, _), linked(own_node.url) as (two, _):
        yield one, two


async def test_a_killed_broker_loses_nothing(
    own_node: Node, own_names: OwnNames, links: tuple[Link, Link]
) -> None:
    consuming, publishing = links
    inbox = Inbox()
    queue = await declare(consuming, own_names.queue("q"))
    await own_node.flush()
    publisher = Publisher(publishing)
    with capture_logs() as logs:
        async with Subscription(consuming, queue, inbox, prefetch=256) as subscription:
            publishes = asyncio.create_task(publish_many(publisher, queue))
            await wait_until(lambda: len(inbox) > MANY // 10)
            gc.collect()
            own_node.kill()
            await wait_until(lambda: not subscription.attached)
            await own_node.start()
            await wait_until(lambda: subscription.attached)
            await publishes
            await wait_until(lambda: len(set(inbox.bodies)) == MANY, within=20)
    assert len(logs) < 20


async def publish_many(publisher: Publisher, queue: str) -> None:
    until = Until(time.monotonic() + 240)

    async def publish(number: int) -> None:
        message = Message(str(number).encode())
        await publisher.publish_until("", queue, message, until)

    async with asyncio.TaskGroup() as group:
        for number in range(MANY):
            group.create_task(publish(number))


async def test_a_frozen_broker_is_unknown_and_usable_after_the_thaw(
    own_node: Node, own_names: OwnNames, links: tuple[Link, Link]
) -> None:
    _, link = links
    queue = await declare(link, own_names.queue("frozen"))
    publisher = Publisher(link)
    await publisher.publish("", queue, Message(b""))
    own_node.freeze()
    began = time.monotonic()
    ends = await asyncio.gather(
        *(publisher.publish("", queue, Message(b""), within=0.5) for _ in range(20)),
        return_exceptions=True,
    )
    assert {type(end) for end in ends} == {Unconfirmed}
    one_by_one = 20 * 0.5
    assert 0.5 <= time.monotonic() - began < one_by_one / 2
    own_node.thaw()
    await publisher.publish("", queue, Message(b""))
    assert link.up


async def test_a_queue_without_a_leader_is_named_and_costs_only_itself(
    own_node: Node, own_names: OwnNames, links: tuple[Link, Link]
) -> None:
    consuming, publishing = links
    await declare_all(own_node.url, own_names, ["one"])
    await own_node.flush()
    await declare_all(own_node.url, own_names, ["one", "two"])
    own_node.kill()  # before the new names are on disk
    await own_node.start()
    await wait_until(lambda: consuming.up and publishing.up, within=10)

    silent = await declare_all(own_node.url, own_names, ["one", "two"])
    assert set(silent) <= {own_names.queue("two"), own_names.lease("two")}
    lost = silent[-1]
    publisher = Publisher(publishing)
    ends = await asyncio.gather(
        publisher.publish("", lost, Message(b""), within=1),
        consume(consuming, lost, keep, prefetch=1),
        return_exceptions=True,
    )
    assert [type(end) for end in ends] == [Unconfirmed, NoAnswer]
    assert consuming.silent == {lost}
    with pytest.raises(NoAnswer):  # asked on a connection apart
        await consume(consuming, lost, keep, prefetch=1)
    again = asyncio.create_task(publisher.publish("", lost, Message(b""), within=30))
    for _ in range(20):
        await publisher.publish("", own_names.dropped, Message(b""), within=1)
    again.cancel()
    assert consuming.up
    own_node.kill()  # it would take long to stop
