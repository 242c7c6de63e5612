"""Calendars and their events: https://developers.google.com/workspace/calendar/api/guides/quota."""

from typing import Any, Final

from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.google.account import Account
from contracts import UpstreamRejected
from contracts.google import (
    CreateEvent,
    DeletedEvent,
    DeleteEvent,
    Event,
    EventDetails,
    Events,
    FreeBusy,
    GetEvent,
    GetFreeBusy,
    ListEvents,
    UpdateEvent,
)

_LIMITS: Final = "https://developers.google.com/workspace/calendar/api/guides/quota"
_NOTIFY: Final = {"all": "all", "external_only": "externalOnly", "none": "none"}
_GONE: Final = 410


class Calendar(Account):
    """Calls of a user; a project's 10,000 a minute are out of one user's reach."""

    calendar = Upstream(
        "https://www.googleapis.com/calendar/v3",
        auth=Account.user,
        limits=[Rate(600, per=MINUTE, source=_LIMITS)],
        probe="/calendars/primary",
    )

    @operation("safe")
    async def list_events(self, request: ListEvents) -> Events:
        """Return a page of the events between two moments, in their order."""
        query: Query = {
            "timeMin": request.time_min,
            "timeMax": request.time_max,
            "singleEvents": True,
            "orderBy": "startTime",
            "q": request.query,
            "maxResults": request.max_results,
            "pageToken": request.page_token,
        }
        return await self.calendar.get("/calendars/{calendar_id}/events", request, query=query)

    @operation("safe")
    async def get_event(self, request: GetEvent) -> Event:
        """Return one event."""
        path = "/calendars/{calendar_id}/events/{event_id}"
        return await self.calendar.get(path, request)

    @operation("unsafe", look="google.list_events around its start shows it.")
    async def create_event(self, request: CreateEvent) -> Event:
        """Put an event into a calendar, and invite its guests."""
        path = f"/calendars/{{calendar_id}}/events?sendUpdates={_NOTIFY[request.notify]}"
        return await self.calendar.post(path, request, json=_event(request, request.summary))

    @operation("unsafe")
    async def update_event(self, request: UpdateEvent) -> Event:
        """Change what is given of an event; unsafe, for a repeat may write to its guests again."""
        notify = _NOTIFY[request.notify]
        path = f"/calendars/{{calendar_id}}/events/{{event_id}}?sendUpdates={notify}"
        return await self.calendar.patch(path, request, json=_event(request, request.summary))

    @operation("idempotent")
    async def delete_event(self, request: DeleteEvent) -> DeletedEvent:
        """Delete an event; one that is deleted already is deleted."""
        path = "/calendars/{calendar_id}/events/{event_id}"
        query: Query = {"sendUpdates": _NOTIFY[request.notify]}
        gone = {"calendar_id": request.calendar_id, "event_id": request.event_id}
        try:
            return await self.calendar.delete(path, request, query=query, read=lambda _: gone)
        except UpstreamRejected as failure:
            if failure.facts.upstream_status != _GONE:
                raise
            return DeletedEvent(**gone)

    @operation("safe")
    async def get_free_busy(self, request: GetFreeBusy) -> FreeBusy:
        """Return when each calendar is taken."""
        asked = {
            "timeMin": request.time_min,
            "timeMax": request.time_max,
            "items": [{"id": one} for one in request.calendar_ids],
        }
        return await self.calendar.post("/freeBusy", request, json=asked)


def _event(request: EventDetails, summary: str | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "summary": summary,
        "description": request.description,
        "location": request.location,
    }
    event = {name: value for name, value in said.items() if value is not None}
    if request.attendees is not None:
        event["attendees"] = [{"email": one} for one in request.attendees]
    if request.start or request.start_date:
        # the other one as null: else a patch would leave both, which is refused
        event["start"] = {"dateTime": request.start, "date": request.start_date}
        event["end"] = {"dateTime": request.end, "date": request.end_date}
    return event
