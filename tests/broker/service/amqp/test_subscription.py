"""A subscription is attached again after all that can end a consumer."""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiormq.channel import Channel
from structlog.testing import capture_logs

from service.amqp.consumer import Full, Temporary
from service.amqp.delivery import Delivery
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.amqp.queues import Depth, look
from service.amqp.subscription import Subscription
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, declare, delete, keep, linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

REDECLARED_TOO_LATE = [
    "broker_unreachable",
    "consumer_detached",
    "broker_connected",
    "consumer_attached",
]


async def test_after_a_cut_wire_and_a_collection(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with (
        Proxy.before(amqp_url) as proxy,
        linked(proxy.through(amqp_url)) as (link, _),
        linked(amqp_url) as (other, _),
    ):
        queue = await declare(link, names.queue("q"))
        async with Subscription(link, queue, inbox, prefetch=10) as subscription:
            await wait_until(lambda: subscription.attached)
            gc.collect()
            for body in (b"0", b"1", b"2"):
                proxy.cut()
                await Publisher(other).publish("", queue, Message(body))
                await wait_until(lambda body=body: body in inbox.bodies)  # type: ignore[misc]
            await wait_until(lambda: _is(other, queue, Depth(0, 1)))
        await wait_until(lambda: _is(other, queue, Depth(0, 0)))


async def test_a_queue_that_is_deleted_and_declared_again(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        with capture_logs() as logs:
            async with Subscription(link, queue, inbox, prefetch=10) as subscription:
                await wait_until(lambda: subscription.attached)
                await delete(link, queue)
                await wait_until(lambda: not subscription.attached)
                await wait_until(lambda: any("NOT_FOUND" in str(entry) for entry in logs))
                await declare(link, queue)
                await wait_until(lambda: subscription.attached)
                await Publisher(link).publish("", queue, Message(b"again"))
                await wait_until(lambda: inbox.bodies == [b"again"])
    events = [entry["event"] for entry in logs]
    assert events[:3] == [
        "consumer_attached",
        "consumer_detached",  # the queue was deleted
        "consumer_detached",  # there is no such queue, however often it is tried
    ]
    # RabbitMQ may close the connection (541) when it is asked for a queue that is being declared.
    assert events[3:] in (["consumer_attached"], REDECLARED_TOO_LATE)


async def test_a_queue_of_its_own_is_made_anew(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with (
        Proxy.before(amqp_url) as proxy,
        linked(proxy.through(amqp_url)) as (link, _),
        linked(amqp_url) as (other, _),
    ):
        channel = await other.channel()
        await channel.exchange_declare(names.control, exchange_type="fanout", durable=True)
        source = Temporary(names.control)
        async with Subscription(link, source, inbox, prefetch=10) as subscription:
            await wait_until(lambda: subscription.attached)
            await proxy.refuse()
            proxy.cut()
            await wait_until(lambda: not subscription.attached)
            await proxy.accept()
            await wait_until(lambda: subscription.attached)
            message = Message(b"who")
            await Publisher(other).publish(names.control, "", message)
            await wait_until(lambda: inbox.bodies == [b"who"])


async def test_after_stop_what_came_can_be_settled(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        publisher = Publisher(link)
        await asyncio.gather(*(publisher.publish("", queue, Message(b"")) for _ in range(4)))
        subscription = Subscription(link, queue, inbox, prefetch=2)
        subscription.start()
        await wait_until(lambda: len(inbox) == 2)
        await subscription.stop()
        assert all(delivery.ack() for delivery in inbox.deliveries)
        await subscription.aclose()
        await wait_until(lambda: _is(link, queue, Depth(2, 0)))


class LateLink(Link):
    """Over which the broker's ok to a consumer comes late: messages may come before it."""

    ok = asyncio.Event()

    async def channel(self, *, confirms: bool = False) -> Channel:
        channel = await super().channel(confirms=confirms)
        consume = channel.basic_consume

        async def consume_late(*words: Any, **more: Any) -> Any:  # noqa: ANN401  (aiormq's)
            answer = await consume(*words, **more)
            await self.ok.wait()
            return answer

        channel.basic_consume = consume_late  # type: ignore[method-assign]
        return channel


async def test_what_came_before_the_ok_can_be_settled_after_stop(
    amqp_url: str, names: OwnNames
) -> None:
    inbox = Inbox(keep)
    async with linked(amqp_url) as (link, _), LateLink(amqp_url, name="late") as late:
        late.ok = asyncio.Event()
        queue = await declare(link, names.queue("q"))
        await Publisher(link).publish("", queue, Message(b""))
        subscription = Subscription(late, queue, inbox, prefetch=2)
        subscription.start()
        await wait_until(lambda: len(inbox) == 1)
        stopping = asyncio.create_task(subscription.stop())
        await asyncio.sleep(0)
        late.ok.set()
        await stopping
        assert inbox.deliveries[0].ack()
        await subscription.aclose()
        await wait_until(lambda: _is(link, queue, Depth(0, 0)))


async def test_what_stays_so_is_told_once(amqp_url: str, names: OwnNames) -> None:
    async with CountingLink(amqp_url, name="test") as link:
        with capture_logs() as logs:
            async with Subscription(link, names.queue("none"), keep, prefetch=1):
                await wait_until(lambda: link.opened >= 4)
    assert [entry["event"] for entry in logs].count("consumer_detached") == 1


class CountingLink(Link):
    opened = 0

    async def channel(self, *, confirms: bool = False) -> Channel:
        self.opened += 1
        return await super().channel(confirms=confirms)


@dataclass
class Holder:
    """Has room for so many bytes; answers what it holds one by one."""

    room: int
    full: Callable[[], object] = bool
    """Called when it has none left."""
    held: list[Delivery] = field(default_factory=list)
    most: int = 0
    answered: Counter[bytes] = field(default_factory=Counter)
    came: Counter[bytes] = field(default_factory=Counter)
    returns: list[int] = field(default_factory=list)

    def take(self, delivery: Delivery) -> None:
        self.came[delivery.body] += 1
        size = sum(len(one.body) for one in self.held) + len(delivery.body)
        if self.held and size > self.room:
            self.full()
            raise Full(len(self.held), self.emptied)
        self.most = max(self.most, size)
        self.held.append(delivery)

    async def emptied(self) -> None:
        await wait_until(lambda: not self.held)

    def answer(self) -> bool:
        """Answer one, if there is any; return whether all are answered."""
        if self.held:
            first = self.held.pop(0)
            self.returns.append(int(str(first.headers.get("x-delivery-count", 0))))
            assert first.ack()
            self.answered[first.body] += 1
        return len(self.answered) == len(SIZES)


SIZES = [1000] * 20 + [10] * 60 + [9000, 30_000, 9000] + [10] * 60


async def test_what_does_not_fit_in_memory_goes_back_and_comes_again(
    amqp_url: str, names: OwnNames
) -> None:
    holder = Holder(room=10_000)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        bodies = [b"%d" % number + b"." * size for number, size in enumerate(SIZES)]
        publisher = Publisher(link)
        for body in bodies:
            await publisher.publish("", queue, Message(body))
        async with Subscription(link, queue, holder.take, prefetch=50) as subscription:
            await wait_until(lambda: len(holder.held) == 9)
            await wait_until(lambda: sum(holder.came.values()) == 10)
            await wait_until(lambda: subscription.attached)  # messages come before the broker's ok
            await wait_until(holder.answer, within=20)
            assert subscription.attached
        await wait_until(lambda: _is(link, queue, Depth(0, 0)))
    assert holder.answered == Counter(bodies)
    assert holder.most == 30_000 + len(b"81")  # alone; all others fitted
    assert max(holder.returns) <= 4


async def test_closing_while_it_waits_for_memory(amqp_url: str, names: OwnNames) -> None:
    holder = Holder(room=1)
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("q"))
        publisher = Publisher(link)
        await asyncio.gather(*(publisher.publish("", queue, Message(b"xx")) for _ in range(3)))
        subscription = Subscription(link, queue, holder.take, prefetch=3)
        subscription.start()
        await wait_until(lambda: subscription.attached and holder.came[b"xx"] == 2)
        await subscription.stop()
        assert not subscription.attached
        assert holder.held[0].ack()
        await subscription.aclose()
        await wait_until(lambda: _is(link, queue, Depth(2, 0)))


async def test_stopping_while_it_stops_for_want_of_memory(amqp_url: str, names: OwnNames) -> None:
    """The broker's answer is on its way: who gives up the question loses the channel."""
    async with Proxy.before(amqp_url) as proxy, linked(amqp_url) as (link, _):
        holder = Holder(room=1, full=lambda: proxy.pause("down"))
        queue = await declare(link, names.queue("q"))
        publisher = Publisher(link)
        async with linked(proxy.through(amqp_url)) as (slow, _):
            subscription = Subscription(slow, queue, holder.take, prefetch=3)
            subscription.start()
            await wait_until(lambda: subscription.attached)
            await asyncio.gather(*(publisher.publish("", queue, Message(b"xx")) for _ in range(3)))
            await wait_until(lambda: holder.came[b"xx"] == 2)
            stopping = asyncio.create_task(subscription.stop())
            await asyncio.sleep(0)
            proxy.resume()
            await stopping
            assert holder.held[0].ack()
            await subscription.aclose()
        await wait_until(lambda: _is(link, queue, Depth(2, 0)))


async def test_a_bug_does_not_end_it(amqp_url: str, names: OwnNames) -> None:
    class Buggy(CountingLink):
        async def channel(self, *, confirms: bool = False) -> Channel:
            if not self.opened:
                self.opened += 1
                raise ZeroDivisionError
            return await super().channel(confirms=confirms)

    inbox = Inbox()
    async with Buggy(amqp_url, name="test") as link, linked(amqp_url) as (other, _):
        queue = await declare(other, names.queue("q"))
        with capture_logs() as logs:
            async with Subscription(link, queue, inbox, prefetch=1) as subscription:
                await wait_until(lambda: subscription.attached)
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["bug"]


async def test_closing_before_it_was_ever_attached(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        subscription = Subscription(link, "q", keep, prefetch=1)
        await subscription.aclose()
        async with subscription:
            await asyncio.sleep(0)
            assert not subscription.attached


async def _is(link: Link, queue: str, depth: Depth) -> bool:
    return await look(link, queue) == depth
