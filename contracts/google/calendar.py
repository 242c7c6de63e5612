"""Calendars: https://developers.google.com/workspace/calendar/api/v3/reference."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Request, Result
from contracts._types import Cursor, Day, Utc
from contracts.google.parameters import MailAddress

CalendarId = Annotated[str, Field(min_length=1, max_length=254, examples=["primary"])]
"""A calendar's address; ``primary`` is the user's own."""

EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=1024)]

Notify = Literal["all", "external_only", "none"]
"""Who of the guests gets a mail about it."""


class EventTime(Result):
    """A moment, or a whole day."""

    at: Utc | None = Field(default=None, alias="dateTime")
    date: Day | None = None
    """Of an event of whole days."""
    time_zone: str | None = Field(default=None, alias="timeZone")


class Attendee(Result):
    """A guest."""

    email: str | None = None
    response: str | None = Field(default=None, alias="responseStatus")
    """``needsAction``, ``declined``, ``tentative`` or ``accepted``."""


class Event(Result):
    """An event; of a series, one of them."""

    id: str
    status: str | None = None
    """``confirmed``, ``tentative`` or ``cancelled``."""
    summary: str | None = None
    description: str | None = None
    location: str | None = None
    start: EventTime | None = None
    end: EventTime | None = None
    """Not part of it any more."""
    attendees: list[Attendee] = []
    url: str | None = Field(default=None, alias="htmlLink")
    created_at: Utc | None = Field(default=None, alias="created")
    updated_at: Utc | None = Field(default=None, alias="updated")
    series_id: str | None = Field(default=None, alias="recurringEventId")


class Events(Result):
    """Events by the time of their start."""

    events: list[Event] = Field(alias="items")
    next_page_token: str | None = Field(default=None, alias="nextPageToken")
    time_zone: str | None = Field(default=None, alias="timeZone")
    """Of the calendar."""


class DeletedEvent(Result):
    """An event that is gone."""

    calendar_id: str
    event_id: str


class Span(Result):
    """From a moment to another."""

    start: Utc
    end: Utc


class FreeBusyError(Result):
    """Why a calendar tells nothing."""

    domain: str | None = None
    reason: str | None = None


class BusyTimes(Result):
    """When a calendar is taken."""

    busy: list[Span] = []
    errors: list[FreeBusyError] = []


class FreeBusy(Result):
    """When each calendar is taken, by its id."""

    calendars: dict[str, BusyTimes]


class Between(Contract):
    """Between two moments."""

    time_min: Utc
    time_max: Utc

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.time_min >= self.time_max:
            raise ValueError("time_min must be before time_max")
        return self


class ListEvents(Between, Request[Events]):
    """Events between two moments; those of a series one by one."""

    calendar_id: CalendarId = "primary"
    query: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    """Words in it."""
    max_results: Annotated[int, Field(ge=1, le=2500)] = 100
    page_token: Cursor | None = None


class GetEvent(Request[Event]):
    """One event."""

    event_id: EventId
    calendar_id: CalendarId = "primary"


class EventDetails(Contract):
    """What an event is about, and when."""

    start: Utc | None = None
    end: Utc | None = None
    start_date: Day | None = None
    """Of an event of whole days, in place of `start`."""
    end_date: Day | None = None
    """The day after its last."""
    description: Annotated[str, Field(max_length=8192)] | None = None
    location: Annotated[str, Field(max_length=1024)] | None = None
    attendees: Annotated[list[MailAddress], Field(max_length=200)] | None = None
    """All guests; they replace those of before."""
    notify: Notify = "none"
    calendar_id: CalendarId = "primary"

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise ValueError("give start and end together")
        if (self.start_date is None) != (self.end_date is None):
            raise ValueError("give start_date and end_date together")
        if self.start and self.start_date:
            raise ValueError("give start and end, or start_date and end_date, not both")
        if self.start and self.end and self.start > self.end:
            raise ValueError("start must not be after end")
        if self.start_date and self.end_date and self.start_date >= self.end_date:
            raise ValueError("start_date must be before end_date")
        return self


class CreateEvent(EventDetails, Request[Event]):
    """A new event."""

    summary: Annotated[str, Field(min_length=1, max_length=1024)]

    @model_validator(mode="after")
    def _timed(self) -> Self:
        if self.start is None and self.start_date is None:
            raise ValueError("give start and end, or start_date and end_date")
        return self


class UpdateEvent(EventDetails, Request[Event]):
    """New details for an event; what is absent stays."""

    event_id: EventId
    summary: Annotated[str, Field(min_length=1, max_length=1024)] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set - {"event_id", "calendar_id", "notify"}:
            raise ValueError("give something to change")
        return self


class DeleteEvent(Request[DeletedEvent]):
    """An event, gone for all its guests."""

    event_id: EventId
    calendar_id: CalendarId = "primary"
    notify: Notify = "none"


class GetFreeBusy(Between, Request[FreeBusy]):
    """When people are busy, without what with."""

    calendar_ids: Annotated[list[CalendarId], Field(min_length=1, max_length=50)] = ["primary"]
