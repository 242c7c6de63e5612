from typing import Any

import pytest

from clients._redact import Redactor
from service.dead.letter import MOST_SHOWN, Letter, epitaph, read_letter, row, whole
from service.envelope import DeadLetter
from tests.support.messages import FakeMessage, FakeProperties

SECRET = "s3cr3t-key"
PLAIN = Redactor()


def buried(body: bytes = b"{}", **given: Any) -> Letter:  # noqa: ANN401
    """What is read of the letter that is written of a message."""
    headers = given.pop("headers", {})
    message = FakeMessage(body, headers=headers, properties=FakeProperties(**given))
    why = DeadLetter("reply_unroutable", "No queue takes it.", "ok")
    written = epitaph(message, why, "alice") | {"ce-id": "l-1", "ce-time": "2026-01-31T12:00:00Z"}
    kept = FakeProperties(message_id="fresh", correlation_id=given.get("correlation_id"))
    return read_letter(FakeMessage(body, headers=written, properties=kept))


def test_what_is_written_is_read_again() -> None:
    letter = buried(
        message_id="m-1",
        correlation_id="c-1",
        reply_to="amq.gen-1",
        headers={"idempotency-key": "k-1", "traceparent": "00-1-2-01", "hub-accept": "progress"},
    )
    assert letter == Letter(
        id="l-1",
        at="2026-01-31T12:00:00Z",
        operation="notion.get_page",
        user="alice",
        reason="reply_unroutable",
        detail="No queue takes it.",
        outcome="ok",
        message_id="m-1",
        request_id="k-1",
        correlation_id="c-1",
        reply_to="amq.gen-1",
        carried={"traceparent": "00-1-2-01"},
        body=b"{}",
    )
    assert (letter.integration, letter.key) == ("notion", "k-1")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"message_id": "m-1"}, "m-1"),
        ({"message_id": None, "headers": {"ce-id": "e-1"}}, "e-1"),
        ({"message_id": None}, "l-1"),
        ({"headers": {"idempotency-key": 7}}, "l-1"),
        ({"headers": {"idempotency-key": "k" * 300}}, "l-1"),
        ({"message_id": "m\n"}, "l-1"),
    ],
)
def test_a_replay_has_the_id_that_counted(given: dict[str, Any], key: str) -> None:
    assert buried(**given).key == key


def test_what_no_hub_wrote_is_a_letter_too() -> None:
    odd = FakeMessage(
        b"\xff", "", {"ce-id": 7, "hub-reason": b"x"}, FakeProperties(message_id=None)
    )
    letter = read_letter(odd)
    assert (letter.reason, letter.user, letter.operation) == ("unknown", "-", "")
    assert len(letter.id) == 32
    assert letter.id != read_letter(FakeMessage(b"\xfe")).id
    shown = whole(letter, PLAIN)
    assert (shown["body"], shown["encoding"], shown["params"]) == ("/w==", "base64", None)
    assert "newer one" in shown["do"]
    assert shown["replayable"] is False


def test_a_row_has_its_parameters_without_secrets() -> None:
    letter = buried(b'{"text": "s3cr3t-key \\u0041", "s3cr3t-key": [1, {"a": "s3cr3t-key"}]}')
    shown = row(letter, Redactor([SECRET]))
    assert shown["params"] == {"text": "*** A", "***": [1, {"a": "***"}]}
    assert shown["size"] == len(letter.body)
    assert SECRET not in str(whole(letter, Redactor([SECRET])))


@pytest.mark.parametrize("body", [b"[1]", b"{", b'{"a": "' + b"x" * 5000 + b'"}'])
def test_what_is_no_object_or_too_long_is_in_no_row(body: bytes) -> None:
    assert row(buried(body), PLAIN)["params"] is None


def test_a_body_that_is_too_long_is_cut_and_says_so() -> None:
    shown = whole(buried(b"x" * (MOST_SHOWN + 1)), PLAIN)
    assert (len(shown["body"]), shown["cut"]) == (MOST_SHOWN, True)
    assert whole(buried(), PLAIN)["cut"] is False


def test_one_letter_says_what_happened_and_what_to_do() -> None:
    shown = whole(buried(), PLAIN)
    assert "the queue for its reply was gone" in shown["when"]
    assert "replay" in shown["do"]
