"""Natural events and tsunami bulletins.

https://eonet.gsfc.nasa.gov/docs/v3 https://www.tsunami.gov
"""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Request, Result
from contracts._types import Day, Utc
from contracts.earth_science.places import Box

Category = Literal[
    "drought",
    "dustHaze",
    "earthquakes",
    "floods",
    "landslides",
    "manmade",
    "seaLakeIce",
    "severeStorms",
    "snow",
    "tempExtremes",
    "volcanoes",
    "waterColor",
    "wildfires",
]
NaturalEventId = Annotated[str, Field(pattern=r"^EONET_[0-9]+$", max_length=24)]
SourceId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$", max_length=64)]

Point = tuple[float, float]
"""Degrees east and degrees north, in this order."""


class Footprint(Result):
    """Where an event was at one time, and how strong."""

    time: Utc
    shape: str
    """``Point`` or ``Polygon``."""
    points: list[Point]
    """``[longitude, latitude]``: one, or the polygon's outer ring. Some sources swap the two in
    polygons; what cannot be otherwise is set right."""
    magnitude: float | None = None
    """In `magnitude_unit`."""
    magnitude_unit: str | None = None
    """``kts`` (knots), ``acres``, ``hectare``, ``NM^2`` …"""


class EventSource(Result):
    """Who says so."""

    id: str
    url: str | None = None


class NaturalEvent(Result):
    """One storm, fire, eruption or iceberg."""

    model_config = ConfigDict(extra="ignore")

    id: str
    title: str
    description: str | None = None
    closed_at: Utc | None = Field(default=None, alias="closed")
    """When it ended; null while it goes on."""
    categories: list[str]
    sources: list[EventSource] = []
    footprints: list[Footprint]
    """Newest last."""
    footprint_count: int
    """As many as the vendor has."""


class NaturalEvents(Result):
    """Natural events, newest first."""

    events: list[NaturalEvent]


class GetNaturalEvents(Box, Request[NaturalEvents]):
    """Natural events that NASA follows on Earth.

    A box across the 180th meridian costs two calls.
    """

    status: Literal["open", "closed", "all"] = "open"
    categories: Annotated[list[Category], Field(max_length=13)] = []
    """Of one of these; none: all."""
    sources: Annotated[list[SourceId], Field(max_length=20)] = []
    """From one of these, as `get_event_sources` has them."""
    days: Annotated[int, Field(ge=1, le=36_500)] | None = None
    """Of so many days back."""
    start_day: Day | None = None
    """With `end_day`, instead of `days`."""
    end_day: Day | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50
    footprints: Annotated[int, Field(ge=1, le=1000)] = 10
    """Newest footprints of each; icebergs have hundreds."""

    @model_validator(mode="after")
    def _when(self) -> Self:
        if self.days is not None and (self.start_day or self.end_day):
            raise ValueError("ask for days back, or for start_day and end_day")
        if (self.start_day is None) != (self.end_day is None):
            raise ValueError("a span needs start_day and end_day")
        return self


class GetNaturalEvent(Request[NaturalEvent]):
    """One natural event by its id."""

    event_id: NaturalEventId
    footprints: Annotated[int, Field(ge=1, le=5000)] = 1000
    """Newest footprints."""


class EventCategory(Result):
    """A kind of natural event."""

    id: str
    title: str
    description: str | None = None


class EventCategories(Result):
    """Kinds of natural events."""

    categories: list[EventCategory]


class GetEventCategories(Request[EventCategories]):
    """The kinds of natural events that NASA follows."""


class EventReporter(Result):
    """Who reports natural events."""

    id: str
    title: str
    source: str | None = None
    """Address."""


class EventSources(Result):
    """Who reports natural events."""

    sources: list[EventReporter]


class GetEventSources(Request[EventSources]):
    """From whom NASA has natural events."""


class TsunamiAlert(Result):
    """The newest bulletin of a warning center."""

    id: str
    center: Literal["NTWC", "PTWC"]
    """National (Alaska, US and Canadian coasts) or Pacific (Hawaii, Pacific, Caribbean) center."""
    title: str
    """Where the earthquake was."""
    category: str | None = None
    """``Warning``, ``Watch``, ``Advisory``, ``Information``, ``Threat``, ``Cancellation``."""
    issued_at: Utc
    latitude: float | None = None
    longitude: float | None = None
    magnitude: float | None = None
    """Preliminary."""
    region: str | None = None
    note: str | None = None
    """``There is NO tsunami danger from this earthquake.``"""
    bulletin_url: str | None = None


class TsunamiAlerts(Result):
    """Bulletins of the tsunami warning centers, newest first."""

    alerts: list[TsunamiAlert]


class GetTsunamiAlerts(Request[TsunamiAlerts]):
    """The newest bulletin of each tsunami warning center. Both cost two calls.

    Most are for information only: look at `category`, and at `issued_at`: it stays there for weeks.
    """

    center: Literal["NTWC", "PTWC", "both"] = "both"
