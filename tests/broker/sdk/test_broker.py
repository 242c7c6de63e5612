"""An agent's whole way over a broker, with a stand-in for the hub at its end."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aio_pika.abc import AbstractIncomingMessage

from contracts import UpstreamThrottled
from contracts import _names as wire
from sdk import Hub, _broker
from tests.support.broker import OwnNames
from tests.support.proxy import Proxy
from tests.support.stub_hub import StubHub, ignore
from tests.support.wait import wait_until

Message = AbstractIncomingMessage


@pytest.fixture
async def stub(amqp_url: str, names: OwnNames) -> AsyncIterator[StubHub]:
    async with StubHub(amqp_url, names) as one:
        yield one


@pytest.fixture
async def hub(amqp_url: str, names: OwnNames, stub: StubHub) -> AsyncIterator[Hub]:  # noqa: ARG001
    names.reply_queue(user_of(amqp_url), "mine")
    async with Hub(amqp_url, prefix=names.prefix, name="mine") as one:
        yield one


def user_of(url: str) -> str:
    return _broker.Address(url).user


async def test_a_request_and_its_reply_are_those_of_the_design(
    hub: Hub, stub: StubHub, amqp_url: str, names: OwnNames
) -> None:
    assert await hub.call("notion.get_page", page_id="x", within=30) == {"page_id": "x"}
    sent = stub.got[0]
    assert sent.exchange == names.requests
    assert sent.routing_key == "notion.get_page"
    assert sent.user_id == user_of(amqp_url)
    assert str(sent.reply_to).startswith(f"{names.replies}.{user_of(amqp_url)}.")
    assert set(sent.headers) == {wire.EXPIRY_HEADER}


async def test_each_of_many_gets_its_own_reply(hub: Hub, stub: StubHub) -> None:
    """Those that are answered last were asked first."""
    held: list[Message] = []

    async def hold(request: Message) -> None:
        held.append(request)
        if len(held) == 500:
            await asyncio.gather(*(stub.reply(one) for one in reversed(held)))

    stub.respond = hold
    got = await asyncio.gather(*(hub.call("notion.x", n=n) for n in range(500)))
    assert [one["n"] for one in got] == [*range(500)]


async def test_a_slow_one_delays_nobody(hub: Hub, stub: StubHub) -> None:
    async def slow(request: Message) -> None:
        if request.routing_key != "notion.slow":
            await stub.reply(request)

    stub.respond = slow
    waiting = asyncio.ensure_future(hub.call("notion.slow"))
    await wait_until(lambda: stub.got)
    async with asyncio.timeout(5):
        await asyncio.gather(*(hub.call("notion.x") for _ in range(20)))
    assert not waiting.done()
    await stub.reply(stub.got[0])
    await waiting


async def test_repeats_of_a_reply_are_dropped(hub: Hub, stub: StubHub) -> None:
    async def thrice(request: Message) -> None:
        for _ in range(3):
            await stub.reply(request)

    stub.respond = thrice
    for n in range(5):
        assert await hub.call("notion.x", n=n) == {"n": n}


async def test_two_calls_of_one_id_are_both_answered(hub: Hub, stub: StubHub) -> None:
    both = await asyncio.gather(*(hub.call("notion.x", request_id="same", n=1) for _ in range(2)))
    assert both == [{"n": 1}, {"n": 1}]
    assert stub.ids == ["same", "same"]


async def test_progress_is_told_until_the_reply_is_there(hub: Hub, stub: StubHub) -> None:
    async def wait_in_line(request: Message) -> None:
        assert request.headers[wire.ACCEPT_HEADER] == "progress"
        await stub.promise(request, None, None)
        await stub.promise(request, 4, 1.5)
        await stub.reply(request)
        await stub.promise(request, 0, 0.0)

    stub.respond = wait_in_line
    heard: list[tuple[int | None, float | None]] = []
    await hub.call("notion.x", progress=lambda *said: heard.append(said))
    assert heard == [(None, None), (4, 1.5)]


async def test_a_failure_is_raised_as_its_class(hub: Hub, stub: StubHub) -> None:
    async def refuse(request: Message) -> None:
        await stub.reply(request, UpstreamThrottled("later"))

    stub.respond = refuse
    with pytest.raises(UpstreamThrottled, match="later"):
        await hub.call("notion.x")


async def test_what_is_no_reply_hurts_nobody(hub: Hub, stub: StubHub) -> None:
    async def garbage_first(request: Message) -> None:
        assert request.reply_to
        for body, headers in ((b"\xff", {}), (b"{", {"hub-stage": "accepted"})):
            message = _broker.Message(body, headers=dict(headers))
            await stub.channel.default_exchange.publish(message, request.reply_to)
        await stub.reply(request)

    stub.respond = garbage_first
    assert await hub.call("notion.x", n=1) == {"n": 1}


@asynccontextmanager
async def agent_through(
    proxy: Proxy, url: str, names: OwnNames, *, user: str = ""
) -> AsyncIterator[Hub]:
    hub = Hub(proxy.through(url), prefix=names.prefix)
    async with hub:
        yield hub
    del user


async def test_calls_in_flight_survive_cut_connections(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    """Before the confirm, between confirm and reply, and while the reply is on its way."""
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(proxy.through(amqp_url), prefix=names.prefix) as hub,
    ):
        calls = asyncio.gather(
            *(hub.call("notion.x", n=n, request_id=f"id-{n}") for n in range(500))
        )
        for passed in (40_000, 40_000, 80_000):
            proxy.cut_after(passed, "up")
            await wait_until(lambda: proxy._flows["up"].left is None, within=20)
        got = await calls
    assert [one["n"] for one in got] == [*range(500)]
    copies = Counter(stub.ids)
    assert set(copies) == {f"id-{n}" for n in range(500)}


async def test_replies_that_come_while_it_is_away_are_there_afterwards(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    stub.respond = ignore
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(proxy.through(amqp_url), prefix=names.prefix) as hub,
    ):
        calls = asyncio.gather(*(hub.call("notion.x", n=n) for n in range(100)))
        await wait_until(lambda: len(stub.got) == 100)
        await wait_until(lambda: all(one.confirmed for one in hub._way._calls))  # type: ignore[attr-defined]
        await proxy.refuse()
        proxy.cut()
        await asyncio.gather(*(stub.reply(one) for one in stub.got))
        await proxy.accept()
        assert len(await calls) == 100
    assert len(stub.got) == 100, "what the broker had confirmed was published again"
