"""Operations on the account, its numbers, and numbers of others."""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request
from contracts._types import Name
from contracts.twilio.parameters import PageSize, Place
from contracts.twilio.results import Account, Balance, Lookup, PhoneNumbers

Package = Literal[
    "call_forwarding",
    "caller_name",
    "line_status",
    "line_type_intelligence",
    "sim_swap",
    "sms_pumping_risk",
]


class GetAccount(Request[Account]):
    """The account behind the hub's keys: https://www.twilio.com/docs/iam/api/account."""


class GetBalance(Request[Balance]):
    """What is left on the account; a subaccount has none."""


class ListPhoneNumbers(Request[PhoneNumbers]):
    """The account's own numbers.

    https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource.
    """

    phone_number: Annotated[str, Field(pattern=r"^[+0-9*]{1,16}$")] | None = None
    """The number or a part of it, ``*`` for any digit."""
    friendly_name: Name | None = None
    """Its exact name in the account."""
    page_size: PageSize = 50
    cursor: Place | None = None


class LookupPhoneNumber(Request[Lookup]):
    """What is known of a number: https://www.twilio.com/docs/lookup/v2-api.

    Format and validity are free; each package is charged. A number that cannot exist is a
    result too: `valid` is false.
    """

    phone_number: Annotated[str, Field(pattern=r"^\+?[0-9(][0-9(). -]{0,30}$")]
    """E.164, or as dialled in `country_code`."""
    country_code: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    """ISO 3166-1 alpha-2 (``US``), for a number without country code; absent: US."""
    packages: Annotated[list[Package], Field(max_length=6)] = []
    """What to find out besides, by Twilio's name of the package."""
