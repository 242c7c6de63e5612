"""Answers, what never leaves, connections and the end, on both event loops."""

import asyncio
import contextlib
import time
import tracemalloc
from collections.abc import Iterator

import pytest

from clients._http import HttpRequest, TransportError
from clients._transport import AioHttpTransport
from tests.support.sending import METHODS, SECRET, ask, facts, failure
from tests.support.upstream import (
    HANG,
    Answer,
    Pause,
    Received,
    Step,
    Upstream,
    bomb,
    head,
    huge,
    in_turn,
    informational,
    reply,
)
from tests.support.wait import wait_until

pytestmark = pytest.mark.asyncio(loop_factories=["asyncio", "uvloop"])

MIB = 1024 * 1024

# ---- answers


async def test_an_answer_comes_back_whole(transport: AioHttpTransport) -> None:
    pairs = [("X-One", "a"), ("x-one", "b"), ("Content-Type", "text/plain"), ("X-Odd", "ä")]
    async with Upstream(reply(418, b"tea", headers=pairs)) as up:
        answer = await transport.send(ask(up))
    assert (answer.status, answer.body) == (418, b"tea")
    assert answer.headers == {
        "content-length": "3",
        "x-one": "a, b",
        "content-type": "text/plain",
        "x-odd": "\ufffd",
    }


@pytest.mark.parametrize("interim", [100, 103])
async def test_interim_answers_are_passed_over(transport: AioHttpTransport, interim: int) -> None:
    async with Upstream([informational(interim), informational(interim), reply(201)]) as up:
        assert (await transport.send(ask(up, "POST"))).status == 201


async def test_a_switch_of_protocols_is_an_answer(transport: AioHttpTransport) -> None:
    async with Upstream([head(("Upgrade", "x"), status=101), b"hello", HANG]) as up:
        assert (await transport.send(ask(up))).status == 101


async def test_a_body_may_be_gzip(transport: AioHttpTransport) -> None:
    async with Upstream(bomb(MIB)) as up:
        assert (await transport.send(ask(up))).body == bytes(MIB)


# ---- what never leaves


async def test_a_request_that_has_left_is_refused(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        for method in METHODS:
            request = ask(up, method)
            await transport.send(request)
            assert facts(await failure(transport, request)) == ("protocol", True)
            await transport.send(request.within(5.0))
        assert [seen.method for seen in up.requests] == [m for m in METHODS for _ in range(2)]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_waiting_for_a_connection_counts_and_is_not_sent(method: str) -> None:
    transport = AioHttpTransport(connections=1)
    async with Upstream(HANG) as up:
        first = asyncio.create_task(transport.send(ask(up)))
        await wait_until(lambda: up.requests)
        assert facts(await failure(transport, ask(up, method, within=0.05))) == ("timeout", False)
        first.cancel()
        await asyncio.wait([first])
        await transport.aclose()
    assert len(up.requests) == 1


@pytest.mark.parametrize("seconds", [0.0, -1.0])
async def test_no_time_is_not_sent(transport: AioHttpTransport, seconds: float) -> None:
    async with Upstream() as up:
        await transport.send(ask(up))
        assert facts(await failure(transport, ask(up, within=seconds))) == ("timeout", False)
    assert len(up.requests) == 1


BAD_HEADERS = ["a\r\nX: y", "a\nb", "a\rb", "a\0b", "\x7f", "é", "\ud800"]
BAD_URLS = [
    "",
    "/path",
    "//host/path",
    "host/path",
    "ftp://host/",
    "file:///etc/passwd",
    "http://",
    "http:///path",
    "http://user:word@host/",
    "http://host?a=b",
    "http://host/?",
    "http://host/#fragment",
    "http://host/a b",
    "http://host/\r\nX: y",
    "http://host/\0",
    "http://host/ä",
    "http://höst/",
    "http://2130706433/",
    "http://host:99999/",
]


@pytest.mark.parametrize("value", BAD_HEADERS)
async def test_a_bad_header_never_leaves(transport: AioHttpTransport, value: str) -> None:
    async with Upstream() as up:
        for method in ["GET", "POST"]:
            request = HttpRequest(method, up.url, (("X-Key", SECRET + value),), timeout=5.0)
            assert facts(await failure(transport, request)) == ("protocol", False)
        assert sum(up.octets) == 0


async def test_a_bad_url_never_leaves(transport: AioHttpTransport) -> None:
    for url in BAD_URLS:
        error = await failure(transport, HttpRequest("GET", url))
        assert facts(error) == ("protocol", False), url


async def test_a_bad_method_never_leaves(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        request = HttpRequest("GET / HTTP/1.1\r\nX: y", up.url)
        assert facts(await failure(transport, request)) == ("protocol", False)
        assert sum(up.octets) == 0


# ---- connections and bounds


async def test_connections_are_used_again(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        for method in METHODS:
            await transport.send(ask(up, method))
        assert up.connections == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_fresh_request_shares_no_connection(
    transport: AioHttpTransport, method: str
) -> None:
    async with Upstream() as up:
        for fresh in [False, True, True, False]:
            await transport.send(ask(up, method, fresh=fresh))
        assert [(seen.connection, seen.nth) for seen in up.requests] == [
            (1, 1),
            (2, 1),
            (3, 1),
            (1, 2),
        ]
        await wait_until(lambda: up.open == 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_answer_to_nobody_is_given_to_nobody(
    transport: AioHttpTransport, method: str
) -> None:
    said = asyncio.Event()

    def twice(request: Received) -> Iterator[Step]:
        yield reply(200)
        if request.connection == 1:
            yield Pause(0.01)
            yield reply(408)
            said.set()

    async with Upstream(twice) as up:
        await transport.send(ask(up))
        await said.wait()
        await asyncio.sleep(0)
        assert facts(await failure(transport, ask(up, method))) == ("closed", False)
        assert (await transport.send(ask(up, method))).status == 200
        assert [seen.connection for seen in up.requests] == [1, 2]


async def test_no_more_calls_at_once_than_connections() -> None:
    transport = AioHttpTransport(connections=3)
    busy: list[int] = []

    async def busily(_: Received) -> Answer:
        busy.append(1)
        at_once = sum(busy)
        await asyncio.sleep(0.001)
        busy.append(-1)
        return reply(body=b"%d" % at_once)

    async with Upstream(busily) as up:
        requests = [ask(up, "POST", fresh=bool(n % 2)) for n in range(20)]
        answers = await asyncio.gather(*map(transport.send, requests))
        assert max(int(answer.body) for answer in answers) == 3
        await transport.aclose()


# ---- bounds


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "answer",
    [huge(8 * MIB), bomb(200 * MIB), bomb(64 * MIB, "deflate")],
    ids=["huge", "gzip", "deflate"],
)
async def test_a_body_has_a_bound(method: str, answer: Answer) -> None:
    transport = AioHttpTransport(max_bytes=MIB)
    async with Upstream(answer) as up:
        tracemalloc.start()
        error = await failure(transport, ask(up, method))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert facts(error) == ("too_large", True)
        assert peak < 2 * MIB
        await wait_until(lambda: up.open == 0)
        await transport.aclose()


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip,deflate", "compress", "x", "", "br"])
async def test_a_chain_of_encodings_or_an_unknown_one_inflates_nothing(
    transport: AioHttpTransport, encoding: str
) -> None:
    async with Upstream(bomb(16 * MIB, encoding)) as up:
        tracemalloc.start()
        with contextlib.suppress(TransportError):
            assert len((await transport.send(ask(up))).body) < MIB
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2 * MIB


async def test_a_body_may_have_just_so_many_bytes() -> None:
    transport = AioHttpTransport(max_bytes=3)
    async with Upstream(in_turn(reply(body=b"abc"), reply(body=b"abcd"))) as up:
        assert (await transport.send(ask(up))).body == b"abc"
        assert facts(await failure(transport, ask(up))) == ("too_large", True)
        await transport.aclose()


# ---- closing


@pytest.mark.usefixtures("clean")
async def test_closing_ends_all_that_is_under_way() -> None:
    transport = AioHttpTransport(connections=2)
    async with Upstream(HANG) as up:
        requests = [ask(up, "POST") for _ in range(4)]
        tasks = [asyncio.create_task(failure(transport, request)) for request in requests]
        await wait_until(lambda: len(up.requests) == 2)
        await transport.aclose()
        errors = await asyncio.gather(*tasks)
        assert sorted(map(facts, errors)) == [("closed", False)] * 2 + [("closed", True)] * 2
        await wait_until(lambda: up.open == 0)


@pytest.mark.usefixtures("clean")
async def test_closing_leaves_nothing_open_and_is_for_good(transport: AioHttpTransport) -> None:
    async with Upstream() as up:
        await transport.send(ask(up))
        await transport.aclose()
        await wait_until(lambda: up.open == 0)
        assert facts(await failure(transport, ask(up))) == ("closed", False)
        await transport.aclose()
        assert up.connections == 1


async def test_a_time_limit_ends_with_its_call(transport: AioHttpTransport) -> None:
    async with Upstream(in_turn(reply(), HANG)) as up:
        await transport.send(ask(up, within=0.8))
        assert facts(await failure(transport, ask(up, within=1.0))) == ("timeout", True)
        task = asyncio.current_task()
        assert task is not None
        assert not task.cancelling()


async def test_a_cancellation_beats_the_time_limit(transport: AioHttpTransport) -> None:
    async with Upstream(HANG) as up:
        task = asyncio.create_task(transport.send(ask(up, within=1.0)))
        await wait_until(lambda: up.requests)
        time.sleep(1.0)  # noqa: ASYNC251  (both come in one turn of the loop)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


@pytest.mark.usefixtures("clean")
async def test_a_cancellation_while_closing_is_one(transport: AioHttpTransport) -> None:
    async with Upstream(HANG) as up:
        task = asyncio.create_task(transport.send(ask(up)))
        await wait_until(lambda: up.requests)
        task.cancel()
        await transport.aclose()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_what_may_not_leave_when_it_is_ready_does_not(transport: AioHttpTransport) -> None:
    async with Upstream() as up:

        async def second() -> bool:
            return up.connections > 1

        error = await failure(transport, HttpRequest("GET", up.url, may_leave=second))
        assert facts(error) == ("late", False)
        assert up.requests == []
        again = HttpRequest("GET", up.url).within(5.0, second)
        assert (await transport.send(again)).status == 200
