"""Messages: written so that they arrive, read whatever they are made of."""

import base64
from email import message_from_bytes, policy
from typing import Any, Final

import pytest
from pydantic import ValidationError

from clients.google import mail
from contracts import google

MESSAGE: Final = {"to": ["ada@example.com"], "subject": "Hello", "body": "It works."}


def written(**params: Any) -> Any:  # noqa: ANN401
    """The message as its receiver reads it."""
    new = google.SendEmail.model_validate({**MESSAGE, **params})
    raw = base64.urlsafe_b64decode(mail.written(new))
    return message_from_bytes(raw, policy=policy.default)


def part(kind: str, text: bytes, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    data = base64.urlsafe_b64encode(text).decode().rstrip("=")
    return {"mimeType": kind, "body": {"size": len(text), "data": data}, **more}


def test_a_message_arrives_as_it_was_written() -> None:
    text = "Grüße\n" + "x" * 2000 + "\n\x00"
    message = written(
        cc=["bob@example.com"], bcc=["c@example.com"], subject="Grüße " * 50, body=text
    )
    both = (message["To"], message["Cc"], message["Bcc"])
    assert both == ("ada@example.com", "bob@example.com", "c@example.com")
    assert message["Subject"].strip() == ("Grüße " * 50).strip()
    assert message.get_content().replace("\r\n", "\n") == text + "\n"


def test_html_is_html() -> None:
    assert written(body="<p>x</p>", html=True).get_content_type() == "text/html"


@pytest.mark.parametrize("subject", ["é \u202e", "=?utf-8?q?x?=", "a" * 900, "🍄" * 200, ""])
def test_any_subject_can_be_written(subject: str) -> None:
    assert written(subject=subject)["To"] == "ada@example.com"


@pytest.mark.parametrize("breaks", ["\n", "\r", "\x85", "\u2028", "\u2029", "\x0b", "\x1c"])
def test_nobody_adds_a_header(breaks: str) -> None:
    evil = f"x{breaks}Bcc: eve@example.com"
    with pytest.raises(ValidationError, match="subject"):
        written(subject=evil)
    with pytest.raises(ValidationError, match="to"):
        written(to=[f"ada@example.com{breaks}"])


@pytest.mark.parametrize(
    "address", ["Ada <ada@example.com>", "a@b", "a@b..c", ".a@b.c", "a,b@c.d", "a@b.c, d@e.f"]
)
def test_an_address_is_one_plain_address(address: str) -> None:
    with pytest.raises(ValidationError, match="to"):
        written(to=[address])


@pytest.mark.parametrize("charset", ["iso-8859-1", '"ISO-8859-1"'])
def test_text_of_another_charset_is_read(charset: str) -> None:
    kind = [
        {"name": "X", "value": "y"},
        {"name": "Content-Type", "value": f"text/plain; charset={charset}"},
    ]
    said = {"id": "1", "payload": part("text/plain", "Grüße".encode("latin-1"), headers=kind)}
    assert mail.read(said)["text"] == "Grüße"


def test_text_of_no_charset_at_all_is_read() -> None:
    assert mail.read({"payload": part("text/plain", b"Gr\xfc")})["text"] == "Gr\ufffd"


def test_a_text_file_is_no_text() -> None:
    parts = [
        part("text/plain", b"one"),
        part("text/plain", b"file", filename="notes.txt"),
        part("text/plain", b"two"),
    ]
    found = mail.read({"payload": {"mimeType": "multipart/mixed", "body": {}, "parts": parts}})
    assert found["text"] == "one\ntwo"
    assert [one["filename"] for one in found["attachments"]] == ["notes.txt"]


def test_a_thousand_parts_in_each_other_are_read() -> None:
    inner: dict[str, Any] = part("text/plain", b"deep")
    for _ in range(5000):
        inner = {"mimeType": "multipart/mixed", "body": {}, "parts": [inner]}
    assert mail.read({"payload": inner})["text"] == "deep"
