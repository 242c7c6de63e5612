"""Streams over a broker: nothing is lost, nothing is taken that was not dealt with."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from contracts import Forbidden
from sdk import HubUnreachable, _amqp
from sdk._address import Address
from sdk._errors import Denied, Lost
from sdk._link import Link
from sdk._stream import BrokerStream, Source
from tests.support.broker import OwnNames
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


@pytest.fixture
def queue(names: OwnNames) -> str:
    return names.reply_queue("test", "queue")


async def nothing(*_: object) -> None: ...


@asynccontextmanager
async def linked(url: str, queue: str) -> AsyncIterator[Link]:
    link = Link(Address(url), nothing)
    await link.start(60)
    await _amqp.declare(await link.ready(), queue, {})
    try:
        yield link
    finally:
        await link.aclose()


def text(message: AbstractIncomingMessage) -> str | None:
    return message.body.decode() or None


def stream_of(link: Link, queue: str) -> BrokerStream[str]:
    async def find(channel: AbstractChannel) -> AbstractQueue:
        return await channel.get_queue(queue, ensure=False)

    return BrokerStream(link, Source(find, text))


async def send(link: Link, queue: str, *texts: str) -> None:
    channel = await link.channel(confirms=True)
    for one in texts:
        await channel.default_exchange.publish(Message(one.encode(), delivery_mode=2), queue)
    await _amqp.close_channel(channel)


async def left(link: Link, queue: str) -> int:
    channel = await link.channel()
    found = await channel.declare_queue(queue, passive=True)
    await _amqp.close_channel(channel)
    return found.declaration_result.message_count or 0


async def consumers(link: Link, queue: str) -> int:
    channel = await link.channel()
    found = await channel.declare_queue(queue, passive=True)
    await _amqp.close_channel(channel)
    return found.declaration_result.consumer_count or 0


async def test_what_comes_is_handed_out_in_turn(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        await send(link, queue, "a", "", "b")
        stream = stream_of(link, queue)
        assert [await anext(stream), await anext(stream)] == ["a", "b"]
        await stream.aclose()
        await wait_until(lambda: no_one_has(link, queue))
        assert await left(link, queue) == 0


async def no_one_has(link: Link, queue: str) -> bool:
    return await consumers(link, queue) == 0


async def test_what_was_not_dealt_with_comes_again(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        await send(link, queue, "a", "b", "c")
        with pytest.raises(ZeroDivisionError):
            await fail_at_the_second(stream_of(link, queue))
        async with stream_of(link, queue) as stream:
            assert await anext(stream) == "b"
        async with stream_of(link, queue) as stream:
            assert await anext(stream) == "c"


async def fail_at_the_second(stream: BrokerStream[str]) -> None:
    async with stream:
        await anext(stream)
        await anext(stream)
        raise ZeroDivisionError


async def test_a_stream_is_attached_from_its_block_on(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        async with stream_of(link, queue):
            assert await consumers(link, queue) == 1
        await wait_until(lambda: no_one_has(link, queue))


async def test_it_goes_on_after_the_connection_was_lost(amqp_url: str, queue: str) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        linked(proxy.through(amqp_url), queue) as link,
        stream_of(link, queue) as stream,
    ):
        await send(link, queue, "a")
        assert await anext(stream) == "a"
        waiting = asyncio.ensure_future(anext(stream))
        for one in ("b", "c"):
            old = link._connection
            proxy.cut()
            await wait_until(lambda old=old: link._connection not in {None, old})  # type: ignore[misc]
            await send(link, queue, one)
        assert await waiting in {"a", "b"}
        seen = {await anext(stream)}
        while "c" not in seen:
            seen.add(await anext(stream))


async def test_it_goes_on_after_its_queue_was_made_anew(amqp_url: str, queue: str) -> None:
    async def make(channel: AbstractChannel) -> AbstractQueue:
        return await channel.declare_queue(queue, durable=True)

    async with linked(amqp_url, queue) as link, BrokerStream(link, Source(make, text)) as stream:
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        await _amqp.delete(await link.ready(), queue)
        await wait_until(lambda: exists(link, queue))
        await send(link, queue, "a")
        assert await waiting == "a"


async def exists(link: Link, queue: str) -> bool:
    return await _amqp.queue_exists(await link.ready(), queue)


async def test_closing_ends_whoever_waits(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        stream = stream_of(link, queue)
        waiting = asyncio.ensure_future(anext(stream))
        await wait_until(lambda: stream._inbox is not None)
        await stream.aclose()
        with pytest.raises(StopAsyncIteration):
            await waiting
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_closing_ends_whoever_waits_for_the_connection(amqp_url: str, queue: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url), queue) as link:
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        stream = stream_of(link, queue)
        waiting = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0)
        await stream.aclose()
        await proxy.accept()
        with pytest.raises(StopAsyncIteration):
            await waiting
        await wait_until(lambda: no_one_has(link, queue))


async def test_it_ends_with_its_link(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        stream = stream_of(link, queue)
    assert [one async for one in stream] == []
    await stream.open()
    await stream.aclose()


async def test_a_stream_that_nobody_holds_is_detached(amqp_url: str, queue: str) -> None:
    async with linked(amqp_url, queue) as link:
        await send(link, queue, "a")
        async for _ in stream_of(link, queue):
            break
        gc.collect()
        await wait_until(lambda: no_one_has(link, queue))
        assert await left(link, queue) == 1


@pytest.mark.parametrize(
    ("denied", "failure", "sentence"),
    [
        (Denied(403, "refused for user"), Forbidden, "does not let this user listen: refused"),
        (Denied(404, "no queue"), HubUnreachable, "cannot be listened to: no queue"),
    ],
)
async def test_who_may_not_listen_is_told(
    amqp_url: str, queue: str, denied: Denied, failure: type[Exception], sentence: str
) -> None:
    async def refuse(_: AbstractChannel) -> AbstractQueue:
        raise denied

    async with linked(amqp_url, queue) as link:
        with pytest.raises(failure, match=sentence):
            async with BrokerStream(link, Source(refuse, text)):
                raise AssertionError


async def test_a_loss_while_it_attaches_is_tried_again(amqp_url: str, queue: str) -> None:
    tries: list[int] = []

    async def find(channel: AbstractChannel) -> AbstractQueue:
        tries.append(1)
        if len(tries) < 3:
            raise Lost("once more")
        return await channel.get_queue(queue, ensure=False)

    async with linked(amqp_url, queue) as link, BrokerStream(link, Source(find, text)):
        assert len(tries) == 3
