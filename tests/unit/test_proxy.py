"""The network that fault tests are run over does what they are told it does."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from tests.support.leaks import nothing_left
from tests.support.proxy import HOST, Proxy
from tests.support.wait import wait_until

leaves_nothing = pytest.fixture(autouse=True)(nothing_left)


@dataclass
class Party:
    """The client's end of a connection to a server that echoes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, data: bytes) -> bytes:
        self.writer.write(data)
        return await self.hear(len(data))

    async def hear(self, count: int, within: float = 30.0) -> bytes:
        async with asyncio.timeout(within):
            return await self.reader.readexactly(count)

    async def silent(self) -> bool:
        try:
            await self.hear(1, within=0.05)
        except TimeoutError:
            return True
        return False


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1024):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with (
        await asyncio.start_server(echo, HOST) as server,
        Proxy(HOST, server.sockets[0].getsockname()[1]) as between,
    ):
        yield between


@pytest.fixture
async def party(proxy: Proxy) -> AsyncIterator[Party]:
    reader, writer = await asyncio.open_connection(HOST, proxy.port)
    yield Party(reader, writer)
    writer.transport.abort()


async def test_passes_bytes_both_ways_and_counts_them(proxy: Proxy, party: Party) -> None:
    assert await party.say(b"hello") == b"hello"
    assert (proxy.passed("up"), proxy.passed("down"), proxy.connections) == (5, 5, 1)


async def test_an_end_of_one_side_reaches_the_other(proxy: Proxy, party: Party) -> None:
    await party.say(b"hello")
    party.writer.write_eof()
    assert await party.reader.read() == b""
    await wait_until(lambda: not proxy.connections, what="the end of the connection")


async def test_cut_resets_the_connection(proxy: Proxy, party: Party) -> None:
    await party.say(b"hello")
    proxy.cut()
    with pytest.raises(ConnectionResetError):
        await party.hear(1)


async def test_cut_after_lets_exactly_so_many_bytes_through(proxy: Proxy, party: Party) -> None:
    proxy.cut_after(3, "down")
    party.writer.write(b"hello")
    assert await party.hear(3) == b"hel"
    with pytest.raises(ConnectionResetError):
        await party.hear(1)
    assert proxy.passed("down") == 3


async def test_what_was_paused_arrives_whole(proxy: Proxy, party: Party) -> None:
    proxy.pause("down")
    party.writer.write(b"hello")
    assert await party.silent()
    proxy.resume()
    assert await party.hear(5) == b"hello"


async def test_a_blackhole_swallows_one_direction(proxy: Proxy, party: Party) -> None:
    proxy.blackhole("up")
    party.writer.write(b"lost")
    assert await party.silent()
    assert proxy.passed("up") == 0
    proxy.heal()
    assert await party.say(b"hello") == b"hello"


async def test_a_delay_is_kept(proxy: Proxy, party: Party) -> None:
    proxy.delay(0.1, "up")
    loop = asyncio.get_running_loop()
    begin = loop.time()
    assert await party.say(b"hello") == b"hello"
    assert loop.time() - begin >= 0.1


async def test_refused_until_accepted_again_on_the_same_port(proxy: Proxy, party: Party) -> None:
    await party.say(b"hello")
    await proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, proxy.port)
    assert await party.say(b"still here") == b"still here"
    await proxy.accept()
    _, writer = await asyncio.open_connection(HOST, proxy.port)
    writer.transport.abort()


async def test_a_server_that_is_gone_closes_the_connection() -> None:
    async with Proxy(HOST, 1) as between:
        reader, writer = await asyncio.open_connection(HOST, between.port)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.transport.abort()


def test_addresses_keep_all_but_host_and_port() -> None:
    proxy = Proxy.before("amqp://hub:pw@broker.example:5673/%2f?heartbeat=3")
    proxy.port = 1234
    through = proxy.through("amqp://hub:pw@broker.example:5673/%2f?heartbeat=3")
    assert through == "amqp://hub:pw@127.0.0.1:1234/%2F?heartbeat=3"
