"""Google's envelopes: failures in a 200, limits in a 403; and what is none."""

from typing import Final

import pytest

from clients._http import HttpResponse
from clients._limits import HOUR
from clients.google.refusals import refusal
from contracts import (
    Failure,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from tests.support.kit import reply


def error(status: int, reason: str, *, detailed: bool = False) -> HttpResponse:
    place = "details" if detailed else "errors"
    return reply({"error": {"code": status, "message": "No.", place: [{"reason": reason}]}}, status)


HIDDEN: Final[list[tuple[HttpResponse, type[Failure]]]] = [
    (reply({"status": "REQUEST_DENIED", "error_message": "Bad key."}), UpstreamUnauthorized),
    (reply({"status": "REQUEST_DENIED", "errorMessage": "Bad key."}), UpstreamUnauthorized),
    (reply({"status": "OVER_QUERY_LIMIT", "results": []}), UpstreamThrottled),
    (reply({"status": "OVER_DAILY_LIMIT", "results": []}), UpstreamThrottled),
    (reply({"status": "INVALID_REQUEST", "results": []}), UpstreamRejected),
    (reply({"status": "DATA_NOT_AVAILABLE", "results": []}), UpstreamRejected),
    (reply({"status": "UNKNOWN_ERROR", "results": []}), UpstreamUnavailable),
    (reply({"status": "ZERO_RESULTS"}), UpstreamRejected),
    (error(403, "rateLimitExceeded"), UpstreamThrottled),
    (error(403, "userRateLimitExceeded"), UpstreamThrottled),
    (error(403, "dailyLimitExceeded"), UpstreamThrottled),
    (error(429, "RATE_LIMIT_EXCEEDED", detailed=True), UpstreamThrottled),
    (error(403, "insufficientPermissions"), UpstreamUnauthorized),
    (error(400, "API_KEY_INVALID", detailed=True), UpstreamUnauthorized),
    (error(403, "SERVICE_DISABLED", detailed=True), UpstreamUnauthorized),
]

PLAIN: Final = [
    reply({"status": "OK", "results": []}),
    reply({"status": "ZERO_RESULTS", "results": []}),
    reply({"status": "confirmed", "id": "1"}),
    reply({"status": "REQUEST_DENIED", "of": "a file in Drive"}),
    reply(b"{ no JSON, but a file in Drive"),
    reply(b'["a file"]'),
    reply({"status": "INVALID_REQUEST", "results": ["x" * 30_000]}),
    error(404, "notFound"),
    reply({"error": {"message": "No.", "details": [{"@type": "Help"}]}}, 400),
    reply([{"error": {"code": 400, "message": "No.", "status": "INVALID_ARGUMENT"}}], 400),
    reply(b"<html>", 400),
]


@pytest.mark.parametrize(("response", "kind"), HIDDEN)
def test_what_is_hidden_is_told(response: HttpResponse, kind: type[Failure]) -> None:
    assert type(refusal(response)) is kind


@pytest.mark.parametrize("response", PLAIN)
def test_what_is_plain_stays(response: HttpResponse) -> None:
    assert refusal(response) is None


def test_a_days_limit_pauses_for_long() -> None:
    for response in (reply({"status": "OVER_DAILY_LIMIT"}), error(403, "dailyLimitExceeded")):
        failure = refusal(response)
        assert failure
        assert failure.facts.retry_after == HOUR
