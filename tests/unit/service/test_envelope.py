from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts import InvalidRequest, Names
from service.envelope import FARTHEST, DeadLetter, Envelope, Reader
from tests.support.messages import FakeMessage, FakeProperties

NOW = 1_800_000_000.0
OPEN = Reader(Names())
CLOSED = Reader(Names(), identified=True, own_user="hub")


def read(
    reader: Reader = OPEN,
    headers: dict[str, Any] | None = None,
    flaw: str = "",
    **properties: str | None,
) -> Envelope:
    message = FakeMessage(headers=headers or {}, flaw=flaw, properties=FakeProperties(**properties))
    return reader.read(message, NOW)


def test_a_bare_message_is_enough() -> None:
    envelope = read(message_id=None)
    assert envelope.operation == "notion.get_page"
    assert envelope.integration == "notion"
    assert envelope.user == "-"
    assert not envelope.named
    assert len(envelope.request_id) == 32
    assert envelope.correlation_id == envelope.request_id
    assert envelope.expires is None
    assert (envelope.progress, envelope.fresh, envelope.keyed) == (False, False, False)


@pytest.mark.parametrize(
    ("headers", "message_id", "expected", "keyed"),
    [
        ({"idempotency-key": "k", "ce-id": "c"}, "m", "k", True),
        ({"ce-id": "c"}, "m", "m", False),
        ({"ce-id": "c"}, None, "c", False),
    ],
)
def test_the_request_id(
    headers: dict[str, Any], message_id: str | None, expected: str, keyed: bool
) -> None:
    envelope = read(headers=headers, message_id=message_id)
    assert (envelope.request_id, envelope.named, envelope.keyed) == (expected, True, keyed)


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("2027-01-15T08:00:10Z", 10.0),
        ("2027-01-15T09:00:10+01:00", 10.0),
        ("2027-01-15T08:00:10", 10.0),
        (datetime(2027, 1, 15, 8, 0, 10, tzinfo=UTC), 10.0),
        ("2099-01-01T00:00:00Z", FARTHEST),
        ("2020-01-01T00:00:00Z", 1577836800 - NOW),
    ],
)
def test_the_deadline(value: object, left: float) -> None:
    assert read(headers={"ce-expirytime": value}).expires == NOW + left


@pytest.mark.parametrize("value", ["soon", 12, b"x", "2027-13-01T00:00:00Z"])
def test_a_deadline_that_is_none_is_said(value: object) -> None:
    message = FakeMessage(headers={"ce-expirytime": value})
    envelope = OPEN.read(message, NOW)
    with pytest.raises(InvalidRequest, match="RFC 3339"):
        OPEN.check(message, envelope)


def test_wishes_and_trace() -> None:
    headers = {"hub-accept": "progress", "hub-cache": "no-cache", "traceparent": "00-1-2-01"}
    envelope = read(headers=headers)
    assert envelope.progress
    assert envelope.fresh
    assert envelope.trace == {"traceparent": "00-1-2-01"}
    assert read().trace is None


@pytest.mark.parametrize(
    ("reader", "user", "reply_to", "allowed"),
    [
        (OPEN, None, "amq.rabbitmq.reply-to.g1h2AA5", True),
        (OPEN, None, "amq.gen-JzTY20BRgKO", True),
        (OPEN, None, "hub.replies.alice", True),
        (OPEN, None, "hub.replies.alice.word", True),
        (OPEN, "alice", "hub.replies.alice.word", True),
        (CLOSED, "alice", "hub.replies.alice", True),
        (CLOSED, None, "amq.gen-x", True),
        (CLOSED, None, "hub.replies.alice", False),
        (OPEN, "alice", "hub.replies.bob", False),
        (OPEN, "alice", "hub.replies.alice.a.b", False),
        (OPEN, "al.ice", "hub.replies.al.ice", False),
        (OPEN, None, "hub.requests.notion", False),
        (OPEN, None, "hub.dead-letters", False),
        (OPEN, None, "hub.replies.", False),
        (OPEN, None, "hub.replies.*", False),
        (OPEN, None, "amq.topic", False),
        (OPEN, None, "anything", False),
    ],
)
def test_where_replies_may_go(
    reader: Reader, user: str | None, reply_to: str, allowed: bool
) -> None:
    if allowed:
        assert read(reader, user_id=user, reply_to=reply_to).reply_to == reply_to
        return
    with pytest.raises(DeadLetter) as dead:
        read(reader, user_id=user, reply_to=reply_to)
    assert dead.value.reason == "reply_to_forbidden"


@pytest.mark.parametrize(
    "headers",
    [
        {"CC": ["proxmox.delete_vm"]},
        {"BCC": ["x"]},
        {"x-death": [{"reason": "expired"}]},
        {"hub-stage": "final"},
        {"hub-status": "ok"},
        {"ce-type": "hub.reply.notion.get_page.v1"},
        {"ce-type": "hub.event.health.up.v1"},
    ],
)
def test_what_is_never_answered(headers: dict[str, Any]) -> None:
    with pytest.raises(DeadLetter) as dead:
        read(headers=headers)
    assert dead.value.reason == "forbidden_header"


def test_the_letter_of_an_event_says_where_it_may_come_from() -> None:
    """An agent that hears events can bind them to the requests: no right of RabbitMQ forbids it."""
    with pytest.raises(DeadLetter, match="rabbitmqctl list_bindings"):
        read(headers={"ce-type": "hub.event.hub.owns.v1"})


def test_what_the_decoder_had_to_mend_is_never_answered() -> None:
    with pytest.raises(DeadLetter) as dead:
        read(flaw="undecodable_property")
    assert dead.value.reason == "undecodable_property"


def test_a_requests_own_type_is_fine() -> None:
    assert read(headers={"ce-type": "hub.request.notion.get_page.v1"}).named


@pytest.mark.parametrize(
    ("reader", "user", "expected"),
    [
        (OPEN, None, "cli:root"),
        (OPEN, "alice", "cli:root"),
        (CLOSED, "hub", "cli:root"),
        (CLOSED, "alice", "alice"),
        (CLOSED, None, "-"),
    ],
)
def test_only_the_hub_speaks_for_others(reader: Reader, user: str | None, expected: str) -> None:
    assert read(reader, user_id=user, headers={"hub-for": "cli:root"}).user == expected


@pytest.mark.parametrize(
    ("reader", "user", "reply_to", "allowed"),
    [
        (CLOSED, "hub", "hub.replies.alice.word", True),
        (CLOSED, "hub", "hub.replies.hub.word", True),
        (CLOSED, "hub", "hub.replies.bob", False),
        (CLOSED, "mallory", "hub.replies.alice", False),
        (OPEN, "mallory", "hub.replies.alice", False),
    ],
)
def test_for_whom_our_own_user_asks_may_hear_the_reply(
    reader: Reader, user: str, reply_to: str, allowed: bool
) -> None:
    given: dict[str, Any] = {"headers": {"hub-for": "alice"}, "user_id": user, "reply_to": reply_to}
    if allowed:
        assert read(reader, **given).reply_to == reply_to
        return
    with pytest.raises(DeadLetter, match="not the asker's own"):
        read(reader, **given)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (FakeMessage(properties=FakeProperties(content_encoding="gzip")), "uncompressed"),
        (FakeMessage(body=b"x" * 300_000), "over 262144 bytes"),
        (FakeMessage(properties=FakeProperties(message_id="x" * 256)), "1 to 255"),
        (FakeMessage(properties=FakeProperties(message_id="é" * 200)), "1 to 255 bytes"),
        (FakeMessage(properties=FakeProperties(message_id="a\nb")), "printable"),
        (FakeMessage(headers={"idempotency-key": 7}), "printable"),
        (FakeMessage(headers={"idempotency-key": ""}), "printable"),
        (FakeMessage(headers={"idempotency-key": "x" * 60_000}), "1 to 255"),
    ],
)
def test_what_is_answered_with_a_sentence(message: FakeMessage, says: str) -> None:
    envelope = OPEN.read(message, NOW)
    with pytest.raises(InvalidRequest, match=says) as failure:
        OPEN.check(message, envelope)
    assert len(failure.value.facts.errors) == 1


def test_an_id_that_is_none_is_not_carried_on() -> None:
    envelope = read(headers={"idempotency-key": "x" * 60_000, "hub-for": "y" * 300})
    assert len(envelope.request_id) == len(envelope.correlation_id) == 32
    assert (envelope.named, envelope.keyed, envelope.user) == (False, False, "-")


@pytest.mark.parametrize("value", ["x" * 600, 7, ""])
def test_a_trace_that_is_none_is_left_out(value: object) -> None:
    assert read(headers={"tracestate": value}).trace is None


def test_a_good_message_passes() -> None:
    message = FakeMessage(properties=FakeProperties(content_encoding="utf-8"))
    OPEN.check(message, replace(OPEN.read(message, NOW), expires=NOW))
