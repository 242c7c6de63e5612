"""The final outcome of a request, and the message that carries it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Final, Literal

import structlog

from contracts import Facts, Failure, Internal, Problem
from contracts import _names as wire
from service.amqp.message import Message
from service.envelope import Envelope

Served = Literal["live", "coalesced", "cache", "replay", "sandbox"]

log = structlog.get_logger()

_OK: Final = "ok"
_FAILED: Final = "failed"


def _nothing() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One final outcome, ready to travel."""

    ok: bool
    body: bytes
    served: Served = "live"
    attempts: int = 0
    waited: float = 0.0
    """Seconds in the bucket's queue."""
    upstream: float = 0.0
    """Seconds the vendor took."""
    tokens_left: float | None = None
    acknowledged: Callable[[], None] = field(default=_nothing, compare=False, repr=False)
    """Told once the request is acknowledged, so that its record need not be kept for long."""

    @property
    def content_type(self) -> str:
        """JSON, or a problem in JSON."""
        return wire.JSON if self.ok else wire.PROBLEM_JSON

    @property
    def left(self) -> bool:
        """Whether anything of the call may have left a hub."""
        return self.ok or self.problem().outcome != "not_sent"

    def again(self, served: Served) -> "Answer":
        """Return the same outcome for another asker; a recording stays one."""
        served = "sandbox" if self.served == "sandbox" else served
        return replace(self, served=served, attempts=0, waited=0.0, upstream=0.0)

    def problem(self) -> Problem:
        """Return the problem that a failed one carries."""
        return Problem.model_validate_json(self.body)


def failed(failure: Failure, operation: str) -> Answer:
    """Return the outcome that a failure makes."""
    integration = wire.integration_of(operation)
    known = failure.knowing(operation=operation, integration=integration)
    body = known.problem().model_dump_json(exclude_none=True).encode()
    return Answer(ok=False, body=body, attempts=known.facts.attempts)


def bug(operation: str, *, doubt: bool) -> Internal:
    """Log the exception that is being handled; return the failure that has only its id."""
    found = secrets.token_hex(4)
    log.error("bug", id=found, operation=operation, exc_info=True)  # noqa: LOG014  (callers handle)
    facts = Facts(outcome="unknown", retryable=False) if doubt else Facts()
    return Internal(f"A bug of the hub; its log has the rest under {found}.", facts)


def final(answer: Answer, envelope: Envelope, source: str) -> Message:
    """Return the message with a final outcome."""
    headers = _headers(envelope, source, "final") | {
        wire.STATUS_HEADER: _OK if answer.ok else _FAILED,
        wire.SERVED_HEADER: answer.served,
        wire.ATTEMPTS_HEADER: answer.attempts,
        wire.WAIT_HEADER: round(answer.waited * 1000),
        wire.UPSTREAM_HEADER: round(answer.upstream * 1000),
    }
    if answer.tokens_left is not None and isfinite(answer.tokens_left):
        headers[wire.TOKENS_HEADER] = int(answer.tokens_left)
    return Message(
        body=answer.body,
        headers=headers,
        content_type=answer.content_type,
        correlation_id=envelope.correlation_id,
    )


def accepted(envelope: Envelope, source: str, place: int | None, eta: float | None) -> Message:
    """Return the message that says where in the window a request stands, and for how long."""
    shown = "null" if place is None else str(place)
    soon = "null" if eta is None else f"{eta:.3f}"
    return Message(
        body=f'{{"place":{shown},"eta":{soon}}}'.encode(),
        headers=_headers(envelope, source, "accepted"),
        content_type=wire.JSON,
        correlation_id=envelope.correlation_id,
    )


def _headers(envelope: Envelope, source: str, stage: str) -> dict[str, str | int]:
    trace: Mapping[str, str] = envelope.trace or {}
    return {
        wire.SPECVERSION_HEADER: "1.0",
        wire.ID_HEADER: secrets.token_hex(16),
        wire.SOURCE_HEADER: source,
        wire.TYPE_HEADER: _reply_type(envelope.operation),
        wire.SUBJECT_HEADER: envelope.request_id,
        wire.TIME_HEADER: now_text(),
        wire.STAGE_HEADER: stage,
        **trace,
    }


@lru_cache(maxsize=4096)
def _reply_type(operation: str) -> str:
    return f"hub.reply.{operation}.v1"


def now_text() -> str:
    """Return this moment as RFC 3339 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
