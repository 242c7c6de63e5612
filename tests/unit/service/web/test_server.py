import asyncio
import urllib.request
from collections.abc import MutableMapping
from typing import Any

import pytest

from service.web.guard import Receive, Scope, Send
from service.web.listening import listen
from service.web.server import Pages


async def hello(scope: Scope, _: Receive, send: Send) -> None:
    start: MutableMapping[str, Any] = {"type": "http.response.start", "status": 200, "headers": []}
    await send(start)
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def get(port: int, host: str = "127.0.0.1") -> tuple[bytes, str | None]:
    with urllib.request.urlopen(f"http://{host}:{port}/page", timeout=5) as answer:
        return answer.read(), answer.headers.get("server")


@pytest.mark.parametrize(("host", "asked"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
async def test_it_answers_until_the_block_ends(host: str, asked: str) -> None:
    with listen(host, 0) as listening:
        port = listening.getsockname()[1]
        async with Pages(hello, listening):
            assert await asyncio.to_thread(get, port, asked) == (b"/page", None)
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(get, port, asked)


async def test_its_signals_are_the_process_s() -> None:
    import signal  # noqa: PLC0415

    before = signal.getsignal(signal.SIGTERM)
    with listen("localhost", 0) as listening:
        async with Pages(hello, listening):
            await asyncio.to_thread(get, listening.getsockname()[1])
            assert signal.getsignal(signal.SIGTERM) is before


async def test_an_answer_that_never_comes_does_not_keep_it() -> None:
    asked = asyncio.Event()

    async def never(_: Scope, __: Receive, ___: Send) -> None:
        asked.set()
        await asyncio.Event().wait()

    with listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        async with asyncio.timeout(30), Pages(never, listening):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await asked.wait()
    assert b"500" in await reader.read()
    writer.close()
