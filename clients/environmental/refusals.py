"""What the vendors of the air really mean: failures in a 200, and in envelopes of their own."""

from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from contracts import Facts, Failure, UpstreamRejected, UpstreamThrottled, UpstreamUnauthorized

_IQAIR: Final[Mapping[str, type[Failure]]] = {
    "call_limit_reached": UpstreamThrottled,
    "too_many_requests": UpstreamThrottled,
    "incorrect_api_key": UpstreamUnauthorized,
    "api_key_expired": UpstreamUnauthorized,
    "permission_denied": UpstreamUnauthorized,
    "forbidden": UpstreamUnauthorized,
    "payment required": UpstreamUnauthorized,
}
_PURPLEAIR: Final[Mapping[str, type[Failure]]] = {
    "RateLimitExceededError": UpstreamThrottled,
    "DataInitializingError": UpstreamThrottled,
    "ApiKeyMissingError": UpstreamUnauthorized,
    "ApiKeyInvalidError": UpstreamUnauthorized,
    "ApiKeyTypeMismatchError": UpstreamUnauthorized,
    "ApiKeyRestrictedError": UpstreamUnauthorized,
    "ApiDisabledError": UpstreamUnauthorized,
    "PaymentRequiredError": UpstreamUnauthorized,
}
_BY_WORDS: Final[tuple[tuple[str, type[Failure]], ...]] = (
    ("limit exceeded", UpstreamThrottled),
    ("over quota", UpstreamThrottled),
    ("api key", UpstreamUnauthorized),
    ("not authenticated", UpstreamUnauthorized),
    ("invalid key", UpstreamUnauthorized),
)
_MINUTE: Final = 60.0
_HOUR: Final = 3600.0


def refusal(response: HttpResponse) -> Failure | None:
    """Return what an answer tells of in its vendor's envelope; None where there is none.

    Raises:
        ValueError: it is not JSON.
    """
    if not response.body.startswith(b"{"):
        return None
    said = orjson.loads(response.body)
    return (
        _airnow(said) or _waqi(said) or _iqair(said) or _purpleair(said) or _meteo(said, response)
    )


def _airnow(said: dict[str, Any]) -> Failure | None:
    """``{"WebServiceError": [{"Message": "Invalid API key"}]}``."""
    if "WebServiceError" not in said:
        return None
    return _by_words(" ".join(one["Message"] for one in said["WebServiceError"]))


def _waqi(said: dict[str, Any]) -> Failure | None:
    """``{"status": "error", "data": "Invalid key"}``, or the same once more inside of an ok."""
    data = said.get("data")
    if said.get("status") == "error":
        return _by_words(str(data))
    if isinstance(data, dict) and data.get("status") == "error":
        return _by_words(str(data.get("msg")))
    return None


def _iqair(said: dict[str, Any]) -> Failure | None:
    """``{"status": "fail", "data": {"message": "city_not_found"}}``."""
    if said.get("status") != "fail":
        return None
    text = str(said["data"]["message"])
    return _IQAIR.get(text.lower(), UpstreamRejected)(text)


def _purpleair(said: dict[str, Any]) -> Failure | None:
    """``{"error": "NotFoundError", "description": "Cannot find a sensor with …"}``."""
    if "error" not in said or "description" not in said:
        return None
    kind = _PURPLEAIR.get(said["error"], UpstreamRejected)
    return kind(f"{said['error']}: {said['description']}")


def _meteo(said: dict[str, Any], response: HttpResponse) -> Failure | None:
    """``{"error": true, "reason": "Hourly API request limit exceeded. …"}``."""
    if said.get("error") is not True:
        return None
    text = str(said.get("reason"))
    if response.status != HTTPStatus.TOO_MANY_REQUESTS and "limit exceeded" not in text:
        return UpstreamRejected(text)
    return UpstreamThrottled(text, Facts(retry_after=_until_more(text, response)))


def _by_words(text: str) -> Failure:
    known = (kind for words, kind in _BY_WORDS if words in text.lower())
    return next(known, UpstreamRejected)(text)


def _until_more(text: str, response: HttpResponse) -> float:
    """Return the seconds until the minute, hour or day (UTC) that it names is over."""
    if not text.startswith(("Hourly", "Daily")):
        return _MINUTE
    try:
        now = parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return _HOUR
    begun = now.replace(minute=0, second=0, microsecond=0)
    ends = begun + timedelta(hours=1 if text.startswith("Hourly") else 24 - now.hour)
    return (ends - now).total_seconds()
