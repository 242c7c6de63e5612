"""Gmail: limits in units, and what each call costs.

https://developers.google.com/workspace/gmail/api/reference/quota#per-method-quota
"""

from typing import Any, Final

from clients._api import HttpCall
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.google import mail
from clients.google.account import Account
from contracts import Result
from contracts.google import (
    AddLabel,
    ArchiveEmail,
    CreateDraft,
    Draft,
    Email,
    Emails,
    FullEmail,
    GetEmail,
    GetMailProfile,
    Labels,
    ListLabels,
    MailProfile,
    MessageRef,
    ReadInbox,
    SearchEmails,
    SendEmail,
    TrashEmail,
)

_LIMITS: Final = "https://developers.google.com/workspace/gmail/api/reference/quota"
_READ, _CHANGE, _TRASH, _DRAFT, _SEND = 20, 5, 20, 10, 100
_HEAD: Final = ["Subject", "From", "To", "Cc", "Date"]


class Gmail(Account):
    """Units of a user; a project's 1,200,000 a minute are out of one user's reach."""

    gmail = Upstream(
        "https://gmail.googleapis.com/gmail/v1/users/me",
        auth=Account.user,
        limits=[Rate(6000, per=MINUTE, source=_LIMITS)],
        probe="/profile",
    )

    @operation(
        "unsafe", cost=_SEND, look="google.search_emails with in:sent and the subject shows it."
    )
    async def send_email(self, request: SendEmail) -> MessageRef:
        """Send a message as the hub's own user."""
        message = {"raw": mail.written(request)}
        return await self.gmail.post("/messages/send", request, json=message)

    @operation(
        "unsafe", cost=_DRAFT, look="google.search_emails with in:drafts and the subject shows it."
    )
    async def create_draft(self, request: CreateDraft) -> Draft:
        """Write a message for a person to look at and send."""
        message = {"message": {"raw": mail.written(request)}}
        return await self.gmail.post("/drafts", request, json=message)

    @operation("safe", cost=_READ, timeout=60.0)
    async def read_inbox(self, request: ReadInbox) -> Emails:
        """Return a page of the messages in the inbox, the newest first."""
        return await self._found(
            {
                "labelIds": "INBOX",
                "q": request.query,
                "maxResults": request.max_results,
                "pageToken": request.page_token,
            }
        )

    @operation("safe", cost=_READ, timeout=60.0)
    async def search_emails(self, request: SearchEmails) -> Emails:
        """Return a page of the messages that Gmail's search finds, the newest first."""
        return await self._found(
            {
                "q": request.query,
                "maxResults": request.max_results,
                "pageToken": request.page_token,
            }
        )

    @operation("safe", cost=_READ)
    async def get_email(self, request: GetEmail) -> FullEmail:
        """Return one message with its text and the names of its attachments."""
        path, query = "/messages/{message_id}", {"format": "full"}
        return await self.gmail.get(path, request, query=query, read=mail.read)

    @operation("idempotent", cost=_CHANGE)
    async def add_label(self, request: AddLabel) -> MessageRef:
        """Put labels on a message."""
        change = {"addLabelIds": request.label_ids}
        return await self.gmail.post("/messages/{message_id}/modify", request, json=change)

    @operation("idempotent", cost=_CHANGE)
    async def archive_email(self, request: ArchiveEmail) -> MessageRef:
        """Take a message out of the inbox."""
        change = {"removeLabelIds": ["INBOX"]}
        return await self.gmail.post("/messages/{message_id}/modify", request, json=change)

    @operation("idempotent", cost=_TRASH)
    async def trash_email(self, request: TrashEmail) -> MessageRef:
        """Move a message to the trash."""
        return await self.gmail.post("/messages/{message_id}/trash", request)

    @operation("safe", ttl=60)
    async def list_labels(self, request: ListLabels) -> Labels:
        """Return all labels of the mailbox."""
        return await self.gmail.get("/labels", request)

    @operation("safe")
    async def get_mail_profile(self, request: GetMailProfile) -> MailProfile:
        """Return whose mailbox it is, and how full."""
        return await self.gmail.get("/profile", request)

    async def _found(self, query: Query) -> Emails:
        answer = await self.gmail.send(HttpCall("GET", "/messages", query=query))
        page = self.gmail.parse(answer, _Ids, _ids)
        emails = [await self._head(one) for one in page.ids]
        return Emails(emails=emails, next_page_token=page.cursor, estimate=page.estimate)

    async def _head(self, message_id: str) -> Email:
        query = {"format": "metadata", "metadataHeaders": _HEAD}
        call = HttpCall("GET", "/messages/{message_id}", {"message_id": message_id}, query)
        return self.gmail.parse(await self.gmail.send(call), Email, mail.head)


class _Ids(Result):
    ids: list[str]
    cursor: str | None
    estimate: int | None


def _ids(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    return {
        "ids": [one["id"] for one in said.get("messages", [])],
        "cursor": said.get("nextPageToken"),
        "estimate": said.get("resultSizeEstimate"),
    }
