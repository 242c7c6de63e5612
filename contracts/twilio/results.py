"""What Twilio answers. Times are UTC; money is in the currency beside it."""

from pydantic import ConfigDict, Field

from contracts._model import Result
from contracts._types import Utc


class Message(Result):
    """A message, sent or received."""

    sid: str
    status: str
    """``accepted``, ``scheduled``, ``queued``, ``sending``, ``sent``, ``delivered``,
    ``undelivered``, ``failed``, ``canceled``; of received ones ``receiving``, ``received``;
    ``read`` on WhatsApp."""
    direction: str
    """``inbound``, ``outbound-api``, ``outbound-call`` or ``outbound-reply``."""
    to: str | None
    sender: str | None = Field(alias="from")
    """None until a messaging service has picked one."""
    body: str | None = None
    messaging_service_sid: str | None = None
    num_segments: int | None = None
    """SMS it takes; 0 until a messaging service has picked a sender."""
    num_media: int | None = None
    price: float | None = None
    """What it cost, in `price_unit`, negative for a charge; None until Twilio knows."""
    price_unit: str | None = None
    """Currency, ISO 4217."""
    error_code: int | None = None
    """Why it failed: https://www.twilio.com/docs/api/errors."""
    error_message: str | None = None
    date_created: Utc | None = None
    date_sent: Utc | None = None
    date_updated: Utc | None = None


class Messages(Result):
    """A page of messages."""

    results: list[Message]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""
    has_more: bool


class Deleted(Result):
    """Something that is gone."""

    sid: str


class Call(Result):
    """A call, made or received."""

    sid: str
    status: str
    """``queued``, ``ringing``, ``in-progress``, ``completed``, ``busy``, ``failed``,
    ``no-answer`` or ``canceled``."""
    direction: str | None = None
    """``inbound``, ``outbound-api``, ``outbound-dial`` or of a trunk."""
    to: str | None
    sender: str | None = Field(alias="from")
    answered_by: str | None = None
    """``human`` or a kind of machine, where detection was asked for."""
    duration: int | None = None
    """Seconds; None unless it was answered and is over."""
    queue_time: int | None = None
    """Milliseconds that Twilio expects it to wait before it is dialled."""
    price: float | None = None
    """What the connection cost, in `price_unit`, negative for a charge; None until known."""
    price_unit: str | None = None
    """Currency, ISO 4217."""
    parent_call_sid: str | None = None
    date_created: Utc | None = None
    date_updated: Utc | None = None
    start_time: Utc | None = None
    end_time: Utc | None = None


class Calls(Result):
    """A page of calls."""

    results: list[Call]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""
    has_more: bool


class Capabilities(Result):
    """What a number can be used for."""

    voice: bool = False
    sms: bool = False
    mms: bool = False
    fax: bool = False


class OwnNumber(Result):
    """A number of the account."""

    sid: str
    phone_number: str
    """E.164."""
    friendly_name: str | None = None
    capabilities: Capabilities
    status: str | None = None
    """``in-use`` where it is set up."""
    date_created: Utc | None = None
    date_updated: Utc | None = None


class PhoneNumbers(Result):
    """A page of the account's numbers."""

    results: list[OwnNumber]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""
    has_more: bool


class Account(Result):
    """An account. Closed, unlike other results: Twilio's answer has the account's secret in it."""

    model_config = ConfigDict(extra="ignore")

    sid: str
    friendly_name: str | None = None
    status: str
    """``active``, ``suspended`` or ``closed``."""
    type: str | None = None
    """``Trial`` or ``Full``."""
    owner_account_sid: str | None = None
    """The parent; its own sid, if it has none."""
    date_created: Utc | None = None
    date_updated: Utc | None = None


class Balance(Result):
    """Money on the account."""

    account_sid: str
    balance: float
    currency: str
    """ISO 4217."""


class SendAttempt(Result):
    """One time that a code was sent."""

    time: Utc
    channel: str
    attempt_sid: str | None = None


class Verification(Result):
    """A verification, or what a check made of it."""

    sid: str
    service_sid: str | None = None
    to: str
    channel: str
    status: str
    """``pending``, ``approved``, ``canceled``, ``max_attempts_reached``, ``deleted``, ``failed``
    or ``expired``."""
    valid: bool = False
    """Whether it is approved."""
    send_code_attempts: list[SendAttempt] = []
    date_created: Utc | None = None
    date_updated: Utc | None = None


class VerifyService(Result):
    """A service that verifications are started with."""

    sid: str
    friendly_name: str
    """The name that the messages show."""
    code_length: int
    """Characters of a code."""
    date_created: Utc | None = None
    date_updated: Utc | None = None


class VerifyServices(Result):
    """A page of Verify services."""

    results: list[VerifyService]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""
    has_more: bool


class CallerName(Result):
    """Package `caller_name`: who the number belongs to, US numbers only."""

    caller_name: str | None = None
    caller_type: str | None = None
    """``CONSUMER`` or ``BUSINESS``."""
    error_code: int | None = None


class LineType(Result):
    """Package `line_type_intelligence`."""

    type: str | None = None
    """``mobile``, ``landline``, ``fixedVoip``, ``nonFixedVoip``, ``tollFree`` …"""
    carrier_name: str | None = None
    mobile_country_code: str | None = None
    mobile_network_code: str | None = None
    error_code: int | None = None


class LineStatus(Result):
    """Package `line_status`."""

    status: str | None = None
    """``active``, ``inactive``, ``reachable``, ``unreachable`` or ``unknown``."""
    error_code: int | None = None


class LastSimSwap(Result):
    """When a SIM was last changed."""

    last_sim_swap_date: Utc | None = None
    swapped_period: str | None = None
    """The period looked at, ISO 8601 (``PT48H``)."""
    swapped_in_period: bool | None = None


class SimSwap(Result):
    """Package `sim_swap`."""

    last_sim_swap: LastSimSwap | None = None
    carrier_name: str | None = None
    error_code: int | None = None


class CallForwarding(Result):
    """Package `call_forwarding`."""

    call_forwarding_enabled: bool | None = None
    error_code: int | None = None


class SmsPumpingRisk(Result):
    """Package `sms_pumping_risk`."""

    sms_pumping_risk_score: int | None = None
    """0, no risk, to 100."""
    carrier_risk_category: str | None = None
    """``low``, ``mild``, ``moderate`` or ``high``."""
    number_blocked: bool | None = None
    error_code: int | None = None


class Lookup(Result):
    """What is known of a number; a package that was not asked for is None."""

    phone_number: str
    """E.164 where it is valid."""
    valid: bool
    """Whether such a number can exist."""
    validation_errors: list[str] = []
    """Why not: ``TOO_SHORT``, ``TOO_LONG``, ``INVALID_COUNTRY_CODE`` …"""
    calling_country_code: str | None = None
    """Without the plus: ``1``."""
    country_code: str | None = None
    """ISO 3166-1 alpha-2."""
    national_format: str | None = None
    caller_name: CallerName | None = None
    line_type_intelligence: LineType | None = None
    line_status: LineStatus | None = None
    sim_swap: SimSwap | None = None
    call_forwarding: CallForwarding | None = None
    sms_pumping_risk: SmsPumpingRisk | None = None
