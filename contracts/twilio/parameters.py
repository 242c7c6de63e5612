"""Kinds of parameters that several Twilio operations share."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

_E164: Final = r"\+[1-9][0-9]{1,14}"
_NUMBER: Final = f"^{_E164}$"
_RECIPIENT: Final = f"^([a-z]{{1,20}}:)?{_E164}$"
_EITHER: Final = rf"^({_E164}|[^@\s]{{1,64}}@[^@\s]{{1,189}})$"
_SENDER: Final = (
    f"^({_E164}|[0-9]{{3,8}}|[a-z]{{1,20}}:[A-Za-z0-9_.@+-]{{1,79}}"
    "|[A-Za-z0-9][A-Za-z0-9 &_+-]{0,10})$"
)
_SPEECH: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+$"  # what XML 1.0 can hold
_URL: Final = r"^https?://[^\s/]+\S*$"


def _shaped(pattern: str, sentence: str) -> AfterValidator:
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if shape.fullmatch(value):
            return value
        raise ValueError(sentence)

    return AfterValidator(check)


PhoneNumber = Annotated[
    str,
    Field(max_length=16, json_schema_extra={"pattern": _NUMBER}, examples=["+15005550006"]),
    _shaped(_NUMBER, "give + country code and digits (E.164), like +15005550006"),
]
"""E.164: ``+``, country code and number, 15 digits at most."""

Recipient = Annotated[
    str,
    Field(
        max_length=40,
        json_schema_extra={"pattern": _RECIPIENT},
        examples=["+15005550006", "whatsapp:+15005550006"],
    ),
    _shaped(
        _RECIPIENT,
        "give + country code and digits (E.164), like +15005550006, or whatsapp:+15005550006",
    ),
]
"""A phone number in E.164, or one with its channel before it: ``whatsapp:+15005550006``."""

Sender = Annotated[
    str,
    Field(
        max_length=100,
        json_schema_extra={"pattern": _SENDER},
        examples=["+15005550006", "MYCOSOFT"],
    ),
    _shaped(
        _SENDER,
        "give a phone number (E.164), a short code, a sender name of up to 11 letters and digits, "
        "or a channel address like whatsapp:+15005550006",
    ),
]
"""A phone number, short code, sender name or channel address that the account owns."""

NumberOrEmail = Annotated[
    str,
    Field(
        max_length=254,
        json_schema_extra={"pattern": _EITHER},
        examples=["+15005550006", "name@example.com"],
    ),
    _shaped(
        _EITHER,
        "give + country code and digits (E.164), like +15005550006, or an e-mail address",
    ),
]
"""A phone number in E.164, or an e-mail address."""

Speech = Annotated[
    str,
    Field(max_length=3000, json_schema_extra={"pattern": _SPEECH}),
    _shaped(_SPEECH, "give one character or more, and no control characters"),
]
"""Words to be spoken."""

Url = Annotated[
    str, Field(max_length=2048, pattern=_URL, examples=["https://agents.example.com/status"])
]
"""An address that Twilio, not the hub, calls."""

PageSize = Annotated[int, Field(ge=1, le=1000)]
"""How many to answer at most, 1 to 1000."""

Place = Annotated[str, Field(max_length=512, pattern=r"^[0-9]{1,9}:.*$")]
"""`next_cursor` of the page before, asked with the same filters; absent: the first page."""


def sid(*prefixes: str) -> str:
    """Return the pattern of ids that begin with one of these letters."""
    return rf"^({'|'.join(prefixes)})[0-9a-fA-F]{{32}}$"


MessageSid = Annotated[str, Field(max_length=34, pattern=sid("SM", "MM"))]
CallSid = Annotated[str, Field(max_length=34, pattern=sid("CA"))]
ServiceSid = Annotated[str, Field(max_length=34, pattern=sid("MG"))]
ContentSid = Annotated[str, Field(max_length=34, pattern=sid("HX"))]
VerifyServiceSid = Annotated[str, Field(max_length=34, pattern=sid("VA"))]
VerificationSid = Annotated[str, Field(max_length=34, pattern=sid("VE"))]
