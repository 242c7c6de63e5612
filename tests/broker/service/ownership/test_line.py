"""The line in front of a lease queue."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from service.amqp.errors import Denied, LinkLost, NoAnswer
from service.amqp.link import Link
from service.ownership.line import LeaseQueue, Line, answers, seed
from tests.support.broker import Broker, OwnNames
from tests.support.leases import declare, outsider, read
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


@pytest.fixture
async def proxy(broker: Broker) -> AsyncIterator[Proxy]:
    async with Proxy.before(broker.url) as proxy:
        yield proxy


@pytest.fixture
async def place(broker: Broker, names: OwnNames, proxy: Proxy) -> AsyncIterator[LeaseQueue]:
    queue = await declare(broker.url, names)
    async with Link(proxy.through(broker.url), name="lease", heartbeat=3) as link:
        yield LeaseQueue(link, queue)


@pytest.fixture
async def line(place: LeaseQueue) -> AsyncIterator[Line]:
    line = Line(place)
    await line.join()
    yield line
    await line.leave()


async def test_the_message_is_held_and_replaced(place: LeaseQueue, line: Line) -> None:
    await seed(LeaseQueue(place.link, place.queue), b"not needed: somebody stands there")
    await line.publish(b"1")
    assert await line.receive() == b"1"
    assert not await line.followed()
    await line.publish(b"2")
    assert await line.followed()
    line.drop()
    line.drop()
    assert await line.receive() == b"2"


async def test_the_next_in_the_line_gets_what_was_held(place: LeaseQueue, line: Line) -> None:
    async with AsyncExitStack() as stack:
        others = [Line(place), Line(place)]
        for other in others:
            await other.join()
            stack.push_async_callback(other.leave)
        await line.publish(b"1")
        assert await line.receive() == b"1"
        await line.leave()
        assert await others[0].receive() == b"1"
        await others[0].leave()
        assert await others[1].receive() == b"1"


async def test_only_an_empty_queue_is_seeded(broker: Broker, place: LeaseQueue) -> None:
    await seed(place, b"1")
    await seed(place, b"2")
    async with outsider(broker.url, place.queue) as one:
        assert await one.take() == b"1"


async def test_a_queue_that_somebody_consumes_is_not_seeded(
    broker: Broker, place: LeaseQueue
) -> None:
    await seed(place, b'{"seq": 7}')
    async with outsider(broker.url, place.queue) as one:
        await one.take()
        await seed(place, b"2")
    assert (await read(broker.url, place.queue)).seq == 7


async def visit(line: Line, then: Callable[[], None]) -> None:
    """Wait for the message while something happens."""
    async with line.lasting():
        then()
        await line.receive()


async def test_breaking_off_interrupts_whatever_waits(line: Line) -> None:
    told: list[str] = []
    line.over = told.append

    def enough() -> None:
        line.break_off("enough")
        line.break_off("twice")

    with pytest.raises(LinkLost, match="enough"):
        await visit(line, enough)
    line.break_off("afterwards")
    assert told == ["enough"]


async def test_the_visit_is_over_when_the_connection_is(proxy: Proxy, line: Line) -> None:
    told: list[str] = []
    line.over = told.append
    with pytest.raises(LinkLost):
        await visit(line, proxy.cut)
    assert len(told) == 1


async def test_nothing_works_before_one_has_joined(place: LeaseQueue) -> None:
    line = Line(place)
    with pytest.raises(LinkLost, match="does not stand in this line"):
        await line.publish(b"1")
    await line.leave()


async def test_a_missing_queue_is_told(names: OwnNames, place: LeaseQueue) -> None:
    missing = LeaseQueue(place.link, names.lease("missing"))
    with pytest.raises(Denied, match="NOT_FOUND"):
        await seed(missing, b"1")
    assert not await answers(missing.link, missing.queue, 1.0)
    assert await answers(place.link, place.queue, 1.0)


async def test_a_silent_broker_is_told(proxy: Proxy, place: LeaseQueue, line: Line) -> None:
    proxy.pause("down")
    with pytest.raises(NoAnswer):
        await line.followed(within=0.1)
    assert not await answers(place.link, place.queue, 0.1)
    proxy.resume()


async def test_a_queue_that_does_not_answer_is_noted(place: LeaseQueue) -> None:
    with pytest.raises(NoAnswer, match="has no leader"):
        await seed(place, b"1", within=0.0)
    assert place.queue in place.link.silent


async def test_a_queue_that_was_silent_is_asked_on_a_connection_apart_first(
    proxy: Proxy, place: LeaseQueue
) -> None:
    await wait_until(lambda: place.link.up)
    place.link.silent.add(place.queue)
    before = proxy.connections
    await seed(place, b"1")
    assert not place.link.silent
    assert proxy.connections == before
