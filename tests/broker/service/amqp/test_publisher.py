"""Every publish ends in one way, and the way says whether the message may be there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pamqp.common import FieldTable

from service.amqp.errors import NotPublished, Refused, Unconfirmed, Unroutable, Unsendable
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.amqp.queues import look
from tests.support.broker import OwnNames
from tests.support.bus import QUORUM, declare, linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

HELLO = Message(b"hello")
TOO_LARGE = Message(b"x" * 17 * 1024 * 1024)  # RabbitMQ 4, and our own node: 16 MiB
NEIGHBOURS = (HELLO, TOO_LARGE, HELLO)
FULL: FieldTable = {**QUORUM, "x-max-length": 1, "x-overflow": "reject-publish"}


@asynccontextmanager
async def publishing(url: str) -> AsyncIterator[tuple[Publisher, Link]]:
    async with linked(url) as (link, _):
        yield Publisher(link), link


async def depth(link: Link, queue: str) -> int:
    found = await look(link, queue)
    assert found is not None
    return found.messages


async def fill(publisher: Publisher, queue: str) -> None:
    """Publish until the queue says no (a quorum queue takes a few more than its limit)."""
    ends = [await _end(publisher, queue) for _ in range(10)]
    assert isinstance(ends[-1], Refused)


async def _end(publisher: Publisher, queue: str) -> BaseException | None:
    ended = await asyncio.gather(publisher.publish("", queue, HELLO), return_exceptions=True)
    return ended[0]


async def test_a_confirmed_message_is_there(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("q"))
        await asyncio.gather(*(publisher.publish("", queue, HELLO) for _ in range(100)))
        await wait_until(lambda: _is_deep(link, queue, 100))


async def _is_deep(link: Link, queue: str, messages: int) -> bool:
    return await depth(link, queue) == messages


async def test_no_queue_takes_it(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, _):
        with pytest.raises(Unroutable, match=names.queue("none")):
            await publisher.publish("", names.queue("none"), HELLO)
        await publisher.publish("", names.queue("none"), HELLO, mandatory=False)


async def test_each_return_meets_its_own_publish(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("q"))
        keys = [queue if number % 2 else names.queue("none") for number in range(60)]
        ends = await asyncio.gather(
            *(publisher.publish("", key, HELLO) for key in keys), return_exceptions=True
        )
        assert [isinstance(end, Unroutable) for end in ends] == [key != queue for key in keys]


async def test_a_full_queue_refuses(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("full"), FULL)
        await fill(publisher, queue)


async def test_a_full_queue_is_asked_again_only_for_a_while(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("full"), FULL)
        await fill(publisher, queue)
        now = asyncio.get_running_loop().time()
        with pytest.raises(Refused):
            await publisher.publish_until("", queue, HELLO, Until(now + 60, now))
        assert asyncio.get_running_loop().time() - now < 30


async def test_what_is_too_large_for_the_broker_harms_nobody(
    amqp_url: str, names: OwnNames
) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("q"))
        with pytest.raises(Unsendable, match="larger than configured max size"):
            await publisher.publish_until("", queue, TOO_LARGE, _soon())
        ends = [publisher.publish_until("", queue, one, _soon()) for one in NEIGHBOURS]
        found = await asyncio.gather(*ends, return_exceptions=True)
        assert [type(end) for end in found] == [type(None), Unsendable, type(None)]


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("k", Message(b"", headers={"float": 1e300})),
        ("k", Message(b"", headers={"integer": 2**70})),
        ("k", Message(b"", headers={"surrogate": "\ud800"})),
        ("k", Message(b"", headers={"large": "x" * 100_000})),
        ("k", Message(b"", correlation_id="x" * 300)),
        ("k" * 300, HELLO),
        ("é" * 200, HELLO),
    ],
)
async def test_what_cannot_be_written_harms_nobody(
    amqp_url: str, names: OwnNames, key: str, message: Message
) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("q"))
        ends = await asyncio.gather(
            publisher.publish("", queue, HELLO),
            publisher.publish("", key, message),
            publisher.publish("", queue, HELLO),
            return_exceptions=True,
        )
        assert [type(end) for end in ends] == [type(None), Unsendable, type(None)]
        await publisher.publish("", queue, HELLO)


async def test_a_missing_exchange_costs_no_neighbour(amqp_url: str, names: OwnNames) -> None:
    async with linked(amqp_url) as (link, changes):
        publisher = Publisher(link)
        queue = await declare(link, names.queue("q"))

        async def publish(number: int) -> None:
            exchange, key = (names.requests, "k") if number % 10 == 0 else ("", queue)
            await publisher.publish(exchange, key, HELLO)

        ends = await asyncio.gather(*(publish(n) for n in range(200)), return_exceptions=True)
        for number, end in enumerate(ends):
            assert isinstance(end, Unconfirmed) is (number % 10 == 0)
        channel = await link.channel()
        await channel.exchange_declare(names.requests, exchange_type="fanout")
        await publisher.publish(names.requests, "k", HELLO, mandatory=False)
        assert changes == [True]


async def test_no_confirm_in_time_is_unknown_and_passes(amqp_url: str, names: OwnNames) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        publishing(proxy.through(amqp_url)) as (publisher, link),
    ):
        queue = await declare(link, names.queue("q"))
        await publisher.publish("", queue, HELLO)
        proxy.pause("down")
        began = asyncio.get_running_loop().time()
        with pytest.raises(Unconfirmed, match=r"within 0\.3 s"):
            await publisher.publish("", queue, HELLO, within=0.3)
        assert asyncio.get_running_loop().time() - began >= 0.3
        assert publisher.silent > 0.25
        proxy.resume()
        await publisher.publish_until("", queue, HELLO, _soon())
        assert publisher.silent == 0
        await wait_until(lambda: _is_deep(link, queue, 3))  # the unknown one was taken


def _soon() -> Until:
    return Until(asyncio.get_running_loop().time() + 30)


async def test_the_suspects_are_bounded(amqp_url: str, names: OwnNames) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        publishing(proxy.through(amqp_url)) as (publisher, link),
    ):
        queue = await declare(link, names.queue("q"))
        await publisher.publish("", queue, HELLO)
        proxy.pause("down")
        strangers = (publisher.publish("", f"{queue}.{n}", HELLO, within=0.1) for n in range(300))
        await asyncio.gather(*strangers, return_exceptions=True)
        assert len(publisher._suspects) == 256
        assert link._wire is not None
        assert len(link._wire.channels) <= 4  # not one per attempt
        proxy.resume()
        await publisher.publish("", queue, HELLO)


async def test_what_is_in_flight_is_bounded(amqp_url: str, names: OwnNames) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        publisher = Publisher(link, in_flight=2)
        queue = await declare(link, names.queue("q"))
        await publisher.publish("", queue, HELLO)
        before = proxy.passed("up")
        proxy.pause("down")
        large = Message(b"x" * 10_000)
        ends = await asyncio.gather(
            *(publisher.publish("", queue, large, within=0.3) for _ in range(20)),
            return_exceptions=True,
        )
        assert all(isinstance(end, Unconfirmed) for end in ends)
        assert proxy.passed("up") - before < 3 * 10_000
        proxy.resume()


async def test_a_lost_connection_is_unknown_at_once(amqp_url: str, names: OwnNames) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        publishing(proxy.through(amqp_url)) as (publisher, link),
    ):
        queue = await declare(link, names.queue("q"))
        await publisher.publish("", queue, HELLO)
        proxy.pause("down")
        publishes = [publisher.publish("", queue, HELLO, within=30) for _ in range(10)]
        ending = asyncio.gather(*publishes, return_exceptions=True)
        await asyncio.sleep(0)
        proxy.cut()
        async with asyncio.timeout(30):
            assert {type(end) for end in await ending} == {Unconfirmed}
        proxy.heal()


async def test_a_connection_that_is_given_up_cancels_nobody(amqp_url: str, names: OwnNames) -> None:
    """aiormq raises CancelledError in whoever waits on a connection that it gives up."""
    async with (
        Proxy.before(amqp_url) as proxy,
        publishing(proxy.through(amqp_url)) as (publisher, link),
    ):
        queue = await declare(link, names.queue("q"))
        await publisher.publish("", queue, HELLO)
        proxy.pause("down")
        publish = asyncio.create_task(publisher.publish("", queue, HELLO, within=30))
        await asyncio.sleep(0)
        assert link._wire is not None
        link._wire._reader_task.cancel()  # as its heartbeat does
        with pytest.raises(Unconfirmed, match="heartbeat"):
            await publish


async def test_a_link_that_was_closed(amqp_url: str) -> None:
    async with publishing(amqp_url) as (publisher, _):
        pass
    with pytest.raises(Unconfirmed, match="it was closed"):
        await publisher.publish("", "k", HELLO)


async def test_a_cancelled_publish_harms_nobody(amqp_url: str, names: OwnNames) -> None:
    async with publishing(amqp_url) as (publisher, link):
        queue = await declare(link, names.queue("q"))
        publishes = [asyncio.create_task(publisher.publish("", queue, HELLO)) for _ in range(100)]
        await asyncio.sleep(0)
        for publish in publishes[::2]:
            publish.cancel()
        ends = await asyncio.gather(*publishes, return_exceptions=True)
        assert [end is None for end in ends[1::2]] == [True] * 50
        await publisher.publish("", queue, HELLO)


class TestUntil:
    async def test_it_has_room(self, amqp_url: str, names: OwnNames) -> None:
        async with publishing(amqp_url) as (publisher, link):
            queue = await declare(link, names.queue("full"), FULL)
            await fill(publisher, queue)
            until = publisher.publish_until("", queue, HELLO, _soon())
            waiting = asyncio.create_task(until)
            channel = await link.channel()
            await channel.queue_purge(queue)
            await waiting

    async def test_the_time_is_up(self, amqp_url: str, names: OwnNames) -> None:
        async with publishing(amqp_url) as (publisher, link):
            queue = await declare(link, names.queue("full"), FULL)
            await fill(publisher, queue)
            began = asyncio.get_running_loop().time()
            with pytest.raises(Refused):
                await publisher.publish_until("", queue, HELLO, Until(began + 0.5))
            assert asyncio.get_running_loop().time() - began < 30

    async def test_the_broker_is_there(self, amqp_url: str, names: OwnNames) -> None:
        async with Proxy.before(amqp_url) as proxy:
            await proxy.refuse()
            async with Link(proxy.through(amqp_url), name="late") as link:
                publisher = Publisher(link)
                until = publisher.publish_until(
                    "", names.queue("none"), HELLO, _soon(), mandatory=False
                )
                waiting = asyncio.create_task(until)
                await wait_until(lambda: "nobody listens" in link.reason)
                await proxy.accept()
                await waiting

    @pytest.mark.parametrize("final", [Unroutable, Unsendable])
    async def test_it_is_final(
        self, amqp_url: str, names: OwnNames, final: type[NotPublished]
    ) -> None:
        message = HELLO if final is Unroutable else Message(b"", headers={"n": 2**70})
        async with publishing(amqp_url) as (publisher, _):
            with pytest.raises(final):
                await publisher.publish_until("", names.queue("none"), message, _soon())
