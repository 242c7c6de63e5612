import asyncio
import gc
import json
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from clients._gate import HandedBack
from contracts import InvalidRequest, Names
from service.amqp.consumer import Full
from service.amqp.errors import NotPublished, Refused, Unconfirmed, Unroutable, Unsendable
from service.answer import Answer
from service.desk import Desk
from service.envelope import Envelope, Reader
from service.memory import Memory
from service.metrics import Metrics
from service.post import Post
from tests.support.clock import QuickClock
from tests.support.edge import FakeDelivery, FakePublisher, Sent
from tests.support.messages import FakeMessage, FakeProperties
from tests.support.wait import wait_until

GOOD = Answer(True, b"{}")


async def good(_: object, __: Envelope) -> Answer:
    return GOOD


Handle = Callable[[Any, Envelope], Awaitable[Answer]]


async def through(
    delivery: FakeDelivery, publisher: FakePublisher, handle: Handle = good
) -> list[Sent]:
    post = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    desk = Desk(post, Reader(Names()), handle)
    desk.take(delivery)  # type: ignore[arg-type]
    assert len(desk) == 1
    assert await desk.drained(5.0)
    assert len(desk) == 0
    return publisher.sent


async def test_a_reply_is_confirmed_before_the_ack() -> None:
    delivery = FakeDelivery(properties=FakeProperties(reply_to="amq.gen-1", correlation_id="c"))
    sent = await through(delivery, FakePublisher())
    assert delivery.settled == "ack"
    assert [(one.exchange, one.key, one.mandatory) for one in sent] == [("", "amq.gen-1", True)]
    assert sent[0].message.correlation_id == "c"


async def test_without_reply_to_it_goes_to_the_exchange_of_replies() -> None:
    sent = await through(FakeDelivery(), FakePublisher())
    assert [(one.exchange, one.key) for one in sent] == [("hub.replies", "-.notion.get_page")]


async def test_a_failure_is_a_reply() -> None:
    async def refuse(_: object, __: Envelope) -> Answer:
        raise InvalidRequest("no")

    sent = await through(FakeDelivery(), FakePublisher(), refuse)
    assert json.loads(sent[0].message.body)["code"] == "invalid_request"


async def test_a_bug_costs_one_request_and_is_a_reply() -> None:
    async def fail(_: object, __: Envelope) -> Answer:
        raise KeyError("secret")

    delivery = FakeDelivery()
    sent = await through(delivery, FakePublisher(), fail)
    assert json.loads(sent[0].message.body)["code"] == "internal"
    assert b"secret" not in sent[0].message.body
    assert delivery.settled == "ack"


async def test_a_bug_at_the_edge_itself_is_buried() -> None:
    class Broken(FakePublisher):
        async def publish(self, exchange: str, *words: Any, **_: Any) -> None:  # noqa: ANN401
            if exchange != "hub.dead":
                raise ZeroDivisionError
            self.sent.append(Sent(exchange, words[0], words[1], True))

    delivery = FakeDelivery(properties=FakeProperties(user_id="alice"))
    (letter,) = await through(delivery, Broken())
    assert (letter.exchange, letter.message.headers["hub-user"]) == ("hub.dead", "alice")
    assert delivery.settled == "ack"


async def test_where_the_reply_has_no_room_no_call_is_made() -> None:
    """Its queue has just refused one: the request is kept, to be asked again."""
    publisher, calls = FakePublisher(), list[Envelope]()
    post = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]

    async def fill(_: object, envelope: Envelope) -> Answer:
        calls.append(envelope)
        post.full["amq.gen-full"] = post.clock.now()
        if len(calls) > 1:
            raise HandedBack
        return GOOD

    async def see_through(to: str) -> FakeDelivery:
        delivery = FakeDelivery(properties=FakeProperties(reply_to=to))
        desk.take(delivery)  # type: ignore[arg-type]
        assert await desk.drained(5.0)
        return delivery

    desk = Desk(post, Reader(Names()), fill)
    await see_through("amq.gen-other")
    assert (await see_through("amq.gen-full")).settled == "ack"
    (_, buried) = publisher.sent
    assert (buried.exchange, buried.message.headers["hub-reason"]) == ("hub.dead", "reply_refused")
    assert len(calls) == 1
    post.full.clear()
    assert (await see_through("amq.gen-full")).settled == "ack"  # it turned out on the way
    assert publisher.sent[-1].exchange == "hub.dead"
    assert len(calls) == 2


async def test_what_found_no_room_is_not_kept_in_memory() -> None:
    post = Post(FakePublisher(), Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    post.full["amq.gen-full"] = post.clock.now()
    desk, kept = Desk(post, Reader(Names()), good), []
    for _ in range(3):
        delivery = FakeDelivery(properties=FakeProperties(reply_to="amq.gen-full"))
        kept.append(weakref.ref(delivery))
        desk.take(delivery)  # type: ignore[arg-type]
        assert await desk.drained(5.0)
        assert delivery.settled == "ack"
    del delivery
    await asyncio.sleep(0)
    gc.collect()
    assert [one() for one in kept] == [None] * 3


async def test_what_is_handed_back_is_left_alone() -> None:
    async def back(delivery: FakeDelivery, _: Envelope) -> Answer:
        delivery.recall.set_result(None)
        raise HandedBack

    delivery = FakeDelivery()
    assert await through(delivery, FakePublisher(), back) == []
    assert delivery.settled == "requeue"


async def test_what_was_handed_back_and_stays_here_is_asked_again() -> None:
    """Its reply's queue was full, and has room again; nobody else gets the request meanwhile."""
    asked = list[object]()

    async def back_once(delivery: object, _: Envelope) -> Answer:
        asked.append(delivery)
        if len(asked) == 1:
            raise HandedBack
        return GOOD

    delivery = FakeDelivery()
    assert len(await through(delivery, FakePublisher(), back_once)) == 1
    assert (delivery.settled, len(asked)) == ("ack", 2)


@pytest.mark.parametrize(
    ("headers", "flaw", "reason"),
    [
        ({"CC": ["x"]}, "", "forbidden_header"),
        ({}, "header_too_deep", "header_too_deep"),
    ],
)
async def test_what_is_never_answered_is_buried(
    headers: Mapping[str, Any], flaw: str, reason: str
) -> None:
    properties = FakeProperties(message_id="m-9", user_id="alice")
    delivery = FakeDelivery(b"body", headers=headers, flaw=flaw, properties=properties)
    sent = await through(delivery, FakePublisher())
    assert (sent[0].exchange, sent[0].key) == ("hub.dead", "notion.get_page")
    told = {k: v for k, v in sent[0].message.headers.items() if not k.startswith("ce-")}
    assert told.pop("hub-detail")
    assert told == {
        "hub-reason": reason,
        "hub-user": "alice",
        "hub-message-id": "m-9",
        "idempotency-key": "m-9",
    }
    assert sent[0].message.body == b"body"
    assert delivery.settled == "ack"


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(Unroutable("nobody"), "reply_unroutable"), (Unsendable("too large"), "reply_unsendable")],
)
async def test_a_reply_that_nobody_takes_is_buried(failure: NotPublished, reason: str) -> None:
    delivery = FakeDelivery(properties=FakeProperties(reply_to="amq.gen-1"))
    sent = await through(delivery, FakePublisher([failure]))
    assert sent[0].message.headers["hub-reason"] == reason
    assert delivery.settled == "ack"


async def test_a_reply_that_nobody_is_bound_for_is_counted_and_done() -> None:
    delivery = FakeDelivery()
    assert await through(delivery, FakePublisher([Unroutable("nobody")])) == []
    assert delivery.settled == "ack"


async def test_a_reply_that_is_refused_is_buried() -> None:
    delivery = FakeDelivery()
    sent = await through(delivery, FakePublisher([Refused("full")]))
    assert sent[0].message.headers["hub-reason"] == "reply_refused"
    assert delivery.settled == "ack"


async def test_a_reply_of_which_nothing_is_known_is_offered_while_the_channel_lives() -> None:
    delivery = FakeDelivery()
    sent = await through(delivery, FakePublisher([Unconfirmed("silence")] * 3))
    assert [one.exchange for one in sent] == ["hub.replies"]
    assert delivery.settled == "ack"
    lost = FakeDelivery(alive=2)
    assert await through(lost, FakePublisher([Unconfirmed("silence")] * 3)) == []
    assert lost.settled == ""


@pytest.mark.parametrize(
    ("failure", "settled"), [(Unsendable("odd"), "reject"), (Unconfirmed("silence"), "ack")]
)
async def test_a_dead_letter_that_cannot_be_sent(failure: NotPublished, settled: str) -> None:
    delivery = FakeDelivery(headers={"CC": "x"})
    await through(delivery, FakePublisher([failure]))
    assert delivery.settled == settled


async def test_progress_is_told_and_nobody_waits_for_it() -> None:
    publisher = FakePublisher([Unconfirmed("silence")])
    post = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    desk = Desk(post, Reader(Names()), good)
    for place in (1, 2):
        desk.promise(Reader(Names()).read(FakeMessage(), 0.0), place, 0.5)
    assert await desk.drained(5.0)
    assert [json.loads(one.message.body)["place"] for one in publisher.sent] == [2]


async def test_what_takes_too_long_is_given_up_unanswered() -> None:
    async def hang(_: object, __: Envelope) -> Answer:
        await asyncio.Event().wait()
        return GOOD

    publisher = FakePublisher()
    post = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    desk = Desk(post, Reader(Names()), hang)
    desk.take(FakeDelivery())  # type: ignore[arg-type]
    assert not await desk.drained(0.01)
    await desk.give_up()
    assert await desk.drained(0.0)
    assert len(desk) == 0
    assert publisher.sent == []


async def test_what_cannot_be_answered_ends_unless_a_redelivery_joins_it() -> None:
    hold = Held()
    publisher = FakePublisher()
    post = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    desk = Desk(post, Reader(Names()), hold)
    named, nameless, stopped = (
        FakeDelivery(properties=FakeProperties(message_id=id_)) for id_ in ("m", None, None)
    )
    for delivery in (named, nameless, stopped):
        desk.take(delivery)  # type: ignore[arg-type]
    await wait_until(lambda: hold.began == 3)
    named.lose()
    nameless.lose()
    stopped.recall.set_result(None)
    await wait_until(lambda: len(desk) == 2)
    hold.go.set()
    assert await desk.drained(5.0)
    assert [one.settled for one in (named, nameless, stopped)] == ["", "", "ack"]


@dataclass
class Held:
    """Answers nothing until it is let go."""

    go: asyncio.Event = field(default_factory=asyncio.Event)
    began: int = 0

    async def __call__(self, _: object, __: Envelope) -> Answer:
        self.began += 1
        await self.go.wait()
        return GOOD


async def test_what_does_not_fit_is_not_taken_until_there_is_room_again() -> None:
    clock, handle = QuickClock(), Held()
    post = Post(FakePublisher(), Names(), "/hub/a", clock, Metrics())  # type: ignore[arg-type]
    desk = Desk(post, Reader(Names()), handle, Memory(most=10))
    assert desk.age == 0.0
    bodies = [FakeDelivery(b"{    }"), FakeDelivery(b"{}"), FakeDelivery(b"{ }")]
    desk.take(bodies[0])  # type: ignore[arg-type]
    clock.advance(5.0)
    desk.take(bodies[1])  # type: ignore[arg-type]
    with pytest.raises(Full) as full:
        desk.take(bodies[2])  # type: ignore[arg-type]
    assert (full.value.held, len(desk), desk.age) == (2, 2, 5.0)
    handle.go.set()
    await full.value.emptied()
    assert (len(desk), desk.age) == (0, 0.0)
    desk.take(bodies[2])  # type: ignore[arg-type]
    assert await desk.drained(5.0)
    assert [one.settled for one in bodies] == ["ack"] * 3
