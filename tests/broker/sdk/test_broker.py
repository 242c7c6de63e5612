"""An agent's whole way over a broker, with a stand-in for the hub at its end."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractIncomingMessage as Got

from contracts import Expired, InvalidRequest, UpstreamThrottled
from contracts import _names as wire
from contracts._events import Control
from sdk import Hub, HubUnreachable, _amqp
from sdk._address import Address
from sdk._broker import Broker
from sdk._errors import Refused
from sdk._waiting import Waiting
from tests.support.broker import OwnNames
from tests.support.proxy import Direction, Proxy
from tests.support.stub_hub import StubHub, ignore
from tests.support.wait import wait_until


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
    return Address(url).user


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
    held: list[Got] = []

    async def hold(request: Got) -> None:
        held.append(request)
        if len(held) == 500:
            await asyncio.gather(*(stub.reply(one) for one in reversed(held)))

    stub.respond = hold
    got = await asyncio.gather(*(hub.call("notion.x", n=n) for n in range(500)))
    assert [one["n"] for one in got] == [*range(500)]


async def test_a_slow_one_delays_nobody(hub: Hub, stub: StubHub) -> None:
    async def slow(request: Got) -> None:
        if request.routing_key != "notion.slow":
            await stub.reply(request)

    stub.respond = slow
    waiting = asyncio.ensure_future(hub.call("notion.slow"))
    await wait_until(lambda: stub.got)
    async with asyncio.timeout(30):
        await asyncio.gather(*(hub.call("notion.x") for _ in range(20)))
    assert not waiting.done()
    await stub.reply(stub.got[0])
    await waiting


async def test_repeats_of_a_reply_are_dropped(hub: Hub, stub: StubHub) -> None:
    async def thrice(request: Got) -> None:
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
    async def wait_in_line(request: Got) -> None:
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
    async def refuse(request: Got) -> None:
        await stub.reply(request, UpstreamThrottled("later"))

    stub.respond = refuse
    with pytest.raises(UpstreamThrottled, match="later"):
        await hub.call("notion.x")


async def test_what_is_no_reply_hurts_nobody(hub: Hub, stub: StubHub) -> None:
    async def garbage_first(request: Got) -> None:
        assert request.reply_to
        for body, headers in ((b"\xff", {}), (b"{", {"hub-stage": "accepted"})):
            message = Message(body, headers=dict(headers))
            await stub.channel.default_exchange.publish(message, request.reply_to)
        await stub.reply(request)

    stub.respond = garbage_first
    assert await hub.call("notion.x", n=1) == {"n": 1}


@pytest.mark.parametrize("way", ["up", "down"])
async def test_calls_in_flight_survive_cut_connections(
    amqp_url: str, names: OwnNames, stub: StubHub, way: Direction
) -> None:
    """Cut after so many bytes: before a confirm, after it, in the middle of a reply."""
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(proxy.through(amqp_url), prefix=names.prefix) as hub,
    ):
        ids = {f"id-{n}": n for n in range(500)}
        calls = [
            asyncio.ensure_future(hub.call("notion.x", n=ids[one], request_id=one)) for one in ids
        ]
        cuts = 0
        for passed in range(5_000, 50_000, 7_001):
            if all(one.done() for one in calls):
                break
            cuts += 1
            proxy.cut_after(passed, way)
            await wait_until(
                lambda: proxy._flows[way].left is None or all(one.done() for one in calls),
                within=20,
            )
        got = await asyncio.gather(*calls)
    assert [one["n"] for one in got] == [*ids.values()]
    assert set(stub.ids) == set(ids)
    assert cuts > 2


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
        await wait_until(lambda: all(one.confirmed for one in waiting_in(hub)))
        await proxy.refuse()
        proxy.cut()
        await asyncio.gather(*(stub.reply(one) for one in stub.got))
        await proxy.accept()
        assert len(await calls) == 100
    assert len(stub.got) == 100, "what the broker had confirmed was published again"


async def test_replies_to_a_queue_that_is_gone_are_asked_for_again(
    hub: Hub, amqp_url: str, stub: StubHub
) -> None:
    """Somebody deletes the queue for replies: those sent since are lost, so it asks once more."""
    stub.respond = ignore
    calls = asyncio.gather(*(hub.call("notion.x", n=n) for n in range(20)))
    await wait_until(lambda: len(stub.got) == 20)
    first = [*stub.ids]
    await wait_until(lambda: all(one.confirmed for one in waiting_in(hub)))
    stub.respond = stub.reply
    await stub.channel.queue_delete(str(stub.got[0].reply_to))
    assert len(await calls) == 20
    assert sorted(stub.ids) == sorted(first * 2), "the same ids again"
    del amqp_url


def waiting_in(hub: Hub) -> list[Waiting]:
    assert isinstance(hub._way, Broker)
    return [*hub._way._calls]


async def test_what_fails_when_it_is_asked_again_fails_the_call(
    hub: Hub, stub: StubHub, names: OwnNames
) -> None:
    stub.respond = ignore
    calls = [asyncio.ensure_future(hub.call("notion.x", n=n)) for n in range(2)]
    await wait_until(lambda: len(stub.got) == 2)
    await wait_until(lambda: all(one.confirmed for one in waiting_in(hub)))
    await stub.channel.queue_delete(names.queue("notion"))
    await stub.channel.queue_delete(str(stub.got[0].reply_to))
    for one in calls:
        with pytest.raises(HubUnreachable, match="No queue takes the request"):
            await one


async def test_by_direct_reply_to_every_call_is_asked_again(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    stub.respond = ignore
    async with (
        Proxy.before(amqp_url) as proxy,
        DirectHub(proxy.through(amqp_url), prefix=names.prefix) as hub,
    ):
        calls = asyncio.gather(*(hub.call("notion.x", n=n) for n in range(50)))
        await wait_until(lambda: len(stub.got) == 50)
        await wait_until(lambda: all(one.confirmed for one in waiting_in(hub)))
        assert {str(one.reply_to).partition(".g")[0] for one in stub.got} == {wire.DIRECT_REPLY}
        first = [*stub.ids]
        proxy.cut()
        await wait_until(lambda: len(stub.got) >= 100)
        stub.respond = stub.reply
        proxy.cut()
        got = await calls
    assert [one["n"] for one in got] == [*range(50)]
    assert set(stub.ids) == set(first)


class DirectHub(Hub):
    """As of a user who has no queue for replies."""

    def _make_way(self) -> Broker:
        way = super()._make_way()
        assert isinstance(way, Broker)
        way._inbox.direct = True
        return way


async def test_a_direct_reply_is_a_reply(amqp_url: str, names: OwnNames, stub: StubHub) -> None:
    async with DirectHub(amqp_url, prefix=names.prefix) as hub:
        assert await hub.call("notion.x", n=1) == {"n": 1}
    del stub


async def test_what_was_submitted_is_answered_to_whoever_bears_the_name_later(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    names.reply_queue(user_of(amqp_url), "mine")
    async with Hub(amqp_url, prefix=names.prefix, name="mine") as hub:
        ids = [await hub.submit("notion.x", n=n) for n in range(3)]
    assert stub.got[0].reply_to == f"{names.replies}.{user_of(amqp_url)}.mine"
    async with Hub(amqp_url, prefix=names.prefix, name="mine") as hub, hub.replies() as replies:
        got = [await anext(replies) for _ in ids]
    assert [one.request_id for one in got] == ids
    assert [one.result() for one in got] == [{"n": n} for n in range(3)]


async def test_of_later_replies_too_repeats_are_dropped(hub: Hub, stub: StubHub) -> None:
    async def thrice(request: Got) -> None:
        await stub.promise(request, 1, 1.0)
        for _ in range(3):
            await stub.reply(request)

    stub.respond = thrice
    first, second = [await hub.submit("notion.x", request_id="same", n=n) for n in (1, 2)]
    async with hub.replies() as replies:
        got = [await anext(replies), await anext(replies)]
    assert [one.result() for one in got] == [{"n": 1}, {"n": 2}], "an id may be submitted again"
    assert (first, second) == ("same", "same")


async def test_only_so_many_replies_are_remembered(hub: Hub) -> None:
    assert isinstance(hub._way, Broker)
    for n in range(10_010):
        hub._way._remember(Message(b"", correlation_id=str(n)))  # type: ignore[arg-type]
    assert len(hub._way._seen) == 10_000
    assert "10009" in hub._way._seen


async def test_events_come_as_long_as_somebody_listens(hub: Hub, stub: StubHub) -> None:
    async with hub.events("health.#") as events, hub.events() as everything:
        await stub.tell("limit.notion.low", {"n": 1})
        await stub.tell("health.notion.down", b"not json")
        await stub.tell("health.notion.down", {"n": 2})
        assert (await anext(events)).data == {"n": 2}
        assert [(await anext(everything)).key for _ in range(2)] == [
            "limit.notion.low",
            "health.notion.down",
        ]


async def test_an_order_is_given_under_its_own_user(
    hub: Hub, stub: StubHub, names: OwnNames, amqp_url: str
) -> None:
    with pytest.raises(HubUnreachable, match="No hub runs on this broker"):
        await hub.order("pause", "notion")
    heard = await stub.channel.declare_queue(exclusive=True)
    await heard.bind(names.control)

    async def obey(order: Got) -> None:
        assert order.user_id == user_of(amqp_url)
        told = Control.model_validate_json(order.body)
        did = {"instance": "a", "store": "s", "did": told.do, "id": told.id, "detail": "paused"}
        await stub.tell("hub.a.pause", did)

    await heard.consume(obey, no_ack=True)
    assert await hub.order("pause", "notion") == "paused"


async def test_leaving_ends_what_is_under_way(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    stub.respond = ignore
    names.reply_queue(user_of(amqp_url), "mine")
    async with Hub(amqp_url, prefix=names.prefix, name="mine") as hub:
        call = asyncio.ensure_future(hub.call("notion.x"))
        listening = asyncio.ensure_future(anext(hub.events()))
        await wait_until(lambda: stub.got)
    with pytest.raises(HubUnreachable, match="ask again with the same request id"):
        await call
    with pytest.raises(StopAsyncIteration):
        await listening


async def test_leaving_leaves_nothing_behind_at_once(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    """The queue for replies is deleted under its own consumer; that must not disturb the end."""
    before = asyncio.all_tasks()
    for n in range(20):
        async with Hub(amqp_url, prefix=names.prefix) as hub:
            await hub.call("notion.x", n=n)
        assert asyncio.all_tasks() == before
        assert not await exists(stub, str(stub.got[-1].reply_to))


async def exists(stub: StubHub, queue: str) -> bool:
    assert stub.connection is not None
    return await _amqp.queue_exists(stub.connection, queue)


async def test_leaving_without_a_connection_ends_it_too(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(proxy.through(amqp_url), prefix=names.prefix) as hub,
    ):
        await proxy.refuse()
        proxy.cut()
        assert isinstance(hub._way, Broker)
        link = hub._way._link
        await wait_until(lambda: not link.up)
        call = asyncio.ensure_future(hub.call("notion.x"))
        await asyncio.sleep(0)
    with pytest.raises(HubUnreachable, match="was left"):
        await call
    assert stub.got == []


async def test_a_call_that_expires_knows_whether_it_left(
    hub: Hub, amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    stub.respond = ignore
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(proxy.through(amqp_url), prefix=names.prefix) as cut_off,
    ):
        await proxy.refuse()
        proxy.cut()
        both = (one.call("notion.x", within=1.0) for one in (hub, cut_off))
        failures = await asyncio.gather(*both, return_exceptions=True)
    assert [one.facts.outcome for one in failures if isinstance(one, Expired)] == [
        "unknown",
        "not_sent",
    ]
    await wait_until(lambda: len(stub.got) == 1)


async def test_a_reply_that_nobody_waits_for_any_more_is_dropped(hub: Hub, stub: StubHub) -> None:
    stub.respond = ignore
    call = asyncio.create_task(hub.call("notion.x"))
    await wait_until(lambda: stub.got)
    call.cancel()
    await asyncio.wait([call])
    await stub.reply(stub.got[0])
    stub.respond = stub.reply
    assert await hub.call("notion.x", n=1) == {"n": 1}


async def test_a_request_that_cannot_travel_is_refused_and_the_next_is_fine(
    hub: Hub, stub: StubHub
) -> None:
    with pytest.raises(InvalidRequest, match="1 to 255 bytes"):
        await hub.call("notion." + "x" * 300)
    assert await hub.call("notion.x", n=1) == {"n": 1}
    assert len(stub.got) == 1


async def test_a_broker_that_no_hub_has_prepared_says_so(amqp_url: str, names: OwnNames) -> None:
    way = Broker(Address(amqp_url, names.prefix), "")
    with pytest.raises(HubUnreachable, match="There is no way to a hub"):
        await way._link.start(0)
    await wait_until(lambda: "no hub has prepared this broker" in way._link.reason)
    assert "`hub serve`" in way._link.reason
    await way.aclose(taken=False)


async def test_an_agent_may_start_before_its_hub(amqp_url: str, names: OwnNames) -> None:
    hub = Hub(amqp_url, prefix=names.prefix)
    entering = asyncio.ensure_future(hub.__aenter__())
    await asyncio.sleep(0)
    async with StubHub(amqp_url, names):
        async with asyncio.timeout(30):
            await entering
        assert await hub.call("notion.x", n=1) == {"n": 1}
        await hub.__aexit__(None, None, None)


async def test_a_queue_for_later_replies_may_be_the_operators(
    amqp_url: str, names: OwnNames, stub: StubHub
) -> None:
    """With arguments of its own: whoever declared it, it is used as it is."""
    queue = names.reply_queue(user_of(amqp_url), "mine")
    await stub.channel.declare_queue(queue, durable=True, arguments={"x-max-length": 1000})
    async with Hub(amqp_url, prefix=names.prefix, name="mine") as hub:
        await hub.submit("notion.x", n=1)
        async for reply in hub.replies():
            assert reply.result() == {"n": 1}
            break


async def test_a_queue_for_later_replies_that_nobody_may_declare_is_missing(amqp_url: str) -> None:
    connection = await _amqp.connect(amqp_url)
    way = Broker(Address(amqp_url, prefix="amq"), "mine")  # reserved: refused to everybody
    try:
        with pytest.raises(Refused, match=r"may not declare the queue 'amq\.replies\..*\.mine'"):
            await way._keep_later(connection)
    finally:
        await _amqp.disconnect(connection)
