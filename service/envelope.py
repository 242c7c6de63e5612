"""What a message asks for: pure, from properties and headers to an `Envelope` or a refusal.

The fields are those of design section 3.2.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, TypeGuard

from contracts import Facts, FieldError, InvalidRequest
from contracts import _names as wire

FARTHEST: Final = 600.0
"""Seconds: a deadline further ahead is cut to this."""

_LONGEST_TRACE: Final = 512  # https://www.w3.org/TR/trace-context/#tracestate-limits
_BROKERS_QUEUE: Final = re.compile(r"amq\.(gen-|rabbitmq\.reply-to(\.|$))")
_WORD: Final = re.compile(r"[^.\s*#]+")
_FORBIDDEN: Final = frozenset({"cc", "bcc", "x-death", wire.STAGE_HEADER, wire.STATUS_HEADER})
_OURS: Final = ("hub.reply.", "hub.event.")


class Properties(Protocol):
    """AMQP's own properties, as far as the envelope needs them."""

    reply_to: str | None
    correlation_id: str | None
    message_id: str | None
    user_id: str | None
    content_encoding: str | None


class Incoming(Protocol):
    """A delivery, as far as the envelope needs it."""

    @property
    def body(self) -> bytes:
        """The parameters, as they came."""
        ...

    @property
    def routing_key(self) -> str:
        """The operation."""
        ...

    @property
    def headers(self) -> Mapping[str, Any]:
        """All headers."""
        ...

    @property
    def properties(self) -> Properties:
        """AMQP's own."""
        ...

    @property
    def flaw(self) -> str:
        """Why the decoder had to mend it, or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """Everything about a request but its parameters."""

    operation: str
    request_id: str
    named: bool
    """Whether the asker gave the id: without one only safe operations run."""
    keyed: bool
    """Whether it came as `idempotency-key`: then a record is kept of safe ones too."""
    user: str
    reply_to: str | None
    correlation_id: str
    expires: float | None
    """Seconds since 1970 UTC."""
    progress: bool = False
    fresh: bool = False
    """Neither cache nor shared calls."""
    trace: Mapping[str, str] | None = None
    odd_id: bool = False
    """Whether the id that the asker gave is none: then one was made up for the reply."""

    @property
    def integration(self) -> str:
        """Whom it is for."""
        return wire.integration_of(self.operation)


class DeadLetter(Exception):
    """A message that is never answered; the text is the detail."""

    def __init__(self, reason: str, detail: str, outcome: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        """One of `contracts._dead_letters.REASONS`."""
        self.detail = detail
        self.outcome = outcome
        """``ok`` or the failure's code, where there is an outcome that cannot be delivered."""


@dataclass(frozen=True)
class Reader:
    """Reads envelopes under one hub's rules."""

    names: wire.Names
    largest: int = 256 * 1024
    """Bytes of a body."""
    identified: bool = False
    """Whether an access file is set: then nobody without `user_id` has a queue of its own."""
    own_user: str | None = None
    """The hub's user at the broker: it alone may speak for others."""

    def read(self, message: Incoming, now: float) -> Envelope:
        """Return the envelope.

        Raises:
            DeadLetter: it must never be answered.
        """
        headers, properties = message.headers, message.properties
        self._refuse_laundered(message, headers)
        user = self._user(properties.user_id, headers)
        reply_to = properties.reply_to or None
        if reply_to and not self._may_hear(reply_to, properties.user_id, user):
            raise DeadLetter(
                "reply_to_forbidden", f"{reply_to[:128]!r} is not the asker's own queue."
            )
        keyed = wire.REQUEST_ID_HEADER in headers
        given = given_id(message)
        fits = _fits(given)
        request_id = str(given) if fits else secrets.token_hex(16)
        return Envelope(
            operation=message.routing_key,
            request_id=request_id,
            named=fits,
            keyed=keyed and fits,
            odd_id=given is not None and not fits,
            user=user,
            reply_to=reply_to,
            correlation_id=properties.correlation_id or request_id,
            expires=_moment(headers.get(wire.EXPIRY_HEADER), now),
            progress="progress" in str(headers.get(wire.ACCEPT_HEADER, "")),
            fresh=headers.get(wire.CACHE_HEADER) == "no-cache",
            trace=_trace(headers),
        )

    def check(self, message: Incoming, envelope: Envelope) -> None:
        """Look at what may be answered with a sentence.

        Raises:
            InvalidRequest: id, deadline, encoding or size are not as they should be.
        """
        if message.properties.content_encoding not in {None, "", "identity", "utf-8"}:
            raise _wrong("content_encoding", "send the parameters uncompressed")
        if len(message.body) > self.largest:
            raise _wrong("", f"the body is over {self.largest} bytes")
        if envelope.odd_id:
            raise _wrong("message_id", f"1 to {wire.LONGEST_NAME} bytes of printable text")
        if envelope.expires is not None and envelope.expires < 0:
            raise _wrong(wire.EXPIRY_HEADER, "RFC 3339 in UTC, as 2026-01-31T12:00:00Z")

    def _refuse_laundered(self, message: Incoming, headers: Mapping[str, Any]) -> None:
        if message.flaw:
            raise DeadLetter(message.flaw, "A property of the message cannot be decoded.")
        for name in headers:
            if name.lower() in _FORBIDDEN:
                raise DeadLetter("forbidden_header", f"A request may not have {name[:64]!r}.")
        if str(headers.get(wire.TYPE_HEADER, "")).startswith(_OURS):
            raise DeadLetter(
                "forbidden_header",
                "A reply or an event is not a request. Look for bindings to the request exchange: "
                "rabbitmqctl list_bindings.",
            )

    def _user(self, vouched: str | None, headers: Mapping[str, Any]) -> str:
        user = vouched or wire.NOBODY
        for_whom = _text(headers.get(wire.FOR_HEADER))
        if _fits(for_whom) and (not self.identified or user == self.own_user):
            return for_whom
        return user

    def _may_hear(self, reply_to: str, vouched: str | None, user: str) -> bool:
        """Return whether the reply may go there; for whom our own user asks may hear it too."""
        if self._allowed(reply_to, vouched):
            return True
        named = None if user == wire.NOBODY else user
        return vouched is not None and vouched == self.own_user and self._allowed(reply_to, named)

    def _allowed(self, reply_to: str, user: str | None) -> bool:
        if _BROKERS_QUEUE.match(reply_to):
            return True
        start = f"{self.names.replies}."
        if not reply_to.startswith(start) or (user is None and self.identified):
            return False
        owner, *more = reply_to.removeprefix(start).split(".")
        plain = len(more) <= 1 and all(_WORD.fullmatch(word) for word in (owner, *more))
        return plain and user in {None, owner}


def _wrong(field: str, message: str) -> InvalidRequest:
    error = FieldError(field=field, message=message)
    return InvalidRequest(f"{field or 'body'}: {message}.", Facts(errors=(error,)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def given_id(message: Incoming) -> Any:  # noqa: ANN401  (what an asker may write)
    """Return the request id that an asker gave, whatever it is; None if there is none."""
    if wire.REQUEST_ID_HEADER in message.headers:
        return message.headers[wire.REQUEST_ID_HEADER]
    return message.properties.message_id or message.headers.get(wire.ID_HEADER)


def _fits(given: Any) -> TypeGuard[str]:  # noqa: ANN401  (what an asker may write)
    return isinstance(given, str) and wire.is_name(given)


def _moment(value: object, now: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return -1.0
    if not isinstance(value, datetime):
        return -1.0
    aware = value if value.tzinfo else value.replace(tzinfo=UTC)
    return max(0.0, min(aware.timestamp(), now + FARTHEST))


def _trace(headers: Mapping[str, Any]) -> Mapping[str, str] | None:
    found = {name: _text(headers.get(name)) for name in ("traceparent", "tracestate")}
    return {
        name: value for name, value in found.items() if 0 < len(value) <= _LONGEST_TRACE
    } or None
