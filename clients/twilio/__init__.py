"""Twilio (https://www.twilio.com/docs/usage/api): messages, calls, verifications, look-ups."""

from typing import ClassVar, Final, TypeVar

from clients._auth import Basic, FirstOf
from clients._body import form
from clients._client import Client
from clients._limits import Concurrency, Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.twilio import forms
from clients.twilio.answers import explained, mended, page, page_v2, present
from contracts.twilio import (
    Account,
    Balance,
    Call,
    Calls,
    CancelMessage,
    CheckVerification,
    Deleted,
    DeleteMessage,
    EndCall,
    GetAccount,
    GetBalance,
    GetCall,
    GetMessage,
    GetVerification,
    ListCalls,
    ListMessages,
    ListPhoneNumbers,
    ListVerifyServices,
    Lookup,
    LookupPhoneNumber,
    MakeCall,
    Message,
    Messages,
    PhoneNumbers,
    RedactMessage,
    RedirectCall,
    SendMessage,
    SendVoiceMessage,
    StartVerification,
    Verification,
    VerifyServices,
)

V = TypeVar("V", StartVerification, CheckVerification, GetVerification)

_KEYS: Final = FirstOf(
    (
        Basic("TWILIO_API_KEY_SID", "TWILIO_API_KEY_SECRET"),
        Basic("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"),
    )
)
_ERRORS: Final = "https://www.twilio.com/docs/api/errors"
_CAP: Final = Concurrency(10, source=f"{_ERRORS}/20429")
_FIND_MESSAGE: Final = "twilio.list_messages with the same `to` and a `sent_after` shows it."
_FIND_CALL: Final = "twilio.list_calls with the same `to` shows it."
_SENT_OUT: Final = {429: "Check the code sent before, or start again 10 minutes after the first."}
_GONE: Final = {
    404: "It was approved, it expired (10 minutes), or it never was: start a new verification.",
    429: "Start a new verification, 10 minutes after the start of this one.",
}


class Twilio(Client):
    """One Twilio account: it counts calls in flight, how many it allows is the account's own."""

    api = Upstream(
        "https://api.twilio.com/2010-04-01",
        auth=_KEYS,
        needs=("TWILIO_ACCOUNT_SID",),
        limits=[Rate(10, per=1, burst=10, source=f"{_ERRORS}/20429"), _CAP],
        probe="/Accounts/{TWILIO_ACCOUNT_SID}.json",
    )
    verify = Upstream(
        "https://verify.twilio.com/v2",
        auth=_KEYS,
        limits=[Rate(10, per=1, burst=10, source=f"{_ERRORS}/20429"), _CAP],
        probe="/Services?PageSize=1",
        manners=Manners(
            of_one=frozenset({60202, 60203, 60207, 60212})
        ),  # one number's sends, checks
    )
    lookups = Upstream(
        "https://lookups.twilio.com/v2",
        auth=_KEYS,
        limits=[Rate(5, per=1, burst=5, source=f"{_ERRORS}/60616"), _CAP],
        probe="/PhoneNumbers/%2B15005550006",  # without a package it is free
        manners=Manners(of_one=frozenset({60626})),  # too often for one number
    )
    variables = ("TWILIO_PHONE_NUMBER", "TWILIO_VERIFY_SERVICE_SID")
    samples: ClassVar = {
        "TWILIO_ACCOUNT_SID": f"AC{'a' * 32}",
        "TWILIO_PHONE_NUMBER": "+15005550006",
        "TWILIO_VERIFY_SERVICE_SID": f"VA{'a' * 32}",
    }

    @operation("unsafe", look=_FIND_MESSAGE)  # Twilio has no idempotency key
    async def send_message(self, request: SendMessage) -> Message:
        """Send a text, media or a template to one recipient."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json"
        return await self.api.post(
            path, request, body=form(forms.message(request, self.env)), read=mended
        )

    @operation("safe")
    async def get_message(self, request: GetMessage) -> Message:
        """Return a message, with how far it has come."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}.json"
        return await self.api.get(path, request, read=mended)

    @operation("safe")
    async def list_messages(self, request: ListMessages) -> Messages:
        """Return a page of messages sent and received, the newest first."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages.json"
        query = forms.listing(
            request, sender="From", sent_after="DateSent>", sent_before="DateSent<"
        )
        return await self.api.get(path, request, query=query, read=page("messages"))

    @operation("idempotent")  # a text that is gone stays gone
    async def redact_message(self, request: RedactMessage) -> Message:
        """Remove the text of a message from Twilio's records."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}.json"
        return await self.api.post(path, request, body=form({"Body": ""}), read=mended)

    @operation("idempotent")  # a second cancel is refused, and changes nothing
    async def cancel_message(self, request: CancelMessage) -> Message:
        """Keep a scheduled message from being sent."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}.json"
        return await self.api.post(path, request, body=form({"Status": "canceled"}), read=mended)

    @operation("idempotent")  # a second delete answers 404, and changes nothing
    async def delete_message(self, request: DeleteMessage) -> Deleted:
        """Delete a message from Twilio's records."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Messages/{sid}.json"
        return await self.api.delete(path, request, read=lambda _: {"sid": request.sid})

    @operation("unsafe", look=_FIND_CALL)
    async def make_call(self, request: MakeCall) -> Call:
        """Call a number and follow TwiML."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls.json"
        return await self.api.post(
            path, request, body=form(forms.call(request, self.env)), read=mended
        )

    @operation("unsafe", look=_FIND_CALL)
    async def send_voice_message(self, request: SendVoiceMessage) -> Call:
        """Call a number and read out a text."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls.json"
        return await self.api.post(
            path, request, body=form(forms.spoken(request, self.env)), read=mended
        )

    @operation("safe")
    async def get_call(self, request: GetCall) -> Call:
        """Return a call, with how far it has come."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls/{sid}.json"
        return await self.api.get(path, request, read=mended)

    @operation("safe")
    async def list_calls(self, request: ListCalls) -> Calls:
        """Return a page of calls made and received, the newest first."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls.json"
        query = forms.listing(
            request, sender="From", started_after="StartTime>", started_before="StartTime<"
        )
        return await self.api.get(path, request, query=query, read=page("calls"))

    @operation("idempotent")  # a second hanging up is refused, and changes nothing
    async def end_call(self, request: EndCall) -> Call:
        """Hang up a call."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls/{sid}.json"
        status = "canceled" if request.unanswered_only else "completed"
        return await self.api.post(path, request, body=form({"Status": status}), read=mended)

    @operation("unsafe", look="A repeat begins the TwiML again; twilio.get_call shows its state.")
    async def redirect_call(self, request: RedirectCall) -> Call:
        """Make a call in progress follow other TwiML."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/Calls/{sid}.json"
        return await self.api.post(
            path, request, body=form(forms.named(request, "sid")), read=mended
        )

    @operation("safe")
    async def list_phone_numbers(self, request: ListPhoneNumbers) -> PhoneNumbers:
        """Return a page of the account's own numbers."""
        path = "/Accounts/{TWILIO_ACCOUNT_SID}/IncomingPhoneNumbers.json"
        read = page("incoming_phone_numbers")
        return await self.api.get(path, request, query=forms.listing(request), read=read)

    @operation("safe")
    async def get_balance(self, request: GetBalance) -> Balance:
        """Return what is left on the account."""
        return await self.api.get("/Accounts/{TWILIO_ACCOUNT_SID}/Balance.json", request)

    @operation("safe")
    async def get_account(self, request: GetAccount) -> Account:
        """Return the account behind the hub's keys."""
        return await self.api.get("/Accounts/{TWILIO_ACCOUNT_SID}.json", request, read=mended)

    @operation("safe")
    async def list_verify_services(self, request: ListVerifyServices) -> VerifyServices:
        """Return a page of the account's Verify services."""
        query = forms.listing(request)
        return await self.verify.get("/Services", request, query=query, read=page_v2("services"))

    @operation("unsafe", look="Starting again sends the same code once more, five times at most.")
    async def start_verification(self, request: StartVerification) -> Verification:
        """Send a code to a phone or a mailbox."""
        path = "/Services/{service_sid}/Verifications"
        body = form(forms.named(request, "service_sid"))
        with explained(_SENT_OUT):
            return await self.verify.post(path, self._at(request), body=body, read=present)

    @operation("unsafe", look="It counts as one of five checks; an approved one answers 404 now.")
    async def check_verification(self, request: CheckVerification) -> Verification:
        """Tell whether a code is the right one."""
        path = "/Services/{service_sid}/VerificationCheck"
        body = form(forms.named(request, "service_sid"))
        with explained(_GONE):
            return await self.verify.post(path, self._at(request), body=body, read=present)

    @operation("safe", ttl=1)  # 60 a minute for each verification: …/verify/api/rate-limits-…
    async def get_verification(self, request: GetVerification) -> Verification:
        """Return how far a verification has come."""
        path = "/Services/{service_sid}/Verifications/{sid}"
        with explained(_GONE):
            return await self.verify.get(path, self._at(request), query={}, read=present)

    @operation("safe", ttl=60)  # packages are charged by the look-up
    async def lookup_phone_number(self, request: LookupPhoneNumber) -> Lookup:
        """Return what is known of a number."""
        packages = ",".join(request.packages)
        query = {"Fields": packages or None, "CountryCode": request.country_code}
        path = "/PhoneNumbers/{phone_number}"
        return await self.lookups.get(path, request, query=query, read=present)

    def _at(self, request: V) -> V:
        if request.service_sid:
            return request
        service = forms.own(self.env, "TWILIO_VERIFY_SERVICE_SID", "service_sid")
        return request.model_copy(update={"service_sid": service})
