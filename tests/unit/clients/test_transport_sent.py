"""One send is at most one request, and its mark is true: against a server's log."""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Iterator

import aiohttp
import pytest

from clients._http import HttpRequest, HttpResponse, Kind
from clients._transport import AioHttpTransport
from tests.support.sending import METHODS, SECRET, ask, facts, failure
from tests.support.upstream import (
    CLOSE,
    HANG,
    RESET,
    Answer,
    End,
    Pause,
    Upstream,
    drip,
    head,
    in_turn,
    informational,
    reply,
)
from tests.support.wait import wait_until

pytestmark = [
    pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"]),
    pytest.mark.usefixtures("clean"),
]


@pytest.mark.parametrize("end", [CLOSE, RESET])
@pytest.mark.parametrize("fresh", [False, True])
async def test_a_lost_answer_is_one_request(end: End, *, fresh: bool) -> None:
    for method in METHODS:
        transport = AioHttpTransport()
        async with Upstream(end) as up:
            error = await failure(transport, ask(up, method, fresh=fresh))
            await transport.aclose()
        assert facts(error) == ("closed", True)
        assert [seen.method for seen in up.requests] == [method]


@pytest.mark.parametrize("end", [CLOSE, RESET])
async def test_a_lost_answer_on_a_used_connection_is_one_request(end: End) -> None:
    for method in METHODS:
        transport = AioHttpTransport()
        async with Upstream(in_turn(reply(), end)) as up:
            await transport.send(ask(up))
            error = await failure(transport, ask(up, method))
            await transport.aclose()
        assert facts(error) == ("closed", True)
        assert [(seen.method, seen.connection) for seen in up.requests] == [("GET", 1), (method, 1)]


async def test_a_connection_found_closed_is_not_sent(transport: AioHttpTransport) -> None:
    async with Upstream([reply(), CLOSE]) as up:
        await transport.send(ask(up, "POST"))
        assert facts(await failure(transport, ask(up, "POST"))) == ("closed", False)
        assert len(up.requests) == 1


async def test_the_log_would_show_a_repeat() -> None:
    async with Upstream(CLOSE) as up, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.get(up.url)
    assert len(up.requests) == 2, "aiohttp repeats no more: the transport may become simpler"


# ---- what is known after a failure

BROKEN: dict[str, tuple[Answer, Kind]] = {
    "hangs before the headers": (HANG, "timeout"),
    "hangs in the body": ([head(("Content-Length", "9")), b"abc", HANG], "timeout"),
    "drips": (drip(b"x" * 1000, every=0.01), "timeout"),
    "says 103 for ever": ([informational(), Pause(0.01)] * 1000, "timeout"),
    "drips its headers": ([b"HTTP/1.1 200 OK\r\n", *((b"X", Pause(0.01)) * 1000)], "timeout"),
    "promises more than it sends": ([reply(body=b"abc").replace(b" 3", b" 4"), CLOSE], "closed"),
    "sends a huge header": ([head(("X", "a" * 1_000_000)), CLOSE], "protocol"),
    "resets in the body": ([head(("Content-Length", "9")), b"abc", RESET], "closed"),
    "closes in the body": ([head(("Content-Length", "9")), b"abc", CLOSE], "closed"),
    "closes in a chunk": ([head(("Transfer-Encoding", "chunked")), b"9\r\nabc", CLOSE], "closed"),
    "closes in the headers": ([b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE], "closed"),
    "speaks no HTTP": ([b"220 mail.example.org ESMTP\r\n\r\n", CLOSE], "protocol"),
    "sends a million headers": (
        [b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n" * 1000] * 1000, CLOSE],
        "protocol",
    ),
    "sends a wrong chunk": ([head(("Transfer-Encoding", "chunked")), b"zz\r\n"], "protocol"),
    "sends a wrong gzip": (reply(body=b"{}", headers=[("Content-Encoding", "gzip")]), "protocol"),
}


@pytest.mark.parametrize(("answer", "kind"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_answer_is_sent(
    transport: AioHttpTransport, answer: Answer, kind: Kind
) -> None:
    within = 0.2 if kind == "timeout" else 30.0
    async with Upstream(answer) as up:
        for method in ["GET", "POST"]:
            error = await failure(transport, ask(up, method, within=within))
            assert facts(error) == (kind, True)
        assert [seen.method for seen in up.requests] == ["GET", "POST"]
        await wait_until(lambda: up.open == 0)


@pytest.fixture
def deaf() -> Iterator[str]:
    """The URL of a port that completes no connection: its backlog is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(2):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_a_connect_that_hangs_is_not_sent(transport: AioHttpTransport, deaf: str) -> None:
    request = HttpRequest("POST", f"{deaf}/{SECRET}", body=b"x", timeout=0.1)
    assert facts(await failure(transport, request)) == ("timeout", False)


async def test_a_refused_connection_is_not_sent(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        pass
    error = await failure(transport, ask(up, "POST"))
    assert facts(error) == ("connect", False)
    assert str(error).endswith("(ConnectionRefusedError)")


@pytest.mark.parametrize(
    ("host", "kind"), [("no-such-host.invalid", "dns"), ("a" * 64 + ".test", "protocol")]
)
async def test_an_unknown_host_is_not_sent(
    transport: AioHttpTransport, host: str, kind: Kind
) -> None:
    request = HttpRequest("POST", f"http://{host}/{SECRET}", body=b"x", timeout=5.0)
    assert facts(await failure(transport, request)) == (kind, False)


# ---- cancellation


async def cancelled(task: "asyncio.Task[HttpResponse]") -> bool:
    task.cancel()
    await asyncio.wait([task])
    return task.cancelled()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_cancelled_call_stays_cancelled_and_was_sent(
    transport: AioHttpTransport, method: str
) -> None:
    async with Upstream(HANG) as up:
        request = ask(up, method)
        task = asyncio.create_task(transport.send(request))
        await wait_until(lambda: request.mark.sent)
        await wait_until(lambda: up.requests)
        assert await cancelled(task)
        assert request.mark.sent
        await wait_until(lambda: up.open == 0)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_cut_anywhere_the_mark_is_true(transport: AioHttpTransport, method: str) -> None:
    sent = []

    def heard() -> int:
        return sum(octets > 0 for octets in up.octets)

    async with Upstream() as up:
        for steps in itertools.count():
            request = ask(up, method, fresh=True)
            task = asyncio.create_task(transport.send(request))
            for _ in range(steps):
                await asyncio.sleep(0)
            whole = not await cancelled(task)
            sent.append(request.mark.sent)
            await wait_until(lambda: up.open == 0 and heard() == sum(sent))
            if whole:
                break
        assert heard() == sum(sent)
    assert 0 < sum(sent) < len(sent)


async def test_cancelled_calls_leave_the_pool_whole() -> None:
    transport = AioHttpTransport(connections=4)
    async with Upstream(lambda request: HANG if request.method == "GET" else reply()) as up:
        for _ in range(20):
            tasks = [asyncio.create_task(transport.send(ask(up))) for _ in range(20)]
            await asyncio.sleep(0)
            assert all([await cancelled(task) for task in tasks])
        answers = await asyncio.gather(*(transport.send(ask(up, "PUT")) for _ in range(40)))
        await transport.aclose()
    assert [answer.status for answer in answers] == [200] * 40
