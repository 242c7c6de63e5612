"""Mail: https://developers.google.com/workspace/gmail/api/reference/rest."""

from typing import Annotated

from pydantic import Field

from contracts._model import Contract, Request, Result
from contracts._types import Cursor, MaybeInt, Utc
from contracts.google.parameters import MailAddress

MessageId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)]

LabelId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64, examples=["STARRED"])]
"""As `list_labels` shows it."""

Addresses = Annotated[list[MailAddress], Field(max_length=100)]

Query = Annotated[str, Field(min_length=1, max_length=1000, examples=["is:unread newer_than:2d"])]
"""As in Gmail's search box: https://support.google.com/mail/answer/7190."""


class MessageRef(Result):
    """A message, by its ids."""

    id: str
    thread_id: str | None = Field(default=None, alias="threadId")
    label_ids: list[str] = Field(default=[], alias="labelIds")


class Email(MessageRef):
    """A message: its head, not its text."""

    subject: str | None = None
    sender: str | None = None
    to: str | None = None
    cc: str | None = None
    date: str | None = None
    """As the sender wrote it."""
    received_at: Utc | None = Field(default=None, alias="internalDate")
    snippet: str = ""
    """The beginning of its text."""


class Attachment(Result):
    """A file in a message."""

    filename: str
    mime_type: str
    size_bytes: int
    attachment_id: str | None = None


class FullEmail(Email):
    """A message with its text."""

    text: str | None = None
    html: str | None = None
    attachments: list[Attachment] = []


class Emails(Result):
    """Messages, the newest first."""

    emails: list[Email]
    next_page_token: str | None = None
    estimate: int | None = None
    """About how many match in all."""


class Draft(Result):
    """A message that was not sent."""

    id: str
    message: MessageRef


class Label(Result):
    """A label."""

    id: str
    name: str
    type: str | None = None
    """``system`` or ``user``."""


class Labels(Result):
    """All labels of the mailbox."""

    labels: list[Label] = []


class MailProfile(Result):
    """Whose mailbox it is."""

    address: str = Field(alias="emailAddress")
    messages: MaybeInt = Field(default=None, alias="messagesTotal")
    threads: MaybeInt = Field(default=None, alias="threadsTotal")
    history_id: str | None = Field(default=None, alias="historyId")


class NewEmail(Contract):
    """What a new message says, and to whom."""

    to: Annotated[Addresses, Field(min_length=1)]
    cc: Addresses = []
    bcc: Addresses = []
    subject: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f\x85\u2028\u2029]*$", max_length=900)]
    """One line."""
    body: Annotated[str, Field(max_length=100_000)]
    html: bool = False
    """Whether the body is HTML."""


class SendEmail(NewEmail, Request[MessageRef]):
    """A message, sent at once as the hub's own user."""


class CreateDraft(NewEmail, Request[Draft]):
    """A message for a person to look at and send."""


class ReadInbox(Request[Emails]):
    """Messages in the inbox; each costs a call."""

    query: Query | None = None
    max_results: Annotated[int, Field(ge=1, le=50)] = 10
    page_token: Cursor | None = None


class SearchEmails(Request[Emails]):
    """Messages anywhere but in spam and trash; each costs a call."""

    query: Query
    max_results: Annotated[int, Field(ge=1, le=50)] = 20
    page_token: Cursor | None = None


class GetEmail(Request[FullEmail]):
    """One message."""

    message_id: MessageId


class AddLabel(Request[MessageRef]):
    """Labels on a message."""

    message_id: MessageId
    label_ids: Annotated[list[LabelId], Field(min_length=1, max_length=100)]


class ArchiveEmail(Request[MessageRef]):
    """A message out of the inbox."""

    message_id: MessageId


class TrashEmail(Request[MessageRef]):
    """A message to the trash, where it stays for 30 days."""

    message_id: MessageId


class ListLabels(Request[Labels]):
    """The labels that messages can have."""


class GetMailProfile(Request[MailProfile]):
    """The account that the hub acts for."""
