import pytest

from contracts import Names
from service.amqp.errors import NotPublished, Refused, Unconfirmed, Unroutable
from service.answer import Answer
from service.envelope import DeadLetter, Envelope
from service.metrics import Metrics
from service.post import Post
from tests.support.clock import QuickClock
from tests.support.edge import FakeDelivery, FakePublisher
from tests.support.messages import FakeProperties

GOOD = Answer(True, b"{}")


def post(*failures: NotPublished) -> tuple[Post, FakePublisher]:
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


async def test_what_has_lost_its_channel_is_offered_no_more() -> None:
    sender, publisher = post()
    delivery = FakeDelivery(alive=0)
    await sender.reply(delivery, envelope("amq.gen-1"), GOOD)  # type: ignore[arg-type]
    assert publisher.sent == []
