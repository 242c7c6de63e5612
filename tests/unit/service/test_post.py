from dataclasses import replace

import pytest

from contracts import Names
from service.amqp.errors import NotPublished, Refused, Unconfirmed, Unroutable, Unsendable
from service.answer import Answer
from service.envelope import DeadLetter, Envelope
from service.metrics import Metrics
from service.post import FULL_WITHIN, Post
from tests.support.clock import QuickClock
from tests.support.edge import FakeDelivery, FakePublisher
from tests.support.messages import FakeProperties

GOOD = Answer(True, b"{}")


def post(*failures: NotPublished | None) -> tuple[Post, FakePublisher]:
    publisher = FakePublisher([*failures])
    made = Post(publisher, Names(), "/hub/a", QuickClock(), Metrics())  # type: ignore[arg-type]
    return made, publisher


def envelope(reply_to: str | None) -> Envelope:
    return Envelope("notion.get_page", "r-1", True, False, "-", reply_to, "c-1", None)


@pytest.mark.parametrize(
    ("reply_to", "failures", "exchanges"),
    [
        ("amq.gen-1", [], [""]),
        ("amq.gen-1", [Unconfirmed("x"), Unconfirmed("x")], [""]),
        ("amq.gen-1", [Unroutable("x")], ["hub.dead"]),
        ("amq.gen-1", [Refused("x")], ["hub.dead"]),
        (None, [], ["hub.replies"]),
        (None, [Unroutable("x")], []),
    ],
)
async def test_where_an_outcome_ends_up(
    reply_to: str | None, failures: list[NotPublished], exchanges: list[str]
) -> None:
    sender, publisher = post(*failures)
    delivery = FakeDelivery()
    await sender.reply(delivery, envelope(reply_to), GOOD)  # type: ignore[arg-type]
    assert [one.exchange for one in publisher.sent] == exchanges
    assert delivery.settled == "ack"


async def test_a_dead_letter_is_a_cloud_event_with_short_headers() -> None:
    sender, publisher = post()
    delivery = FakeDelivery(b"body", properties=FakeProperties(message_id="m" * 300))
    why = DeadLetter("forbidden_header", "d" * 900)
    await sender.bury(delivery, why, "u" * 300)  # type: ignore[arg-type]
    headers = publisher.sent[0].message.headers
    assert headers["ce-type"] == "hub.dead.forbidden_header.v1"
    assert headers["ce-source"] == "/hub/a"
    lengths = {name: len(str(headers[name])) for name in ("hub-user", "hub-message-id")}
    assert lengths == {"hub-user": 255, "hub-message-id": 255}
    assert len(str(headers["hub-detail"])) == 500


async def test_what_is_acknowledged_says_so_and_what_is_buried_does_not() -> None:
    heard: list[str] = []
    answer = replace(GOOD, acknowledged=lambda: heard.append("heard"))
    for failures in ([], [Unroutable("x")]):
        sender, _ = post(*failures)
        await sender.reply(FakeDelivery(), envelope("amq.gen-1"), answer)  # type: ignore[arg-type]
        assert heard == ["heard"]


async def test_what_has_lost_its_channel_is_offered_no_more() -> None:
    sender, publisher = post()
    delivery = FakeDelivery(alive=0)
    await sender.reply(delivery, envelope("amq.gen-1"), GOOD)  # type: ignore[arg-type]
    assert publisher.sent == []


@pytest.mark.parametrize("reply_to", ["amq.gen-1", None])
async def test_a_reply_that_cannot_travel_is_a_dead_letter_with_its_reason(
    reply_to: str | None,
) -> None:
    sender, publisher = post(Unsendable("the key is too long"))
    delivery = FakeDelivery()
    await sender.reply(delivery, envelope(reply_to), GOOD)  # type: ignore[arg-type]
    (buried,) = publisher.sent
    assert buried.message.headers["hub-reason"] == "reply_unsendable"
    assert buried.message.headers["hub-detail"] == "the key is too long"
    assert delivery.settled == "ack"


async def test_a_full_queue_is_waited_for_once() -> None:
    sender, publisher = post(Refused("x"), None, Refused("x"), None, None, None)

    async def wait_of(reply_to: str) -> float:
        await sender.reply(FakeDelivery(), envelope(reply_to), GOOD)  # type: ignore[arg-type]
        return publisher.patience[-1 if publisher.sent[-1].exchange == "" else -2]

    now = sender.clock.now()
    assert await wait_of("amq.gen-full") == now + FULL_WITHIN
    assert await wait_of("amq.gen-full") == now
    assert await wait_of("amq.gen-other") == now + FULL_WITHIN
    assert await wait_of("amq.gen-full") == now
    assert await wait_of("amq.gen-full") == now + FULL_WITHIN


async def test_a_queue_that_was_full_long_ago_is_waited_for_again() -> None:
    sender, publisher = post(Refused("x"))
    clock = sender.clock
    assert isinstance(clock, QuickClock)
    await sender.reply(FakeDelivery(), envelope("amq.gen-1"), GOOD)  # type: ignore[arg-type]
    clock.advance(61)
    await sender.reply(FakeDelivery(), envelope("amq.gen-1"), GOOD)  # type: ignore[arg-type]
    assert publisher.patience[-1] == clock.now() + FULL_WITHIN


async def test_the_full_queues_that_are_known_are_bounded() -> None:
    sender, _ = post()
    for number in range(2000):
        sender._note_full(f"q-{number}")
    assert len(sender.full) == 1024
    assert "q-1999" in sender.full
