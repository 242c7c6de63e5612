"""Failures in a 200, and in the envelopes of eight vendors."""

from typing import Any, Final

import pytest

from clients.environmental import Environmental
from clients.environmental.refusals import refusal
from contracts import (
    BadUpstreamReply,
    Failure,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
)
from tests.support.clock import QuickClock
from tests.support.kit import Script, kit_for, perform, reply


def environmental(answer: Any) -> tuple[Environmental, Script]:  # noqa: ANN401
    script = Script(answer)
    return Environmental(kit_for(Environmental, script, clock=QuickClock())), script


def said(name: str, text: str) -> dict[str, Any]:
    envelopes: dict[str, dict[str, Any]] = {
        "airnow": {"WebServiceError": [{"Message": text}]},
        "waqi": {"status": "error", "data": text},
        "inner": {"status": "ok", "data": {"status": "error", "msg": text}},
        "iqair": {"status": "fail", "data": {"message": text}},
        "purpleair": {"api_version": "V1", "error": text, "description": "Why."},
        "meteo": {"error": True, "reason": text},
    }
    return envelopes[name]


LIES: Final[list[tuple[str, str, type[Failure]]]] = [
    ("airnow", "Invalid API key", UpstreamUnauthorized),
    ("airnow", "Request not authenticated", UpstreamUnauthorized),
    ("airnow", "Web service request limit exceeded. Wait.", UpstreamThrottled),
    ("airnow", "No such place", UpstreamRejected),
    ("waqi", "Invalid key", UpstreamUnauthorized),
    ("waqi", "Over quota", UpstreamThrottled),
    ("waqi", "Unknown station", UpstreamRejected),
    ("inner", "Unknown ID", UpstreamRejected),
    ("iqair", "incorrect_api_key", UpstreamUnauthorized),
    ("iqair", "Forbidden", UpstreamUnauthorized),
    ("iqair", "call_limit_reached", UpstreamThrottled),
    ("iqair", "too_many_requests", UpstreamThrottled),
    ("iqair", "city_not_found", UpstreamRejected),
    ("purpleair", "ApiKeyInvalidError", UpstreamUnauthorized),
    ("purpleair", "PaymentRequiredError", UpstreamUnauthorized),
    ("purpleair", "RateLimitExceededError", UpstreamThrottled),
    ("purpleair", "NotFoundError", UpstreamRejected),
    ("meteo", "Latitude must be in range of -90 to 90°.", UpstreamRejected),
    ("meteo", "Minutely API request limit exceeded. Please try again.", UpstreamThrottled),
]


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("vendor", "text", "kind"), LIES)
async def test_envelopes_say_what_it_is(
    vendor: str, text: str, kind: type[Failure], status: int
) -> None:
    client, script = environmental(lambda _: reply(said(vendor, text), status))
    with pytest.raises(Failure, match=text.split(maxsplit=1)[0]) as caught:
        await perform(client, "get_iqair_countries")
    assert type(caught.value) is kind
    assert len(script.sent) == 1 or kind is UpstreamThrottled


@pytest.mark.parametrize("body", ['{"status": "fail"}', '{"WebServiceError": 1}', '{"status"'])
async def test_a_broken_envelope_is_a_bad_reply(body: str) -> None:
    client, _ = environmental(reply(body))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "get_iqair_countries")


LIMITS: Final = [
    ("Minutely", "Sun, 22 Nov 2026 23:58:30 GMT", 60),
    ("Hourly", "Sun, 22 Nov 2026 23:58:30 GMT", 90),
    ("Daily", "Sun, 22 Nov 2026 21:58:30 GMT", 2 * 3600 + 90),
    ("Daily", "", 3600),
    ("Hourly", "soon", 3600),
]


@pytest.mark.parametrize(("window", "now", "pause"), LIMITS)
def test_open_meteo_tells_when_there_is_more(window: str, now: str, pause: float) -> None:
    body = said("meteo", f"{window} API request limit exceeded.")
    failure = refusal(reply(body, 429, **({"date": now} if now else {})))
    assert isinstance(failure, UpstreamThrottled)
    assert failure.facts.retry_after == pause
