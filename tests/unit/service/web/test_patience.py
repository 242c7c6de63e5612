"""Raw sockets that ask slowly, wrongly, or too often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from service.web.guard import Guard, Receive, Scope, Send, rules_for
from service.web.listening import listen
from service.web.patience import Bounds
from service.web.server import Pages
from tests.support.wait import wait_until

QUICK = Bounds(asks_within=0.3, connections=3)
GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def echo(_: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body, more = body + message["body"], message["more_body"]
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Door:
    def __init__(self, port: int) -> None:
        self.port = port

    async def open(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, raw: bytes) -> bytes:
        """Return all that comes back until the other side closes."""
        reader, writer = await self.open()
        writer.write(raw)
        try:
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()


@asynccontextmanager
async def door(bounds: Bounds = QUICK) -> AsyncIterator[Door]:
    app = Guard(echo, rules_for("127.0.0.1", None, 1000))
    with listen("127.0.0.1", 0) as listening:
        async with Pages(app, listening, bounds):
            yield Door(listening.getsockname()[1])


BEGUN = [
    b"",
    b"GET / HT",
    GET[:-2],
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    b"POST / HTTP/1.1\r\nHost: attacker.test\r\nContent-Length: 100\r\n\r\nabc",
]


@pytest.mark.parametrize("begun", BEGUN)
async def test_who_does_not_come_to_an_end_is_cut_off(begun: bytes) -> None:
    async with door() as at:
        reader, writer = await at.open()
        writer.write(begun)
        gone = asyncio.ensure_future(reader.read())

        def drip() -> bool:
            writer.write(b"x")
            return gone.done()

        await wait_until(drip, 10, "the end of a slow caller")
        assert gone.exception() or b" 200 " not in gone.result()
        writer.close()


async def test_who_asks_in_time_is_answered_again_and_again() -> None:
    async with door() as at:
        reader, writer = await at.open()
        for _ in range(3):
            writer.write(GET)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
            assert head.startswith(b"HTTP/1.1 200")
        writer.close()


async def test_a_call_that_takes_its_time_is_not_cut_off() -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        asked.set()
        await go.wait()
        await echo(scope, receive, send)

    with listen("127.0.0.1", 0) as listening:
        async with Pages(slow, listening, Bounds(asks_within=0.05)):
            reader, writer = await Door(listening.getsockname()[1]).open()
            writer.write(GET)
            await asked.wait()
            asyncio.get_running_loop().call_later(0.3, go.set)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            writer.close()


async def test_no_more_connections_than_there_may_be() -> None:
    async with door(Bounds(asks_within=30, connections=2)) as at:
        held = [await at.open() for _ in range(2)]
        for reader, writer in held:
            writer.write(GET)
            await reader.readuntil(b"\r\n\r\n")
        reader, writer = await at.open()
        writer.write(GET)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        for _, one in [*held, (reader, writer)]:
            one.close()


WRONG = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: attacker.test\r\n\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: attacker.test\r\nConnection: close\r\n\r\n",
    "old, without a host": b"GET / HTTP/1.0\r\n\r\n",
    "a control character": GET[:-2] + b"X: a\x00b\r\n\r\n",
    "a folded header": GET[:-2] + b"X : a\r\n\r\n",
    "two lengths": GET[:-2] + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a length that is none": GET[:-2] + b"Content-Length: -1\r\n\r\n",
    "too much": b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n\r\n",
}


@pytest.mark.parametrize("raw", WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_refused_and_told_nothing_of_the_hub(raw: bytes) -> None:
    async with door() as at:
        said = (await at.ask(raw)).lower()
    assert said.split()[1] in {b"400", b"413", b"421", b"431"}
    assert b"content-security-policy: default-src 'none'" in said
    assert b"x-content-type-options: nosniff" in said
    assert b"access-control" not in said
    assert b"server:" not in said
    assert b"traceback" not in said
    assert b"attacker" not in said
