"""Events: what devices have told of something that lives."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.natureos.parameters import Json, Metadata, Onward, Place, Short, Taxonomy


class Environment(Result):
    """What it was like there."""

    habitat: str | None = None
    substrate: str | None = None
    temperature: float | None = None
    """Degrees Celsius."""
    humidity: float | None = None
    """Percent."""
    ph: float | None = None


class References(Result):
    """What an event refers to."""

    doi: str | None = None
    specimen_id: str | None = None
    location: Place | None = None
    taxonomy: Taxonomy | None = None
    study_id: str | None = None
    environment: Environment | None = None


class Meaning(Result):
    """What a signal was taken for."""

    confidence: float | None = None
    """0 to 1."""
    algorithm: str | None = None
    annotations: Json | None = None
    """As the algorithm names them."""


class Event(Result):
    """Something that a device has told."""

    event_id: str
    timestamp: Utc
    source_device: str
    kingdom_domain: str
    """``FUNGA.signaling``, ``FLORA.photosynthesis`` …"""
    signal_vector: JsonValue = None
    """What was measured, as the device sent it."""
    decoded_meaning: Meaning | None = None
    references: References | None = None


class Events(Result):
    """A page of events."""

    results: list[Event] = Field(alias="items")
    next_cursor: str | None = Field(default=None, alias="continuationToken")
    """`cursor` of the next page; None at the end."""
    has_more: bool = Field(alias="hasMore")


class GetEvents(Request[Events]):
    """Events by device, domain or time."""

    source_device: Short | None = None
    kingdom_domain: Short | None = None
    tenant_id: Short | None = None
    start_time: Utc | None = None
    end_time: Utc | None = None
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: Onward | None = None
    order: Literal["timestamp_desc", "timestamp_asc"] = "timestamp_desc"


class GetEvent(Request[Event]):
    """One event."""

    event_id: Short
    source_device: Short
    """The device that told it; the server finds it by both."""


class CreateEvent(Request[Event]):
    """A new event."""

    source_device: Short
    kingdom_domain: Short
    """``FUNGA.signaling``, ``FLORA.photosynthesis`` …"""
    timestamp: Utc | None = None
    """Absent: now."""
    signal_vector: Metadata | None = None
    """What was measured, by name."""
    scientific_name: Short | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude, or neither")
        return self
