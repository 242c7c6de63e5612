"""Operations on messages: https://www.twilio.com/docs/messaging/api/message-resource."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request
from contracts._types import Utc
from contracts.twilio.parameters import (
    ContentSid,
    MessageSid,
    PageSize,
    Place,
    Recipient,
    Sender,
    ServiceSid,
    Url,
)
from contracts.twilio.results import Deleted, Message, Messages


class SendMessage(Request[Message]):
    """A text, media or template message to one recipient: SMS, MMS, WhatsApp or RCS.

    What the platform called `send_sms`. The answer says that Twilio took it, not that it
    arrived: ask `get_message` for its `status`, or name a `status_callback`.
    """

    to: Recipient
    body: Annotated[str, Field(min_length=1, max_length=1600)] | None = None
    """The text, up to 1600 characters; longer is refused, never cut. SMS go out in segments of
    160 characters (GSM-7) or 70 (any other character in it), each of which is charged."""
    sender: Sender | None = None
    """Who it comes from; absent, and without a messaging service: TWILIO_PHONE_NUMBER."""
    messaging_service_sid: ServiceSid | None = None
    """Messaging service that picks the sender, if `sender` does not."""
    media_urls: Annotated[list[Url], Field(min_length=1, max_length=10)] | None = None
    """Pictures and other media, up to 10, 5 MB each: sent as MMS."""
    content_sid: ContentSid | None = None
    """Template in place of a text."""
    content_variables: (
        Annotated[
            dict[
                Annotated[str, Field(max_length=64)],
                Annotated[str, Field(max_length=1600)],
            ],
            Field(max_length=100),
        ]
        | None
    ) = None
    """Values for the template, by name: ``{"1": "Ada"}``."""
    send_at: Utc | None = None
    """When to send it: from 5 minutes to 35 days ahead, through a messaging service only."""
    validity_period: Annotated[int, Field(ge=1, le=36_000)] | None = None
    """Seconds that it may wait in Twilio's queue before it fails; absent: 36,000."""
    status_callback: Url | None = None
    """Where Twilio posts each change of its status."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not (self.body or self.media_urls or self.content_sid):
            raise ValueError("give a body, media_urls or a content_sid: there is nothing to send")
        if self.content_variables is not None and not self.content_sid:
            raise ValueError("content_variables need the content_sid of their template")
        if self.send_at is not None and not self.messaging_service_sid:
            raise ValueError("send_at needs a messaging_service_sid: Twilio schedules there only")
        return self


class GetMessage(Request[Message]):
    """One message, with how far it has come (the platform's `get_message_status`)."""

    sid: MessageSid


class ListMessages(Request[Messages]):
    """Messages sent and received, the newest first."""

    to: Recipient | None = None
    sender: Sender | None = None
    sent_after: Utc | None = None
    """Only those sent at that second or later."""
    sent_before: Utc | None = None
    """Only those sent at that second or earlier."""
    page_size: PageSize = 50
    cursor: Place | None = None


class RedactMessage(Request[Message]):
    """A message without its text from now on; it has to be sent or received by then."""

    sid: MessageSid


class CancelMessage(Request[Message]):
    """A scheduled message that shall not go out; one that did is refused (30409)."""

    sid: MessageSid


class DeleteMessage(Request[Deleted]):
    """A message gone from Twilio's records; one under way is refused (20009)."""

    sid: MessageSid
