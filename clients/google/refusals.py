"""What Google really means: failures in a 200 (older Maps services), limits in a 403.

https://developers.google.com/maps/documentation/geocoding/requests-geocoding#StatusCodes
https://developers.google.com/workspace/drive/api/guides/handle-errors
https://cloud.google.com/apis/design/errors
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from clients._limits import HOUR
from clients._verdict import OK
from contracts import (
    Facts,
    Failure,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)

_STATUSES: Final[Mapping[str, type[Failure]]] = {
    "DATA_NOT_AVAILABLE": UpstreamRejected,
    "INVALID_REQUEST": UpstreamRejected,
    "NOT_FOUND": UpstreamRejected,
    "OVER_DAILY_LIMIT": UpstreamThrottled,
    "OVER_QUERY_LIMIT": UpstreamThrottled,
    "REQUEST_DENIED": UpstreamUnauthorized,
    "UNKNOWN_ERROR": UpstreamUnavailable,
}
_OF_MAPS: Final = frozenset({"status", "results", "error_message", "errorMessage", "plus_code"})
"""All that a failing answer of these has: a file in Drive may have a `status` too."""
_DAILY: Final = frozenset({"OVER_DAILY_LIMIT", "dailyLimitExceeded", "quotaExceeded"})
_THROTTLED: Final = _DAILY | {
    "rateLimitExceeded",
    "userRateLimitExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_EXHAUSTED",
}
_UNAUTHORIZED: Final = frozenset(
    {
        "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "API_KEY_HTTP_REFERRER_BLOCKED",
        "API_KEY_INVALID",
        "API_KEY_IP_ADDRESS_BLOCKED",
        "API_KEY_SERVICE_BLOCKED",
        "BILLING_DISABLED",
        "CONSUMER_INVALID",
        "CONSUMER_SUSPENDED",
        "SERVICE_DISABLED",
        "accessNotConfigured",
        "domainPolicy",
        "insufficientPermissions",
    }
)
_LARGEST: Final = 20_000
"""Bytes: what is longer tells no failure."""


def refusal(response: HttpResponse) -> Failure | None:
    """Return what an answer tells of in Google's envelopes; None where there is none.

    Raises:
        ValueError: it is not JSON.
    """
    if not response.body.startswith((b"{", b"[")) or len(response.body) > _LARGEST:
        return None
    if response.status in OK:
        return _in_ok(response.body)
    said = orjson.loads(response.body)
    return _in_error(said[0] if isinstance(said, list) else said)


def _in_ok(body: bytes) -> Failure | None:
    """``{"status": "REQUEST_DENIED", "error_message": "…", "results": []}``."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None  # a file's content
    if not isinstance(said, dict) or not said.keys() <= _OF_MAPS:
        return None
    status = str(said.get("status"))
    text = f"{status} {said.get('error_message') or said.get('errorMessage') or ''}".strip()
    if status == "ZERO_RESULTS" and "results" not in said:
        return UpstreamRejected(f"{text}: there is no time zone at sea.")
    kind = _STATUSES.get(status)
    if kind is UpstreamUnavailable:
        return UpstreamUnavailable(text, Facts(outcome="sent"))
    return kind(text, _pause({status})) if kind else None


def _in_error(said: Any) -> Failure | None:  # noqa: ANN401  (JSON)
    """``{"error": {"code": 403, "message": "…", "errors": [{"reason": "…"}], "details": […]}}``."""
    error = said["error"]
    reasons = set(_reasons(error))
    text = f"{' '.join(sorted(reasons))}: {error['message']}"
    if reasons & _THROTTLED:
        return UpstreamThrottled(text, _pause(reasons))
    return UpstreamUnauthorized(text) if reasons & _UNAUTHORIZED else None


def _reasons(error: Mapping[str, Any]) -> Iterator[str]:
    for one in (*error.get("errors", ()), *error.get("details", ())):
        if isinstance(one.get("reason"), str):
            yield one["reason"]
    if isinstance(error.get("status"), str):
        yield error["status"]


def _pause(reasons: set[str]) -> Facts:
    """A day's limit ends at midnight in California: no sense in asking each minute."""
    return Facts(retry_after=HOUR) if reasons & _DAILY else Facts()
