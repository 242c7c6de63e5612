"""Requests in Twilio's words."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients._environment import Environment
from clients._target import pairs
from clients.twilio import forms
from contracts import InvalidRequest, NotConfigured, Request
from contracts.twilio import (
    CheckVerification,
    ListCalls,
    ListMessages,
    MakeCall,
    RedirectCall,
    SendMessage,
    SendVoiceMessage,
)

TO = "+12025550123"
OURS = "+15005550006"
SERVICE = f"MG{'a' * 32}"
TEMPLATE = f"HX{'a' * 32}"
ENV = Environment({"TWILIO_PHONE_NUMBER": OURS})


def said(form: forms.Form) -> dict[str, list[str]]:
    """What stands in the body, by name."""
    spoken = pairs(form)
    return {name: [value for other, value in spoken if other == name] for name, _ in spoken}


MESSAGES: list[tuple[dict[str, Any], dict[str, list[str]]]] = [
    ({"body": "hi"}, {"From": [OURS], "Body": ["hi"]}),
    ({"body": "hi", "sender": "MYCOSOFT"}, {"From": ["MYCOSOFT"], "Body": ["hi"]}),
    (
        {"body": "hi", "messaging_service_sid": SERVICE},
        {"MessagingServiceSid": [SERVICE], "Body": ["hi"]},
    ),
    (
        {"body": "hi", "messaging_service_sid": SERVICE, "sender": OURS},
        {"MessagingServiceSid": [SERVICE], "From": [OURS], "Body": ["hi"]},
    ),
    (
        {"media_urls": ["https://e.com/1", "https://e.com/2"]},
        {"From": [OURS], "MediaUrl": ["https://e.com/1", "https://e.com/2"]},
    ),
    (
        {"content_sid": TEMPLATE, "content_variables": {"1": "Ada", "2": "é"}},
        {
            "From": [OURS],
            "ContentSid": [TEMPLATE],
            "ContentVariables": [json.dumps({"1": "Ada", "2": "é"})],
        },
    ),
    (
        {
            "body": "hi",
            "messaging_service_sid": SERVICE,
            "send_at": "2026-11-29T13:00:00.25+01:00",
        },
        {
            "Body": ["hi"],
            "MessagingServiceSid": [SERVICE],
            "SendAt": ["2026-11-29T12:00:00Z"],
            "ScheduleType": ["fixed"],
        },
    ),
    (
        {"body": "hi", "validity_period": 60, "status_callback": "https://e.com/s"},
        {
            "From": [OURS],
            "Body": ["hi"],
            "ValidityPeriod": ["60"],
            "StatusCallback": ["https://e.com/s"],
        },
    ),
]


@pytest.mark.parametrize(("parameters", "form"), MESSAGES)
def test_a_message(parameters: dict[str, Any], form: dict[str, list[str]]) -> None:
    request = SendMessage.model_validate({"to": TO, **parameters})
    assert said(forms.message(request, ENV)) == {"To": [TO], **form}


def test_a_call_with_everything() -> None:
    request = MakeCall(
        to=TO,
        url="https://e.com/v",
        method="GET",
        timeout=20,
        time_limit=600,
        machine_detection="DetectMessageEnd",
        send_digits="wW1",
        record=True,
        status_callback="https://e.com/s",
        status_callback_event=["initiated", "completed"],
    )
    assert said(forms.call(request, ENV)) == {
        "To": [TO],
        "From": [OURS],
        "Url": ["https://e.com/v"],
        "Method": ["GET"],
        "Timeout": ["20"],
        "TimeLimit": ["600"],
        "MachineDetection": ["DetectMessageEnd"],
        "SendDigits": ["wW1"],
        "Record": ["true"],
        "StatusCallback": ["https://e.com/s"],
        "StatusCallbackEvent": ["initiated", "completed"],
    }


def test_a_call_from_another_number() -> None:
    request = MakeCall(to=TO, twiml="<Response/>", sender="+15005550009")
    form = {"To": [TO], "From": ["+15005550009"], "Twiml": ["<Response/>"]}
    assert said(forms.call(request, ENV)) == form


QUERIES: list[tuple[Request[Any], dict[str, str], dict[str, list[str]]]] = [
    (ListMessages(), {}, {"PageSize": ["50"]}),
    (
        ListMessages(cursor="2:PA:x", page_size=7),
        {},
        {"PageSize": ["7"], "Page": ["2"], "PageToken": ["PA:x"]},
    ),
    (ListMessages(cursor="2:"), {}, {"PageSize": ["50"], "Page": ["2"]}),
    (
        ListCalls.model_validate({"sender": OURS, "started_after": "2026-01-02T03:04:05.6Z"}),
        {"sender": "From", "started_after": "StartTime>"},
        {"PageSize": ["50"], "From": [OURS], "StartTime>": ["2026-01-02T03:04:05Z"]},
    ),
]


@pytest.mark.parametrize(("request_", "names", "query"), QUERIES)
def test_a_list(request_: Request[Any], names: dict[str, str], query: dict[str, list[str]]) -> None:
    assert said(forms.listing(request_, **names)) == query


NAMED: list[tuple[Request[Any], tuple[str, ...], dict[str, list[str]]]] = [
    (RedirectCall(sid=f"CA{'a' * 32}", twiml="<a/>"), ("sid",), {"Twiml": ["<a/>"]}),
    (
        CheckVerification(code="1234", verification_sid=f"VE{'a' * 32}"),
        ("service_sid",),
        {"Code": ["1234"], "VerificationSid": [f"VE{'a' * 32}"]},
    ),
]


@pytest.mark.parametrize(("request_", "without", "form"), NAMED)
def test_names(
    request_: Request[Any], without: tuple[str, ...], form: dict[str, list[str]]
) -> None:
    assert said(forms.named(request_, *without)) == form


def test_without_a_number_of_our_own() -> None:
    with pytest.raises(NotConfigured, match=r"TWILIO_PHONE_NUMBER.*or give sender or messaging"):
        forms.message(SendMessage(to=TO, body="x"), Environment({}))
    with pytest.raises(NotConfigured, match=r"TWILIO_PHONE_NUMBER.*or give sender"):
        forms.spoken(SendVoiceMessage(to=TO, text="x"), Environment({}))


SPEAKABLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")


@given(st.text(SPEAKABLE, min_size=1, max_size=700))
def test_any_text_is_spoken_and_nothing_else(text: str) -> None:
    request = SendVoiceMessage(to=TO, text=text, voice="Polly.Amy", language="en-GB", loop=2)
    (say,) = ET.fromstring(forms.twiml(request))  # noqa: S314  (our own output)
    assert (say.tag, say.text, list(say)) == ("Say", text, [])
    assert say.attrib == {"voice": "Polly.Amy", "language": "en-GB", "loop": "2"}


def test_the_plainest_speech() -> None:
    script = forms.twiml(SendVoiceMessage(to=TO, text="a < b"))
    assert script == "<Response><Say>a &lt; b</Say></Response>"


def test_a_text_too_long_when_quoted_is_refused_not_cut() -> None:
    form = forms.spoken(SendVoiceMessage(to=TO, text="&" * 700), ENV)
    assert len(form["Twiml"]) <= 4000
    with pytest.raises(InvalidRequest) as caught:
        forms.spoken(SendVoiceMessage(to=TO, text="&" * 800), ENV)
    (error,) = caught.value.facts.errors
    assert (error.field, error.message) == ("text", "is 32 characters too long, quoted for XML")
