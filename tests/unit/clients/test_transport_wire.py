"""What stands on the wire: what it was given, and nothing else."""

from pathlib import Path

import pytest

from clients._http import HttpRequest
from clients._transport import AioHttpTransport
from tests.support.sending import ask
from tests.support.upstream import (
    Upstream,
    redirect,
    reply,
    throttled,
)

pytestmark = pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"])

TARGETS = [
    "",
    "/",
    "/a/%2e%2e/b",
    "/a/../b/./c",
    "/a%2Fb",
    "/a%2fb",
    "/%20+%C3%A4",
    "/;~*()!$&',:@=",
    "//a//b/",
    "/?q=%20+%C3%A4&q=a;b=~*()&r=%2B%26%3D",
    "/?a=b?c/d&&=",
    "/%",
    '/a"<>\\^`{|}',
]


async def test_the_target_leaves_as_it_stands(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        for target in TARGETS:
            await transport.send(HttpRequest("GET", up.url + target))
        assert [seen.target for seen in up.requests] == [target or "/" for target in TARGETS]


SAID = (("X-Key", "a"), ("X-Key", "b"), ("User-Agent", "hub"))


@pytest.mark.parametrize(
    ("method", "body", "more"),
    [
        ("GET", b"", ()),
        ("HEAD", b"", ()),
        ("DELETE", b"", (("Content-Length", "0"),)),
        ("POST", b"", (("Content-Length", "0"),)),
        ("POST", b"abc", (("Content-Length", "3"),)),
    ],
)
async def test_no_header_is_added_but_these(
    transport: AioHttpTransport, method: str, body: bytes, more: tuple[tuple[str, str], ...]
) -> None:
    async with Upstream() as up:
        await transport.send(HttpRequest(method, up.url, SAID, body))
        own = (("Host", up.url.removeprefix("http://")), *SAID, ("Accept-Encoding", "gzip"))
        assert up.requests[0].headers == own + more
        assert up.requests[0].body == body


async def test_headers_of_the_caller_win(transport: AioHttpTransport) -> None:
    said = (("Host", "vendor.test"), ("Accept-Encoding", "identity"), ("Content-Type", "a/b"))
    async with Upstream() as up:
        await transport.send(HttpRequest("POST", up.url, said, b"x"))
        assert up.requests[0].headers == (*said, ("Content-Length", "1"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_answers(transport: AioHttpTransport, status: int) -> None:
    async with Upstream() as other, Upstream(redirect(f"{other.url}/x", status)) as up:
        answer = await transport.send(ask(up, "POST"))
        assert (answer.status, answer.headers["location"]) == (status, f"{other.url}/x")
        assert (len(up.requests), other.connections) == (1, 0)


async def test_cookies_are_not_kept(transport: AioHttpTransport) -> None:
    async with Upstream(reply(headers=[("Set-Cookie", "a=b; Path=/")])) as up:
        url = up.url.replace("127.0.0.1", "localhost")  # cookie jars shun bare addresses
        await transport.send(HttpRequest("GET", url))
        await transport.send(HttpRequest("GET", url))
        assert [seen.header("Cookie") for seen in up.requests] == [None, None]


async def test_the_environment_changes_nothing(
    transport: AioHttpTransport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b")
    netrc.chmod(0o600)
    async with Upstream() as proxy, Upstream(throttled(7)) as up:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("NETRC", str(netrc))
        answer = await transport.send(ask(up))
        assert (answer.status, answer.headers["retry-after"]) == (429, "7")
        assert proxy.connections == 0
        assert up.requests[0].header("Authorization") is None
