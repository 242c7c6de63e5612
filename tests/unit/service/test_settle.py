import pytest

from contracts import Names
from service.envelope import Envelope
from service.settle import Move, Published, Route, after, route


def envelope(reply_to: str | None, user: str = "-") -> Envelope:
    return Envelope("notion.get_page", "1", True, False, user, reply_to, "1", None)


@pytest.mark.parametrize(
    ("reply_to", "user", "expected"),
    [
        (None, "-", Route("hub.replies", "-.notion.get_page")),
        (None, "a.b c", Route("hub.replies", "a_b_c.notion.get_page")),
        ("hub.replies.x", "x", Route("", "hub.replies.x")),
        ("amq.gen-1", "x", Route("", "amq.gen-1")),
        ("amq.rabbitmq.reply-to.g1", "x", Route("", "amq.rabbitmq.reply-to.g1", mandatory=False)),
    ],
)
def test_where_a_reply_goes(reply_to: str | None, user: str, expected: Route) -> None:
    assert route(envelope(reply_to, user), Names()) == expected


@pytest.mark.parametrize(
    ("published", "asked_for", "move"),
    [
        ("confirmed", True, "ack"),
        ("unroutable", True, "dead_letter"),
        ("unroutable", False, "ack"),
        ("unsendable", True, "dead_letter"),
        ("unsendable", False, "dead_letter"),
        ("refused", True, "dead_letter"),
        ("unconfirmed", True, "leave"),
    ],
)
def test_what_becomes_of_the_request(published: Published, asked_for: bool, move: Move) -> None:
    assert after(published, asked_for=asked_for) == move
