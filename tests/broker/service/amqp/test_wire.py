"""A connection to a real broker: its login, its TLS, its end, and the trap of a closing channel."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiormq.channel import Channel
from yarl import URL

from service.amqp.errors import LinkLost
from service.amqp.message import Message
from service.amqp.publisher import send
from service.amqp.wire import address, close_channel, connect
from tests.support.broker import OwnNames
from tests.support.certificates import certificate
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


def at(url: str) -> URL:
    return address(url, name="test", heartbeat=10)


@asynccontextmanager
async def tls_before(url: str, folder: Path, name: str) -> AsyncIterator[URL]:
    """Give the address of a TLS server, certified for `name`, in front of the broker."""
    made = certificate(folder, name)
    target = URL(url)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, onward = await asyncio.open_connection(target.host, target.port)
        await asyncio.gather(pump(reader, onward), pump(answers, writer), return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=made.server())
    port = server.sockets[0].getsockname()[1]
    try:
        yield target.with_scheme("amqps").with_host("localhost").with_port(port)
    finally:
        server.close()


async def test_tls_with_the_authority_and_the_right_name(amqp_url: str, tmp_path: Path) -> None:
    async with tls_before(amqp_url, tmp_path, "localhost") as url:
        wire = await connect(at(str(url.update_query(cafile=certificate_in(tmp_path)))))
        await wire.open_channel(confirms=True)
        await wire.end()


async def test_tls_without_the_authority(amqp_url: str, tmp_path: Path) -> None:
    async with tls_before(amqp_url, tmp_path, "localhost") as url:
        with pytest.raises(LinkLost, match="CERTIFICATE_VERIFY_FAILED"):
            await connect(at(str(url)))


async def test_tls_of_another_host(amqp_url: str, tmp_path: Path) -> None:
    async with tls_before(amqp_url, tmp_path, "elsewhere.example") as url:
        with pytest.raises(LinkLost, match="not valid for 'localhost'"):
            await connect(at(str(url.update_query(cafile=certificate_in(tmp_path)))))


async def test_a_login_that_is_refused(amqp_url: str) -> None:
    with pytest.raises(LinkLost, match="ACCESS_REFUSED"):
        await connect(at(str(URL(amqp_url).with_password("wrong"))))


async def test_a_virtual_host_that_does_not_exist(amqp_url: str) -> None:
    with pytest.raises(LinkLost, match="virtual host"):
        await connect(at(str(URL(amqp_url).with_path("/nowhere"))))


async def test_a_broker_that_is_silent(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        proxy.pause("down")
        with pytest.raises(LinkLost, match=r"did not answer within 0\.2 s"):
            await connect(at(proxy.through(amqp_url)), within=0.2)


async def test_the_end_of_a_connection_that_is_gone_dead(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        wire = await connect(at(proxy.through(amqp_url)))
        proxy.blackhole()
        async with asyncio.timeout(30):
            await wire.end()
        assert wire.is_closed


async def bare(channel: Channel) -> None:
    await channel.basic_publish(b"", exchange="missing", routing_key="k", wait=False)


async def guarded(channel: Channel) -> None:
    await send(channel, "missing", "k", Message(b""))


@pytest.mark.parametrize(("publish", "holds"), [(bare, False), (guarded, True)])
async def test_a_publish_on_a_closing_channel_would_cut_the_connection(
    amqp_url: str, publish: Callable[[Channel], Coroutine[None, None, None]], *, holds: bool
) -> None:
    """The reason for `usable`: aiormq lets frames through after the channel's last word."""
    wire = await connect(at(amqp_url))
    channel = await wire.open_channel(confirms=True)
    publishes = []
    while not channel.is_closed:
        publishes.append(asyncio.create_task(publish(channel)))
        await asyncio.sleep(0)
    await asyncio.gather(*publishes, return_exceptions=True)
    again = await asyncio.gather(wire.open_channel(confirms=False), return_exceptions=True)
    assert isinstance(again[0], LinkLost) is not holds
    await wire.end()


def certificate_in(folder: Path) -> str:
    return str(next(folder.glob("*.pem")))


async def test_a_channel_whose_end_is_slow_does_not_cost_the_connection(amqp_url: str) -> None:
    """aiormq says it again when nothing has come for a while: the broker hangs up at the second."""
    async with Proxy.before(amqp_url) as proxy:
        wire = await connect(address(proxy.through(amqp_url), name="test", heartbeat=60))
        slow = await wire.open_channel(confirms=True)
        proxy.pause("down")
        await close_channel(slow)
        proxy.resume()
        for _ in range(3):
            await close_channel(await wire.open_channel(confirms=True))
        await wire.end()


async def test_who_is_cut_short_while_it_closes_a_channel_has_closed_it(
    amqp_url: str, names: OwnNames
) -> None:
    """Else the broker waits for ever for what the channel holds: a lease, for one."""
    queue = names.queue("held")
    wire = await connect(at(amqp_url))
    looking = await wire.open_channel(confirms=True)
    await looking.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    await send(looking, "", queue, Message(b"held"))
    holding = await wire.open_channel(confirms=False)
    held = asyncio.Event()

    async def hold(_: object) -> None:
        held.set()

    await holding.basic_consume(queue, hold)
    await held.wait()
    closing = asyncio.create_task(close_channel(holding))
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])

    async def back() -> bool:
        return (await looking.queue_declare(queue, passive=True)).message_count == 1

    await wait_until(back, what="the message that was held")
    await wire.end()
