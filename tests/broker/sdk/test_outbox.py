"""Publishing until the broker has it, whatever comes between."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractConnection
from pamqp.common import FieldTable

from contracts import Forbidden, InvalidRequest
from sdk import HubUnreachable, _amqp
from sdk._address import Address
from sdk._errors import Closed, Denied
from sdk._link import Link
from sdk._outbox import Letter, Outbox, _refusal
from tests.support.broker import OwnNames
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


@pytest.fixture
def queue(names: OwnNames) -> str:
    return names.reply_queue("test", "queue")


async def nothing(*_: object) -> None: ...


@asynccontextmanager
async def outbox_on(
    url: str, queue: str, arguments: FieldTable | None = None, confirm_within: float = 10
) -> AsyncIterator[tuple[Outbox, Link]]:
    link = Link(Address(url), nothing)
    await link.start(60)
    await _amqp.declare(await link.ready(), queue, arguments or {})
    try:
        yield Outbox(link, confirm_within), link
    finally:
        await link.aclose()


def letter(queue: str, message_id: str = "id", **more: Any) -> Letter:  # noqa: ANN401
    exchange = more.pop("exchange", "")
    return Letter(exchange, queue, Message(b"x", message_id=message_id, **more))


async def ids_in(url: str, queue: str) -> list[str]:
    """What the queue holds, in its order."""
    connection = await _amqp.connect(url)
    channel = await _amqp.open_channel(connection, confirms=False)
    found = await channel.get_queue(queue)
    held: list[str] = []
    while (message := await found.get(fail=False, no_ack=True)) is not None:
        held.append(message.message_id or "")
    await _amqp.disconnect(connection)
    return held


async def count_in(url: str, queue: str) -> int | None:
    connection = await _amqp.connect(url)
    channel = await _amqp.open_channel(connection, confirms=False)
    found = await channel.declare_queue(queue, passive=True)
    await _amqp.disconnect(connection)
    return found.declaration_result.message_count


async def test_none_waits_for_the_confirm_of_another(amqp_url: str, queue: str) -> None:
    """They are all on their way before the first confirm is back."""
    async with (
        Proxy.before(amqp_url) as proxy,
        outbox_on(proxy.through(amqp_url), queue) as (outbox, _),
    ):
        await outbox.publish(letter(queue, "first"))
        proxy.pause("down")
        many = [asyncio.create_task(outbox.publish(letter(queue, str(n)))) for n in range(1000)]
        await wait_until(lambda: proxy.passed("up") > 1000 * len(letter(queue).message.body))
        assert not any(one.done() for one in many)
        proxy.resume()
        await asyncio.gather(*many)
    assert await count_in(amqp_url, queue) == 1001


async def test_what_was_not_confirmed_goes_again_with_its_id(amqp_url: str, queue: str) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        outbox_on(proxy.through(amqp_url), queue) as (outbox, _),
    ):
        await outbox.publish(letter(queue, "first"))
        proxy.pause("down")
        many = [asyncio.create_task(outbox.publish(letter(queue, str(n)))) for n in range(100)]
        await wait_until(lambda: len(outbox._under_way) == 100)
        proxy.resume("up")
        proxy.cut()
        proxy.resume("down")
        await asyncio.gather(*many)
    copies = Counter(await ids_in(amqp_url, queue))
    assert set(copies) == {"first", *map(str, range(100))}
    assert set(copies.values()) <= {1, 2}


async def test_what_cannot_leave_waits_and_is_known_not_to_have_left(
    amqp_url: str, queue: str
) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        outbox_on(proxy.through(amqp_url), queue) as (outbox, link),
    ):
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        mine = letter(queue)
        sending = asyncio.create_task(outbox.publish(mine))
        await wait_until(lambda: len(outbox._under_way) == 1)
        before = mine.left
        await proxy.accept()
        await sending
        assert (before, mine.left) == (False, True)
    assert await ids_in(amqp_url, queue) == ["id"]


async def test_a_silent_channel_is_given_up_for_a_new_one(amqp_url: str, queue: str) -> None:
    """As that of a queue which has lost its leader: the connection itself is well."""
    async with (
        Proxy.before(amqp_url) as proxy,
        outbox_on(proxy.through(amqp_url), queue, confirm_within=0.2) as (outbox, link),
    ):
        await outbox.publish(letter(queue, "first"))
        lane = next(one for one in outbox._lanes if one._channel is not None)
        old = lane._channel
        proxy.pause("down")
        sending = asyncio.gather(*(outbox.publish(letter(queue, each)) for each in "ab"))
        await wait_until(lambda: lane._channel is not old)
        proxy.resume()
        async with asyncio.timeout(30):
            await sending
        assert link.up
    copies = Counter(await ids_in(amqp_url, queue))
    assert min(copies["a"], copies["b"]) >= 2


async def test_a_full_queue_is_waited_for(amqp_url: str, queue: str) -> None:
    full: FieldTable = {"x-max-length": 1, "x-overflow": "reject-publish"}
    async with outbox_on(amqp_url, queue, full) as (outbox, _):
        await outbox.publish(letter(queue, "first"))
        attempts: list[int] = []

        def needed() -> bool:
            attempts.append(1)
            return True

        second = letter(queue, "second")
        second.needed = needed
        sending = asyncio.create_task(outbox.publish(second))
        await wait_until(lambda: len(attempts) > 2)
        assert await count_in(amqp_url, queue) == 1
        assert not sending.done()
        assert (await ids_in(amqp_url, queue))[0] == "first"
        await sending
    assert await ids_in(amqp_url, queue) in ([], ["second"])


async def test_what_is_no_longer_needed_is_not_published(amqp_url: str, queue: str) -> None:
    async with outbox_on(amqp_url, queue) as (outbox, _):
        await outbox.publish(Letter("", queue, Message(b"x"), needed=lambda: False))
    assert await ids_in(amqp_url, queue) == []


async def test_copies_of_one_id_wait_for_each_other(amqp_url: str, queue: str) -> None:
    """aiormq finds a returned message by its id: the wrong one of two would fail."""
    async with outbox_on(amqp_url, queue) as (outbox, _):
        good = [outbox.publish(letter(queue)) for _ in range(3)]
        bad = outbox.publish(letter("no.such.queue"))
        *fine, refused = await asyncio.gather(*good, bad, return_exceptions=True)
    assert fine == [None, None, None]
    assert isinstance(refused, HubUnreachable)
    assert await ids_in(amqp_url, queue) == ["id", "id", "id"]


async def test_when_no_queue_takes_it_that_is_said(amqp_url: str, queue: str) -> None:
    async with outbox_on(amqp_url, queue) as (outbox, _):
        with pytest.raises(HubUnreachable, match="No queue takes the request"):
            await outbox.publish(letter("no.such.queue"))
        with pytest.raises(HubUnreachable, match="Nobody there"):
            await outbox.publish(Letter("", "no.such.queue", Message(b""), nobody="Nobody there"))


@pytest.mark.parametrize(
    ("more", "failure", "sentence"),
    [
        ({"exchange": "no.such.exchange"}, HubUnreachable, "No hub has prepared .* no exchange"),
        ({"user_id": "somebody-else"}, InvalidRequest, "The broker refused it: .*user_id"),
        ({"reply_to": "x" * 300}, InvalidRequest, "cannot travel as AMQP"),
        ({"headers": {"a": object()}}, InvalidRequest, "cannot travel as AMQP"),
    ],
)
async def test_what_the_broker_refuses_costs_the_neighbours_nothing(
    amqp_url: str, queue: str, more: dict[str, Any], failure: type[Exception], sentence: str
) -> None:
    async with outbox_on(amqp_url, queue) as (outbox, _):
        good = [outbox.publish(letter(queue, str(n))) for n in range(50)]
        bad = outbox.publish(letter(queue, "bad", **more))
        *fine, refused = await asyncio.gather(*good, bad, return_exceptions=True)
    assert fine == [None] * 50
    with pytest.raises(failure, match=sentence):
        raise refused if isinstance(refused, BaseException) else AssertionError
    assert set(await ids_in(amqp_url, queue)) == {str(n) for n in range(50)}


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        ("access to topic 'a.b' in exchange 'hub.requests' refused for user 'x'", True),
        ("access to topic 'a.c' in exchange 'hub.requests' refused for user 'x'", False),
        ("message size 3 is larger than configured max size 2", True),
        ("message size 4 is larger than configured max size 2", False),
        ("access to exchange 'hub.requests' refused for user 'x'", False),
        ("", False),
    ],
)
def test_whom_the_broker_means_is_read_from_its_words(words: str, blamed: bool) -> None:
    assert Letter("hub.requests", "a.b", Message(b"xxx")).is_blamed(Denied(403, words)) is blamed


@pytest.mark.parametrize(
    ("code", "failure"), [(403, Forbidden), (404, HubUnreachable), (406, InvalidRequest)]
)
def test_each_refusal_has_its_failure(code: int, failure: type[Exception]) -> None:
    assert isinstance(_refusal(Denied(code, "why")), failure)


async def test_a_link_that_is_closed_ends_whoever_waits(amqp_url: str, queue: str) -> None:
    async with (
        Proxy.before(amqp_url) as proxy,
        outbox_on(proxy.through(amqp_url), queue) as (outbox, link),
    ):
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        sending = asyncio.create_task(outbox.publish(letter(queue)))
        await wait_until(lambda: len(outbox._under_way) == 1)
        await link.aclose()
        with pytest.raises(Closed):
            await sending


async def test_one_channel_may_be_all_there_is(amqp_url: str, queue: str) -> None:
    """As with direct reply-to: when it falls silent, the whole connection is given up."""
    async with Proxy.before(amqp_url) as proxy, outbox_on(amqp_url, queue):

        async def attach(connection: AbstractConnection, _: object) -> None:
            outbox.use_only(await _amqp.open_channel(connection, confirms=True))

        link = Link(Address(proxy.through(amqp_url)), attach)
        outbox = Outbox(link, confirm_within=0.2)
        await link.start(60)
        await outbox.publish(letter(queue, "first"))
        proxy.pause("down")
        sending = asyncio.create_task(outbox.publish(letter(queue, "second")))
        await wait_until(lambda: not link.up)
        proxy.resume()
        async with asyncio.timeout(60):
            await sending
        await link.aclose()
    assert set(await ids_in(amqp_url, queue)) == {"first", "second"}
