"""Operations on calls: https://www.twilio.com/docs/voice/api/call-resource."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request
from contracts._types import Utc
from contracts.twilio.parameters import CallSid, PageSize, PhoneNumber, Place, Speech, Url
from contracts.twilio.results import Call, Calls

Twiml = Annotated[
    str, Field(min_length=1, max_length=4000, examples=["<Response><Say>Hello</Say></Response>"])
]
"""What Twilio shall do, up to 4000 characters: https://www.twilio.com/docs/voice/twiml."""

Seconds = Annotated[int, Field(ge=1, le=600)]
CallStatus = Literal[
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"
]
CallEvent = Literal["initiated", "ringing", "answered", "completed"]


class MakeCall(Request[Call]):
    """A call to one number, led by TwiML from an address, or by the TwiML given.

    The answer says that Twilio queued it; calls beyond the account's calls per second (1 unless
    raised) wait there, see `queue_time`.
    """

    to: PhoneNumber
    url: Url | None = None
    """Where Twilio asks for the TwiML; this or `twiml`."""
    twiml: Twiml | None = None
    method: Literal["GET", "POST"] | None = None
    """How Twilio asks `url`; absent: POST."""
    sender: PhoneNumber | None = None
    """Who calls; absent: TWILIO_PHONE_NUMBER."""
    timeout: Seconds | None = None
    """Seconds that it may ring, up to 600; absent: 60."""
    time_limit: Annotated[int, Field(ge=1, le=86_400)] | None = None
    """Seconds that the call may last."""
    machine_detection: Literal["Enable", "DetectMessageEnd"] | None = None
    """Whether to tell people from answering machines, at once or after the machine's greeting."""
    send_digits: Annotated[str, Field(pattern=r"^[0-9A-DwW#*]{1,32}$")] | None = None
    """Keys to press once connected, ``w`` half a second of pause and ``W`` a second."""
    record: bool | None = None
    """Whether to record the call; absent: no."""
    status_callback: Url | None = None
    """Where Twilio posts what becomes of the call."""
    status_callback_event: Annotated[list[CallEvent], Field(min_length=1, max_length=4)] | None = (
        None
    )
    """Which events to post there; absent: completed."""

    @model_validator(mode="after")
    def _one_script(self) -> Self:
        _check_script(self.url, self.twiml, self.method)
        return self


class SendVoiceMessage(Request[Call]):
    """A call that reads out a text, and ends."""

    to: PhoneNumber
    text: Speech
    """Read as it stands: tags in it are spoken, not followed."""
    voice: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9.:_-]{0,99}$")] | None = None
    """Name of the voice (``Polly.Joanna``, ``man``); absent: the account's own.
    https://www.twilio.com/docs/voice/twiml/say/text-speech."""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$")] | None = (
        None
    )
    """Language and region (``en-GB``); absent: the voice's own."""
    loop: Annotated[int, Field(ge=1, le=10)] = 1
    """How often it is read."""
    sender: PhoneNumber | None = None
    """Who calls; absent: TWILIO_PHONE_NUMBER."""


class GetCall(Request[Call]):
    """One call, with how far it has come."""

    sid: CallSid


class ListCalls(Request[Calls]):
    """Calls made and received, the newest first."""

    to: PhoneNumber | None = None
    sender: PhoneNumber | None = None
    status: CallStatus | None = None
    parent_call_sid: CallSid | None = None
    """Only those that this call dialled."""
    started_after: Utc | None = None
    """Only those that began at that second or later."""
    started_before: Utc | None = None
    """Only those that began before that second."""
    page_size: PageSize = 50
    cursor: Place | None = None


class EndCall(Request[Call]):
    """A call that is hung up; one that is over already is refused (21220)."""

    sid: CallSid
    unanswered_only: bool = False
    """Only if it is still queued or ringing; one that was answered goes on."""


class RedirectCall(Request[Call]):
    """A call in progress that follows other TwiML from now on."""

    sid: CallSid
    url: Url | None = None
    """Where Twilio asks for the TwiML; this or `twiml`."""
    twiml: Twiml | None = None
    method: Literal["GET", "POST"] | None = None
    """How Twilio asks `url`; absent: POST."""

    @model_validator(mode="after")
    def _one_script(self) -> Self:
        _check_script(self.url, self.twiml, self.method)
        return self


def _check_script(url: str | None, twiml: str | None, method: str | None) -> None:
    if (url is None) == (twiml is None):
        raise ValueError("give either url or twiml")
    if method is not None and url is None:
        raise ValueError("method says how url is asked: give url, or drop method")
