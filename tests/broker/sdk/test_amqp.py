"""What a broker can do to a connection, a channel, a message; and what this package calls it."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import (
    DeliveryError,
    PublishError,
)
from pamqp.common import FieldTable
from yarl import URL

from sdk import _amqp, _translation
from sdk._amqp import Letter
from sdk._errors import Denied, Lost, Refused, Silent
from tests.support.broker import OwnNames
from tests.support.proxy import Proxy
from tests.support.stub_hub import ignore
from tests.support.wait import wait_until


@pytest.fixture
async def connection(amqp_url: str) -> AsyncIterator[AbstractConnection]:
    made = await _amqp.connect(amqp_url)
    yield made
    await _amqp.disconnect(made)


@pytest.fixture
def queue(names: OwnNames) -> str:
    return names.reply_queue("test", "queue")


def letter(key: str, body: bytes = b"x", exchange: str = "") -> Letter:
    return Letter(exchange, key, Message(body))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda url: url.with_password("wrong"), "refused the login"),
        (lambda url: url.with_path("/nowhere"), "virtual host does not exist"),
    ],
)
async def test_who_is_not_let_in_is_told_so(amqp_url: str, change: object, reason: str) -> None:
    assert callable(change)
    with pytest.raises(Refused, match=reason):
        await _amqp.connect(str(change(URL(amqp_url))))


async def test_a_peer_that_is_no_broker_is_lost() -> None:
    async def chatter(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(Lost):
            await _amqp.connect(f"amqp://127.0.0.1:{port}/")
    with pytest.raises(Lost):
        await _amqp.connect(f"amqp://127.0.0.1:{port}/")


async def test_a_peer_that_says_nothing_is_silent(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        proxy.pause("down")
        with pytest.raises(Silent, match=r"did not answer within 0\.2 s"):
            await _amqp.connect(proxy.through(amqp_url), within=0.2)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqp://h/", "amqp://h/?name=agent&heartbeat=5"),
        ("amqp://h/?heartbeat=30", "amqp://h/?heartbeat=30&name=agent"),
        ("amqp://h/?name=a&heartbeat=30", "amqp://h/?name=a&heartbeat=30"),
    ],
)
def test_the_address_gets_what_it_does_not_say(url: str, expected: str) -> None:
    assert _amqp._with_defaults(url) == expected


async def test_the_library_logs_where_the_program_wants_it(amqp_url: str) -> None:
    loggers = [logging.getLogger(name) for name in ("aiormq", "aio_pika")]
    before = [one.level for one in loggers]
    try:
        loggers[0].setLevel(logging.NOTSET)
        loggers[1].setLevel(logging.ERROR)
        await _amqp.disconnect(await _amqp.connect(amqp_url))
        assert [one.level for one in loggers] == [logging.CRITICAL, logging.ERROR]
    finally:
        for one, level in zip(loggers, before, strict=True):
            one.setLevel(level)


async def test_queues_are_declared_found_and_deleted(
    connection: AbstractConnection, queue: str
) -> None:
    assert not await _amqp.queue_exists(connection, queue)
    await _amqp.declare(connection, queue, {"x-expires": 60_000})
    await _amqp.declare(connection, queue, {"x-expires": 60_000})
    assert await _amqp.queue_exists(connection, queue)
    with pytest.raises(Denied, match="inequivalent arg") as caught:
        await _amqp.declare(connection, queue, {})
    assert caught.value.code == _translation.DIFFERENT
    await _amqp.delete(connection, queue)
    await _amqp.delete(connection, queue)
    assert not await _amqp.queue_exists(connection, queue)


async def test_a_queue_that_somebody_has_alone_is_there_but_not_for_us(
    amqp_url: str, connection: AbstractConnection, queue: str
) -> None:
    other = await _amqp.connect(amqp_url)
    channel = await _amqp.open_channel(other, confirms=False)
    await channel.declare_queue(queue, exclusive=True)
    try:
        with pytest.raises(Denied, match="exclusive") as caught:
            await _amqp.queue_exists(connection, queue)
    finally:
        await _amqp.disconnect(other)
    assert caught.value.code == _translation.LOCKED


async def test_what_is_closed_can_be_closed(amqp_url: str) -> None:
    connection = await _amqp.connect(amqp_url)
    for _ in range(2):
        await _amqp.disconnect(connection)


async def test_exchanges_are_found(connection: AbstractConnection) -> None:
    assert await _amqp.exchange_exists(connection, "amq.topic")
    assert not await _amqp.exchange_exists(connection, "no.such.exchange")


async def test_a_channel_that_ends_or_loses_its_consumer_tells(
    connection: AbstractConnection, queue: str
) -> None:
    ended: list[str] = []
    for what in ("closed", "cancelled"):
        await _amqp.declare(connection, queue, {})
        channel = await _amqp.open_channel(connection, confirms=False)
        await _amqp.on_end(channel, lambda what=what: ended.append(what))  # type: ignore[misc]
        await (await channel.get_queue(queue)).consume(ignore)
        if what == "closed":
            await _amqp.close_channel(channel)
        await _amqp.delete(connection, queue)
        await wait_until(lambda what=what: what in ended)  # type: ignore[misc]
        await _amqp.close_channel(channel)


async def test_a_publish_is_confirmed_or_says_why_not(
    connection: AbstractConnection, queue: str
) -> None:
    full: FieldTable = {"x-max-length": 1, "x-overflow": "reject-publish"}
    await _amqp.declare(connection, queue, full)
    channel = await _amqp.open_channel(connection, confirms=True)
    await _amqp.publish(channel, letter(queue), 30)
    with pytest.raises(DeliveryError):
        await _amqp.publish(channel, letter(queue), 30)
    with pytest.raises(PublishError):
        await _amqp.publish(channel, letter("no.such.queue"), 30)
    with pytest.raises(Denied, match="no exchange") as caught:
        await _amqp.publish(channel, letter(queue, exchange="no.such.exchange"), 30)
    assert caught.value.code == _translation.NOT_FOUND
    with pytest.raises(Lost):
        await _amqp.publish(channel, letter(queue), 30)


async def test_a_confirm_that_does_not_come_is_silence(amqp_url: str, queue: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        connection = await _amqp.connect(proxy.through(amqp_url))
        await _amqp.declare(connection, queue, {})
        channel = await _amqp.open_channel(connection, confirms=True)
        proxy.pause("down")
        with pytest.raises(Silent):
            await _amqp.publish(channel, letter(queue), 0.05)
        proxy.cut()
        await wait_until(lambda: connection.is_closed or channel.is_closed)
        with pytest.raises(Lost):
            await _amqp.open_channel(connection, confirms=True)
        await _amqp.disconnect(connection)


async def test_who_waits_on_a_connection_that_is_cut_is_let_go(amqp_url: str, queue: str) -> None:
    """While aiormq closes, its write queue (10 frames) fills up and is never emptied."""
    async with Proxy.before(amqp_url) as proxy:
        connection = await _amqp.connect(proxy.through(amqp_url))
        await _amqp.declare(connection, queue, {})
        channel = await _amqp.open_channel(connection, confirms=True)
        proxy.cut()
        waiting: list[asyncio.Task[None]] = []
        while not channel.is_closed:
            waiting += [asyncio.create_task(publish_for_long(channel, queue)) for _ in range(3)]
            await asyncio.sleep(0)
        await _amqp.disconnect(connection)
        async with asyncio.timeout(30):
            outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in outcomes} == {Lost}


async def publish_for_long(channel: AbstractChannel, queue: str) -> None:
    await _amqp.publish(channel, letter(queue), 60)


async def test_an_ack_on_a_channel_that_is_gone_is_no_error(
    connection: AbstractConnection, queue: str
) -> None:
    await _amqp.declare(connection, queue, {})
    channel = await _amqp.open_channel(connection, confirms=True)
    await _amqp.publish(channel, letter(queue), 30)
    message = await (await channel.get_queue(queue)).get()
    assert message is not None
    await _amqp.close_channel(channel)
    await _amqp.ack(message)


async def test_who_is_cut_short_while_it_closes_a_channel_has_closed_it(
    connection: AbstractConnection, queue: str
) -> None:
    """Else what its consumer was given comes to nobody else."""
    await _amqp.declare(connection, queue, {})
    channel = await _amqp.open_channel(connection, confirms=True)
    await _amqp.publish(channel, letter(queue), 30)
    assert (await (await channel.get_queue(queue)).get()) is not None
    closing = asyncio.create_task(_amqp.close_channel(channel))
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    other = await _amqp.open_channel(connection, confirms=True)

    async def back() -> object:
        return await (await other.get_queue(queue)).get(no_ack=True, fail=False)

    await wait_until(back, what="what was held")


async def test_closing_gives_up_on_a_silent_broker(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        connection = await _amqp.connect(proxy.through(amqp_url))
        channel = await _amqp.open_channel(connection, confirms=True)
        proxy.pause("down")
        await _amqp.close_channel(channel, within=0.1)
        proxy.resume()
        await _amqp.disconnect(connection)
