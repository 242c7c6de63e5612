"""A dead letter: what is written into it, and what is read out of it again."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clients._redact import Redactor
from contracts import _names as wire
from contracts._dead_letters import REASONS
from service.envelope import DeadLetter, Incoming, given_id
from service.strict_json import NotJson, read_object

MOST_SHOWN: Final = 256 * 1024
"""Characters of a body that are shown."""
_MOST_LISTED: Final = 4096
"""Bytes of parameters that a list shows."""
_DETAIL_CUT: Final = 500
_NAME_CUT: Final = 255
_CARRIED: Final = ("traceparent", "tracestate", wire.CACHE_HEADER)
"""Headers of the request that a replay has again."""
_CARRIED_CUT: Final = 512
_TEXTS: Final = (
    *("id", "at", "operation", "user", "reason", "detail", "outcome"),
    *("message_id", "request_id", "reply_to"),
)
_UNKNOWN: Final = "No hub wrote this letter, or a newer one did: look at it, and drop it."


def epitaph(message: Incoming, why: DeadLetter, user: str) -> dict[str, str]:
    """Return the headers of the letter that a message becomes; its body stays."""
    id_ = given_id(message)
    found = {
        wire.REASON_HEADER: why.reason,
        wire.DETAIL_HEADER: why.detail[:_DETAIL_CUT],
        wire.USER_HEADER: user[:_NAME_CUT],
        wire.OUTCOME_HEADER: why.outcome,
        wire.MESSAGE_HEADER: (message.properties.message_id or "")[:_NAME_CUT],
        wire.REQUEST_ID_HEADER: id_ if isinstance(id_, str) and wire.is_name(id_) else "",
        wire.REPLY_TO_HEADER: (message.properties.reply_to or "")[:_NAME_CUT],
    }
    found |= {name: _text(message.headers, name)[:_CARRIED_CUT] for name in _CARRIED}
    return {name: value for name, value in found.items() if value}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a dead letter says; texts are empty where it says nothing."""

    id: str
    at: str
    """When it was written, RFC 3339."""
    operation: str
    user: str
    """Who asked."""
    reason: str
    detail: str
    outcome: str
    """``ok`` or the failure's code, where an outcome could not be delivered."""
    message_id: str
    request_id: str
    correlation_id: str
    reply_to: str
    carried: Mapping[str, str]
    body: bytes

    @property
    def integration(self) -> str:
        """Whom it was for."""
        return wire.integration_of(self.operation)

    @property
    def key(self) -> str:
        """The request id that a replay has: one without any gets that of the letter."""
        return self.request_id or self.id


def read_letter(message: Incoming) -> Letter:
    """Return what a message in the queue of dead letters says; whatever it is, it is one."""
    headers = message.headers
    return Letter(
        id=_text(headers, wire.ID_HEADER) or _digest(message),
        at=_text(headers, wire.TIME_HEADER),
        operation=message.routing_key,
        user=_text(headers, wire.USER_HEADER) or wire.NOBODY,
        reason=_text(headers, wire.REASON_HEADER) or "unknown",
        detail=_text(headers, wire.DETAIL_HEADER),
        outcome=_text(headers, wire.OUTCOME_HEADER),
        message_id=_text(headers, wire.MESSAGE_HEADER),
        request_id=_text(headers, wire.REQUEST_ID_HEADER),
        correlation_id=message.properties.correlation_id or "",
        reply_to=_text(headers, wire.REPLY_TO_HEADER),
        carried={name: text for name in _CARRIED if (text := _text(headers, name))},
        body=message.body,
    )


def row(letter: Letter, redact: Redactor) -> dict[str, Any]:
    """Return how a list shows a letter: JSON, without secrets."""
    reason = REASONS.get(letter.reason)
    shown: dict[str, Any] = {name: redact(getattr(letter, name)) for name in _TEXTS}
    return shown | {
        "size": len(letter.body),
        "params": _params(letter.body, redact) if len(letter.body) <= _MOST_LISTED else None,
        "replayable": bool(reason and reason.replayable),
    }


def whole(letter: Letter, redact: Redactor) -> dict[str, Any]:
    """Return how one letter is shown: its row, its body, and what to do about it."""
    reason = REASONS.get(letter.reason)
    text, encoding = _readable(letter.body)
    return row(letter, redact) | {
        "when": reason.when if reason else _UNKNOWN,
        "do": reason.do if reason else _UNKNOWN,
        "body": redact(text)[:MOST_SHOWN],
        "encoding": encoding,
        "cut": len(text) > MOST_SHOWN,
    }


def _params(body: bytes, redact: Redactor) -> Any:  # noqa: ANN401  (JSON)
    try:
        return redact.tree(read_object(body))
    except NotJson:
        return None


def _readable(body: bytes) -> tuple[str, str]:
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"


def _text(headers: Mapping[str, Any], name: str) -> str:
    value = headers.get(name)
    return value if isinstance(value, str) else ""


def _digest(message: Incoming) -> str:
    """Return an id for what no hub wrote."""
    told = f"{message.routing_key}\0{message.properties.message_id}\0".encode()
    return hashlib.sha256(told + message.body).hexdigest()[:32]
