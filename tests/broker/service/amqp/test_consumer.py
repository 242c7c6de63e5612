"""What is delivered, settled once, handed back in one go, and how a consumer ends."""

import asyncio

import pytest
from structlog.testing import capture_logs

from service.amqp.consumer import Consumer, Temporary, consume
from service.amqp.delivery import Delivery
from service.amqp.errors import Denied
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher, send
from service.amqp.queues import Depth, look
from tests.support.agent import Asking
from tests.support.broker import OwnNames
from tests.support.bus import QUORUM, Inbox, declare, delete, keep, linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


async def fill(link: Link, queue: str, count: int) -> None:
    publisher = Publisher(link)
    messages = [Message(str(number).encode()) for number in range(count)]
    await asyncio.gather(*(publisher.publish("", queue, message) for message in messages))


async def test_a_delivery_as_it_came(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        sent = Asking(b"body", {"hub-accept": "progress"}, correlation_id="c", reply_to="r")
        await Publisher(link).publish("", queue, sent)
        await consume(link, queue, inbox, prefetch=1)
        await wait_until(lambda: len(inbox) == 1)
    delivery = inbox.deliveries[0]
    assert (delivery.body, delivery.routing_key) == (b"body", queue)
    assert delivery.headers == {"hub-accept": "progress"}
    assert (delivery.properties.correlation_id, delivery.properties.reply_to) == ("c", "r")
    assert len(delivery.properties.message_id or "") == 32
    assert not delivery.flaw


async def test_a_message_without_headers(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 1)
        await consume(link, queue, inbox, prefetch=1)
        await wait_until(lambda: len(inbox) == 1)
    assert inbox.deliveries[0].headers == {}


async def test_no_more_than_the_prefetch(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 10)
        await consume(link, queue, inbox, prefetch=3)
        await wait_until(lambda: len(inbox) == 3)
        await wait_until(lambda: _is(link, queue, Depth(7, 1)))
        assert inbox.deliveries[0].ack()
        await wait_until(lambda: len(inbox) == 4)


async def test_settling_twice_is_refused_here_not_there(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 2)
        consumer = await consume(link, queue, inbox, prefetch=10)
        await wait_until(lambda: len(inbox) == 2)
        first, second = inbox.deliveries
        assert [first.ack(), first.ack(), first.reject()] == [True, False, False]
        assert [second.reject(), second.ack()] == [True, False]
        await wait_until(lambda: _emptied(link, queue))
        assert consumer.attached


async def _emptied(link: Link, queue: str) -> bool:
    found = await look(link, queue)
    return found is not None and found.messages == 0


async def test_a_rejected_message_is_dead_lettered(amqp_url: str, names: OwnNames) -> None:
    dead = Inbox()
    async with linked(amqp_url) as (link, _):
        grave = await declare(link, names.queue("dead"))
        routed = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": grave}
        queue = await declare(link, names.queue("q"), {**QUORUM, **routed})
        await fill(link, queue, 1)
        await consume(link, queue, Inbox(Delivery.reject), prefetch=1)
        await consume(link, grave, dead, prefetch=1)
        await wait_until(lambda: dead.bodies == [b"0"])


async def test_closing_hands_back_all_at_once(amqp_url: str, names: OwnNames) -> None:
    first, second = Inbox(keep), Inbox()
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 20)
        consumer = await consume(link, queue, first, prefetch=20)
        await wait_until(lambda: len(first) == 20)
        closing = asyncio.create_task(consumer.close())
        await asyncio.sleep(0)
        assert not any(delivery.ack() for delivery in first.deliveries)
        await closing
        assert not any(delivery.ack() for delivery in first.deliveries)
        await consume(link, queue, second, prefetch=20)
        await wait_until(lambda: len(second) == 20)
        assert changes == [True]
    assert {delivery.headers["x-delivery-count"] for delivery in second.deliveries} == {1}
    assert consumer.ended.result() == "it was closed"


async def test_what_was_settled_just_before_closing_counts(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, _):
        queues = [await declare(link, names.queue(f"q{number}")) for number in range(3)]

        async def settle_and_close(queue: str) -> None:
            inbox = Inbox(keep)
            await fill(link, queue, 20)
            consumer = await consume(link, queue, inbox, prefetch=20)
            await wait_until(lambda: len(inbox) == 20)
            assert all(delivery.ack() for delivery in inbox.deliveries)
            await consumer.close()

        await asyncio.gather(*(settle_and_close(queue) for queue in queues))
        for queue in queues:
            await wait_until(lambda queue=queue: _is(link, queue, Depth(0, 0)))  # type: ignore[misc]


async def test_after_stop_nothing_comes_and_the_rest_can_be_settled(
    amqp_url: str, names: OwnNames
) -> None:
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 5)
        consumer = await consume(link, queue, inbox, prefetch=2)
        await wait_until(lambda: len(inbox) == 2)
        await consumer.stop()
        await consumer.stop()
        await consumer.take(inbox.deliveries[0]._message)  # one that was on its way
        assert all(delivery.ack() for delivery in inbox.deliveries)
        await consumer.close()
        await wait_until(lambda: _is(link, queue, Depth(3, 0)))
    assert len(inbox) == 2


async def test_a_deleted_queue_ends_it(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("q"))
        consumer = await consume(link, queue, keep, prefetch=1)
        await delete(link, queue)
        async with asyncio.timeout(30):
            assert "queue was deleted" in await consumer.ended
        await consumer.close()
        assert changes == [True]


async def test_a_lost_connection_ends_it(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox(keep)
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 1)
        consumer = await consume(link, queue, inbox, prefetch=1)
        await wait_until(lambda: len(inbox) == 1)
        proxy.cut()
        async with asyncio.timeout(30):
            assert await consumer.ended
        assert not consumer.attached
        assert not inbox.deliveries[0].ack()
        await consumer.close()


async def test_a_queue_that_is_not_there(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, changes):
        with pytest.raises(Denied, match="no queue") as denied:
            await consume(link, names.queue("none"), keep, prefetch=1)
        assert denied.value.code == 404
        assert changes == [True]


async def test_what_the_callback_raises_is_told_and_stops_nobody(
    amqp_url: str, names: OwnNames
) -> None:
    def fail_on_zero(delivery: Delivery) -> None:
        if delivery.body == b"0":
            raise KeyError(delivery.body)
        delivery.ack()

    inbox = Inbox(fail_on_zero)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        with capture_logs() as logs:
            await fill(link, queue, 3)
            consumer = await consume(link, queue, inbox, prefetch=3)
            await wait_until(lambda: len(inbox) == 3)
        assert consumer.attached
    assert [entry["event"] for entry in logs] == ["delivery_not_taken"]


async def test_settling_while_the_broker_closes_the_channel(amqp_url: str, names: OwnNames) -> None:
    """An ack on a channel that the broker has just closed would cut the connection."""
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("q"))
        await fill(link, queue, 200)
        consumer = await consume(link, queue, inbox, prefetch=200, confirms=True)
        await wait_until(lambda: len(inbox) == 200)
        breaking = asyncio.create_task(send(consumer.channel, "missing", "k", Message(b"")))
        for delivery in inbox.deliveries:
            delivery.ack()
            await asyncio.sleep(0)
        await asyncio.gather(breaking, return_exceptions=True)
        await consumer.ended
        await (await link.channel()).close()
        assert changes == [True]


async def test_a_consume_that_is_cancelled_leaves_no_consumer(
    amqp_url: str, names: OwnNames
) -> None:
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        for turns in range(25):
            begun = asyncio.create_task(consume(link, queue, keep, prefetch=1))
            for _ in range(turns):
                await asyncio.sleep(0)
            begun.cancel()
            ended = await asyncio.gather(begun, return_exceptions=True)
            if isinstance(ended[0], Consumer):
                await ended[0].close()
        await wait_until(lambda: _unattended(link, queue))


async def _unattended(link: Link, queue: str) -> bool:
    found = await look(link, queue)
    return found is not None and found.consumers == 0


async def test_a_queue_of_its_own(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with linked(amqp_url) as (link, _):
        channel = await link.channel()
        await channel.exchange_declare(names.events, exchange_type="topic")
        source = Temporary(names.events, ("hub.*.owns", "hub.*.stopped"))
        consumer = await consume(link, source, inbox, prefetch=10)
        for key in ("hub.a.owns", "hub.a.started", "hub.b.stopped"):
            publisher = Publisher(link)
            await publisher.publish(names.events, key, Message(key.encode()), mandatory=False)
        await wait_until(lambda: inbox.bodies == [b"hub.a.owns", b"hub.b.stopped"])
        await consumer.close()
        await wait_until(lambda: _gone(link, consumer.queue))


async def _gone(link: Link, queue: str) -> bool:
    return await look(link, queue) is None


async def _is(link: Link, queue: str, depth: Depth) -> bool:
    return await look(link, queue) == depth


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (Temporary("hub.control"), "temporary, of hub.control"),
        (Temporary("hub.events", ("a.*", "b.#")), "temporary, of hub.events a.* b.#"),
    ],
)
def test_how_a_temporary_queue_is_logged(source: Temporary, shown: str) -> None:
    assert str(source) == f"{source}" == shown
