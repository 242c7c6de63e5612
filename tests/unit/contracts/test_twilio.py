"""What Twilio's contracts take and refuse."""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts import Request
from contracts.twilio import (
    CheckVerification,
    GetMessage,
    ListCalls,
    ListMessages,
    LookupPhoneNumber,
    MakeCall,
    RedirectCall,
    SendMessage,
    SendVoiceMessage,
    StartVerification,
)

TO = "+12025550123"
SERVICE = f"MG{'a' * 32}"
Kind = type[Request[Any]]

TAKEN: list[tuple[Kind, dict[str, Any]]] = [
    (SendMessage, {"to": TO, "body": "x" * 1600}),
    (SendMessage, {"to": "whatsapp:+12025550123", "content_sid": f"HX{'0' * 32}"}),
    (SendMessage, {"to": TO, "media_urls": ["https://example.com/1.png"]}),
    (SendMessage, {"to": TO, "body": "x", "sender": "MYCOSOFT"}),
    (SendMessage, {"to": TO, "body": "x", "sender": "12345"}),
    (SendMessage, {"to": TO, "body": "x", "sender": "rcs:mycosoft_agent"}),
    (SendMessage, {"to": "+12", "body": "x"}),
    (MakeCall, {"to": TO, "url": "https://example.com/voice.xml", "method": "GET"}),
    (MakeCall, {"to": TO, "twiml": "<Response/>", "send_digits": "wW1#*"}),
    (SendVoiceMessage, {"to": TO, "text": "<é>\n\t"}),
    (ListMessages, {"cursor": "1:PA"}),
    (ListCalls, {"page_size": 1000}),
    (StartVerification, {"to": "name@example.com", "channel": "email"}),
    (LookupPhoneNumber, {"phone_number": "(202) 555-0123"}),
]

REFUSED: list[tuple[Kind, dict[str, Any], str, str]] = [
    (SendMessage, {"to": TO, "body": "x" * 1601}, "body", "at most 1600"),
    (SendMessage, {"to": TO, "body": ""}, "body", "at least 1"),
    (SendMessage, {"to": TO}, "", "nothing to send"),
    (SendMessage, {"to": "2025550123", "body": "x"}, "to", "E.164"),
    (SendMessage, {"to": "+02025550123", "body": "x"}, "to", "E.164"),
    (SendMessage, {"to": "+1202555012345678", "body": "x"}, "to", "E.164"),
    (SendMessage, {"to": "+12025550123\n", "body": "x"}, "to", "E.164"),
    (SendMessage, {"to": "+1\N{ARABIC-INDIC DIGIT TWO}025550123", "body": "x"}, "to", "E.164"),
    (SendMessage, {"to": TO, "body": "x", "sender": "a name too long"}, "sender", "sender name"),
    (SendMessage, {"to": TO, "media_urls": []}, "media_urls", "at least 1"),
    (SendMessage, {"to": TO, "media_urls": ["https://e.com/1"] * 11}, "media_urls", "at most 10"),
    (SendMessage, {"to": TO, "media_urls": ["file:///etc"]}, "media_urls.0", "pattern"),
    (SendMessage, {"to": TO, "body": "x", "content_variables": {"1": "a"}}, "", "content_sid"),
    (
        SendMessage,
        {"to": TO, "body": "x", "send_at": "2026-11-29T12:00:00Z"},
        "",
        "messaging_service_sid",
    ),
    (SendMessage, {"to": TO, "body": "x", "validity_period": 36_001}, "validity_period", "36000"),
    (SendMessage, {"to": TO, "body": "x", "From": TO}, "From", "not permitted"),
    (GetMessage, {"sid": f"SM{'a' * 31}/"}, "sid", "pattern"),
    (GetMessage, {"sid": f"CA{'a' * 32}"}, "sid", "pattern"),
    (MakeCall, {"to": TO}, "", "either url or twiml"),
    (MakeCall, {"to": TO, "url": "https://e.com", "twiml": "<a/>"}, "", "either url or twiml"),
    (MakeCall, {"to": TO, "twiml": "<a/>", "method": "GET"}, "", "give url, or drop method"),
    (MakeCall, {"to": TO, "twiml": "x" * 4001}, "twiml", "at most 4000"),
    (MakeCall, {"to": "client:tom", "twiml": "<a/>"}, "to", "E.164"),
    (MakeCall, {"to": TO, "twiml": "<a/>", "timeout": 601}, "timeout", "600"),
    (MakeCall, {"to": TO, "twiml": "<a/>", "send_digits": "12x"}, "send_digits", "pattern"),
    (RedirectCall, {"sid": f"CA{'a' * 32}"}, "", "either url or twiml"),
    (SendVoiceMessage, {"to": TO, "text": "bell \x07"}, "text", "no control characters"),
    (SendVoiceMessage, {"to": TO, "text": ""}, "text", "one character or more"),
    (SendVoiceMessage, {"to": TO, "text": "x", "voice": 'a"/><Dial'}, "voice", "pattern"),
    (SendVoiceMessage, {"to": TO, "text": "x", "loop": 0}, "loop", "1"),
    (ListMessages, {"page_size": 1001}, "page_size", "1000"),
    (ListMessages, {"cursor": "https://evil.example/?Page=1"}, "cursor", "pattern"),
    (StartVerification, {"to": "name@example.com"}, "", "e-mail address"),
    (StartVerification, {"to": TO, "channel": "email"}, "", "e-mail address"),
    (StartVerification, {"to": "not one"}, "to", "E.164"),
    (CheckVerification, {"code": "1234"}, "", "either to or verification_sid"),
    (CheckVerification, {"code": "123", "to": TO}, "code", "at least 4"),
    (LookupPhoneNumber, {"phone_number": "../Services"}, "phone_number", "pattern"),
    (LookupPhoneNumber, {"phone_number": TO, "packages": ["pre_fill"]}, "packages.0", "Input"),
]


@pytest.mark.parametrize(("kind", "parameters"), TAKEN)
def test_taken(kind: Kind, parameters: dict[str, Any]) -> None:
    assert kind.model_validate(parameters).model_dump(include=set(parameters), mode="json")


@pytest.mark.parametrize(("kind", "parameters", "field", "words"), REFUSED)
def test_refused_with_a_sentence(
    kind: Kind, parameters: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(parameters)
    (error,) = caught.value.errors(include_input=False, include_url=False)
    assert ".".join(map(str, error["loc"])) == field
    assert words in error["msg"]
    assert str(parameters.get("to", "no number")).strip() not in error["msg"]


def test_times_are_utc() -> None:
    request = ListMessages.model_validate({"sent_after": "2026-11-22T10:00:00+02:00"})
    assert str(request.sent_after) == "2026-11-22 08:00:00+00:00"


def test_a_scheduled_message_needs_its_service_only() -> None:
    request = SendMessage.model_validate(
        {
            "to": TO,
            "body": "x",
            "send_at": "2026-11-29T12:00:00",
            "messaging_service_sid": SERVICE,
        }
    )
    assert str(request.send_at) == "2026-11-29 12:00:00+00:00"
