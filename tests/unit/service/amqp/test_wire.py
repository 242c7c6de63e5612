"""The address of the broker, and peers that are no broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pamqp.frame
import pytest
from aiormq.exceptions import (
    ChannelClosed,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ConnectionClosed,
)
from pamqp.commands import Connection

from service.amqp import errors
from service.amqp.wire import Wire, address, connect, denied, translated, why

START = pamqp.frame.marshal(
    Connection.Start(server_properties={}, mechanisms="PLAIN", locales="en_US"), 0
)


@asynccontextmanager
async def peer(says: bytes) -> AsyncIterator[str]:
    """Give the address of a server that says something, and hangs up when the client does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"amqp://u:p@127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()


def test_the_address_gets_name_and_heartbeat() -> None:
    made = address("amqps://u:p%40@b:5671/hub?cafile=/ca", name="hub-x", heartbeat=3)
    assert str(made) == "amqps://u:p%40@b:5671/hub?cafile=/ca&name=hub-x&heartbeat=3"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("amqps://b/?no_verify_ssl=1", "cafile"),
        ("amqps://b/?no_verify_ssl=0", "cafile"),
        ("http://b/", "amqp://"),
        ("b:5672", "amqp://"),
        ("", "amqp://"),
    ],
)
def test_addresses_that_are_refused(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        address(url, name="x", heartbeat=10)


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"AMQP\x00\x01\x00\x00",
        b"AMQP\x03\x01\x00\x00",
        b"\x00" * 50,
        b"\xff" * 50,
        b"\x01\x00\x00\x00\x00\x00\x04abcd\xce",
        b"\x03\x00\x00\x00\x00\x00\x01a\xce",
        START[:-1] + b"\x00",
        START + START,
        START,
    ],
)
async def test_a_peer_that_is_no_broker(says: bytes) -> None:
    async with peer(says) as url:
        with pytest.raises(errors.LinkLost):
            await connect(address(url, name="x", heartbeat=10), within=0.2)


async def test_a_port_that_nobody_listens_on(unused_tcp_port: int) -> None:
    url = f"amqp://u:p@127.0.0.1:{unused_tcp_port}/"
    with pytest.raises(errors.LinkLost, match="nobody listens"):
        await connect(address(url, name="x", heartbeat=10))


async def test_authorities_that_cannot_be_read(unused_tcp_port: int) -> None:
    url = f"amqps://u:p@127.0.0.1:{unused_tcp_port}/?cafile=/no/such.pem"
    with pytest.raises(errors.LinkLost, match=r"/no/such\.pem"):
        await connect(address(url, name="x", heartbeat=10))


async def test_a_closed_channel_is_a_lost_link() -> None:
    with pytest.raises(errors.LinkLost, match="closed"), translated():
        raise ChannelInvalidStateError


async def test_a_cancel_that_nobody_sent_is_a_lost_link() -> None:
    with pytest.raises(errors.LinkLost, match="heartbeat"), translated():
        raise asyncio.CancelledError


async def test_a_cancel_that_somebody_sent_stays_one() -> None:
    async def work() -> None:
        with translated():
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ChannelNotFoundEntity("NOT_FOUND - no queue"), 404, "NOT_FOUND - no queue"),
        (ChannelClosed(541, "INTERNAL_ERROR"), 541, "INTERNAL_ERROR"),
        (ChannelClosed(None, None), 0, ""),
    ],
)
def test_what_the_broker_says_when_it_closes_a_channel(
    error: Exception, code: int, words: str
) -> None:
    told = denied(error)
    assert (told.code, told.words) == (code, words)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, "the broker closed the socket"),
        (asyncio.CancelledError(), "the broker sent no heartbeat"),
        (ConnectionClosed(320, "CONNECTION_FORCED"), "closed the connection: CONNECTION_FORCED"),
        (ConnectionClosed(), "the broker closed the connection:"),
        (KeyError(), "KeyError"),
        (OSError("gone"), "gone"),
    ],
)
def test_reasons_are_words(error: BaseException | None, reason: str) -> None:
    assert reason in why(error)


async def test_an_authority_in_the_address_that_is_none(unused_tcp_port: int) -> None:
    url = f"amqps://u:p@127.0.0.1:{unused_tcp_port}/?cadata=x"
    with pytest.raises(errors.LinkLost, match="base64"):
        await connect(address(url, name="x", heartbeat=10))


async def test_cutting_what_was_never_connected() -> None:
    wire = Wire(address("amqp://127.0.0.1/", name="x", heartbeat=10))
    wire.cut()
    await wire.end()


async def test_a_cancel_that_came_while_it_ran_stays_one() -> None:
    async def run() -> None:
        task = asyncio.current_task()
        assert task
        task.cancel()
        with translated():
            await asyncio.get_running_loop().create_future()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(run())
