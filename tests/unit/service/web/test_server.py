import asyncio
import socket
import urllib.request
from collections.abc import MutableMapping
from typing import Any

import pytest

from service.web.guard import Receive, Scope, Send
from service.web.server import CannotListen, Pages, listen


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
        async with asyncio.timeout(10), Pages(never, listening):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await asked.wait()
    assert b"500" in await reader.read()
    writer.close()


def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            CannotListen, match=f"Port {port} of 127.0.0.1 is taken .* HUB_HTTP_PORT"
        ):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(CannotListen, match=f"HUB_HTTP_HOST {host} is no address of this machine"):
        listen(host, 0)


def test_a_port_that_needs_rights_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)  # root may listen anywhere
    with pytest.raises(CannotListen, match=r"may not listen on port 80: set HUB_HTTP_PORT"):
        listen("127.0.0.1", 80)
