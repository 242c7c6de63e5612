"""Messages as Gmail has them: written as RFC 5322, read as a tree of parts.

https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages#Message
"""

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from contracts.google import NewEmail

_CHARSET: Final = "utf-8"
_HEAD: Final = {"subject": "subject", "from": "sender", "to": "to", "cc": "cc", "date": "date"}


def written(new: NewEmail) -> str:
    """Return a new message, in URL-safe Base64."""
    message = EmailMessage(SMTP)
    for name, addresses in (("To", new.to), ("Cc", new.cc), ("Bcc", new.bcc)):
        if addresses:
            message[name] = ", ".join(addresses)
    message["Subject"] = new.subject
    message.set_content(new.body, subtype="html" if new.html else "plain")
    return base64.urlsafe_b64encode(message.as_bytes()).decode()


def head(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    """Return a message with what matters of its head, without its parts."""
    found = {one["name"].lower(): one["value"] for one in said["payload"].get("headers", [])}
    rest = {name: value for name, value in said.items() if name != "payload"}
    return rest | {ours: found.get(theirs) for theirs, ours in _HEAD.items()}


def read(said: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a message with its text and its attachments."""
    parts = list(_parts(said["payload"]))
    files = [one for one in parts if one.get("filename")]
    return head(said) | {
        "text": _text(parts, "text/plain"),
        "html": _text(parts, "text/html"),
        "attachments": [_attachment(one) for one in files],
    }


def _parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ahead = [payload]
    while ahead:
        part = ahead.pop()
        yield part
        ahead += reversed(part.get("parts", []))


def _text(parts: list[dict[str, Any]], kind: str) -> str | None:
    bodies = [
        _decoded(one["body"]["data"], one)
        for one in parts
        if one.get("mimeType") == kind and not one.get("filename") and one["body"].get("data")
    ]
    return "\n".join(bodies) if bodies else None


def _decoded(data: str, part: dict[str, Any]) -> str:
    raw = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    try:
        return raw.decode(_CHARSET)
    except UnicodeDecodeError:
        return raw.decode(_charset(part), errors="replace")


def _charset(part: dict[str, Any]) -> str:
    declared = EmailMessage()
    for one in part.get("headers", []):
        if one["name"].lower() == "content-type":
            declared["Content-Type"] = one["value"]
    return declared.get_content_charset(_CHARSET)


def _attachment(part: dict[str, Any]) -> dict[str, Any]:
    return {
        "filename": part["filename"],
        "mime_type": part["mimeType"],
        "size_bytes": part["body"]["size"],
        "attachment_id": part["body"].get("attachmentId"),
    }
