"""What an answer means: pure, from status, headers and body to a failure or nothing."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import orjson

from clients._call import Class
from clients._http import HttpResponse, TransportError
from clients._redact import Redactor
from contracts import (
    BadUpstreamReply,
    Expired,
    Facts,
    Failure,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)

OK: Final = range(200, 300)
_MOVED: Final = range(300, 400)
_BROKEN: Final = range(500, 600)
_UNAUTHORIZED: Final = 401
_TOO_SLOW: Final = 408
_LONGEST: Final = 500
_USUAL: Final = {one.value: one.phrase.lower() for one in HTTPStatus}


@dataclass(frozen=True)
class Manners:
    """How one upstream says no, beyond the HTTP standard."""

    throttled: frozenset[int] = frozenset({429})
    """Statuses that mean: too many, not executed, come later."""
    not_executed: frozenset[int] = frozenset()
    """Server errors after which the vendor documents that nothing happened."""
    explained: frozenset[int] = frozenset()
    """Server errors with which the vendor also says a plain no: its client reads them."""
    unauthorized: frozenset[int] = frozenset({_UNAUTHORIZED})
    """Statuses that mean: this key is no good."""
    of_one: frozenset[int] = frozenset()
    """Values of `code` in a throttling answer's body that tell of one target's own limit: a
    refusal of this call, nothing that everyone should wait for."""


def judge(
    response: HttpResponse, kind: Class, manners: Manners, redact: Redactor
) -> Failure | None:
    """Return the failure that an answer's status tells of; None for 2xx.

    Its `retryable` and `outcome` fit the class of the operation; `_retry.repeatable` decides
    whether the hub itself tries again.
    """
    status = response.status
    if status in OK:
        return None
    text = short(redact(explain(response)))
    facts = Facts(upstream_status=status)
    if status in manners.throttled and not _of_one(response.body, manners):
        return UpstreamThrottled(text, facts)
    if status in manners.unauthorized:
        return UpstreamUnauthorized(text, facts)
    if status in manners.not_executed:
        return UpstreamUnavailable(text, facts.model_copy(update={"outcome": "not_sent"}))
    if status in _BROKEN or status == _TOO_SLOW:
        return _unavailable(text, kind, facts)
    return _refused(text, status, facts)


def broken(error: TransportError, kind: Class) -> Failure:
    """Return the failure that a transport's error tells of."""
    if error.kind == "too_large":
        facts = Facts(retryable=kind == "safe", executed=None if kind == "safe" else True)
        return ReplyTooLarge("The answer is larger than HUB_MAX_REPLY_BYTES.", facts)
    text = f"The upstream did not answer: {error}."
    if not error.sent:
        return UpstreamUnavailable(text, Facts(outcome="not_sent"))
    return _unavailable(text, kind, Facts())


def cut_off(error: TransportError, kind: Class) -> Failure:
    """Return the failure of an attempt that the asker's own deadline ended."""
    if error.sent and kind == "unsafe":
        return broken(error, kind)
    facts = Facts(outcome="sent" if error.sent else "not_sent")
    return Expired("The deadline passed before the upstream had answered.", facts)


def down(failure: Failure | None) -> bool:
    """Return whether it tells of an upstream that does not work; one that says no does."""
    return isinstance(failure, UpstreamUnavailable | OutcomeUnknown)


def clean(failure: Failure) -> bool:
    """Return whether it says that nothing was done."""
    if isinstance(failure, UpstreamUnavailable):
        return failure.facts.outcome == "not_sent"
    return isinstance(failure, UpstreamRejected | UpstreamUnauthorized | UpstreamThrottled)


def unreadable(detail: str, kind: Class, response: HttpResponse) -> Failure:
    """Return the failure for a 2xx whose body is not what the contract promises."""
    facts = Facts(
        retryable=kind == "safe",
        upstream_status=response.status,
        executed=None if kind == "safe" else True,
    )
    return BadUpstreamReply(detail, facts)


def explain(response: HttpResponse) -> str:
    """Return the vendor's own words: its status, code and message, or its reason phrase."""
    said = _said(response.body) or _reason(response)
    return f"HTTP {response.status}{': ' if said else ''}{said}"


def short(redacted: str) -> str:
    """Return the beginning; never before redaction, which would miss half of a secret."""
    return redacted if len(redacted) <= _LONGEST else f"{redacted[:_LONGEST]}…"


def _unavailable(text: str, kind: Class, facts: Facts) -> Failure:
    if kind == "unsafe":
        detail = f"{text} Whether it was done is unknown; look before asking again with a new id."
        return OutcomeUnknown(detail, facts)
    return UpstreamUnavailable(text, facts.model_copy(update={"outcome": "sent"}))


def _of_one(body: bytes, manners: Manners) -> bool:
    if not manners.of_one:
        return False
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(data, dict) and any(data.get("code") == one for one in manners.of_one)


def _refused(text: str, status: int, facts: Facts) -> Failure:
    if status in _MOVED:
        return BadUpstreamReply("The upstream redirects, which the hub never follows.", facts)
    return UpstreamRejected(text, facts)


def _reason(response: HttpResponse) -> str:
    usual = _USUAL.get(response.status, "")
    return "" if response.reason.lower() == usual else response.reason


def _said(body: bytes) -> str:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    words = (_field(data, name) for name in ("code", "title", "message", "detail", "error"))
    return " ".join(word for word in words if word)


def _field(data: Any, name: str) -> str:  # noqa: ANN401  (vendors' JSON)
    if isinstance(data, list):
        return _field(data[0], name) if data else ""
    if not isinstance(data, dict):
        return ""
    value = data.get(name)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    inner = data.get("error", data.get("errors"))
    return _field(inner, name) if isinstance(inner, dict | list) and name != "error" else ""
