"""Operations on verifications: https://www.twilio.com/docs/verify/api/verification."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request
from contracts.twilio.parameters import (
    NumberOrEmail,
    PageSize,
    Place,
    VerificationSid,
    VerifyServiceSid,
)
from contracts.twilio.results import Verification, VerifyServices

Channel = Literal["sms", "call", "email", "whatsapp", "sna", "auto"]


class ListVerifyServices(Request[VerifyServices]):
    """The account's Verify services; one of them is usual."""

    page_size: PageSize = 50
    cursor: Place | None = None


class StartVerification(Request[Verification]):
    """A code to a person's phone or mailbox, good for 10 minutes.

    While it is good, a further start sends the same code again: five sends at most (60203).
    """

    to: NumberOrEmail
    channel: Channel = "sms"
    """How it is sent; ``auto`` lets Twilio choose."""
    service_sid: VerifyServiceSid | None = None
    """Verify service; absent: TWILIO_VERIFY_SERVICE_SID."""
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4})?$")] | None = None
    """Language of the message (``en``); absent: by the number's country."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if ("@" in self.to) != (self.channel == "email"):
            raise ValueError("channel email needs an e-mail address, every other one a number")
        return self


class CheckVerification(Request[Verification]):
    """Whether a code is the right one: `status` is ``approved`` or still ``pending``.

    Five checks at most (60202). An approved or expired verification is gone: it answers 404.
    """

    code: Annotated[str, Field(min_length=4, max_length=10, pattern=r"^[A-Za-z0-9]+$")]
    """What the person typed, 4 to 10 characters."""
    to: NumberOrEmail | None = None
    """Whose code it is; this or `verification_sid`."""
    verification_sid: VerificationSid | None = None
    service_sid: VerifyServiceSid | None = None
    """Verify service; absent: TWILIO_VERIFY_SERVICE_SID."""

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.to is None) == (self.verification_sid is None):
            raise ValueError("give either to or verification_sid")
        return self


class GetVerification(Request[Verification]):
    """How far a verification has come; it is gone once approved or expired.

    Twilio allows 60 of these a minute, 180 an hour and 250 a day for each verification:
    https://www.twilio.com/docs/verify/api/rate-limits-and-timeouts.
    """

    sid: VerificationSid
    service_sid: VerifyServiceSid | None = None
    """Verify service; absent: TWILIO_VERIFY_SERVICE_SID."""
