"""Earthquakes.

https://earthquake.usgs.gov/fdsnws/event/1/ https://service.iris.edu/fdsnws/event/1/
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contracts._model import Contract, Request, Result
from contracts._types import MaybeFloat, Utc
from contracts.earth_science.places import Area

Magnitude = Annotated[float, Field(ge=-10, le=10, allow_inf_nan=False)]
Depth = Annotated[float, Field(ge=-100, le=1000, allow_inf_nan=False)]
EventId = Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]+$", max_length=64)]


class Earthquake(Result):
    """One earthquake, or blast."""

    model_config = ConfigDict(extra="ignore")

    id: str
    """Of the preferred report; ids merge over time: `ids` has all."""
    ids: list[str] = []
    magnitude: float | None = Field(alias="mag")
    magnitude_type: str | None = Field(default=None, alias="magType")
    place: str | None = None
    """``1 km S of Kisante, Philippines``."""
    time: Utc
    updated: Utc | None = None
    latitude: float
    longitude: float
    depth_km: float | None
    felt: int | None = None
    """Reports of people who felt it."""
    intensity_felt: float | None = Field(default=None, alias="cdi")
    """Highest reported intensity, 1 to 10."""
    intensity: float | None = Field(default=None, alias="mmi")
    """Highest estimated instrumental intensity, 1 to 10."""
    alert: str | None = None
    """Expected losses: ``green``, ``yellow``, ``orange`` or ``red``."""
    status: str | None = None
    """``automatic``, ``reviewed`` or ``deleted``."""
    tsunami: bool = False
    """It was large and below the sea; whether there is a tsunami, `get_tsunami_alerts` tells."""
    significance: int | None = Field(default=None, alias="sig")
    """0 to 1000 and more, from magnitude, intensity, reports and losses."""
    type: str | None = None
    """``earthquake``, ``quarry blast`` …"""
    url: str | None = None


class Earthquakes(Result):
    """Earthquakes."""

    earthquakes: list[Earthquake]
    next_offset: int | None = None
    """Where the next page begins; null on the last."""


class Wanted(Area):
    """Which earthquakes: when, where and how strong; a circle or a box."""

    start_time: Utc | None = None
    """Left out: 30 days ago."""
    end_time: Utc | None = None
    """Left out: now."""
    min_magnitude: Magnitude | None = 2.5
    max_magnitude: Magnitude | None = None
    min_depth_km: Depth | None = None
    max_depth_km: Depth | None = None


class GetEarthquakes(Wanted, Request[Earthquakes]):
    """Earthquakes of the USGS's catalogue, by time, place and strength.

    For what happened in the last hour, day, week or month `get_earthquake_feed` is lighter.
    """

    order_by: Literal["time", "time-asc", "magnitude", "magnitude-asc"] = "time"
    """Newest first, oldest first, strongest first or weakest first."""
    limit: Annotated[int, Field(ge=1, le=2000)] = 100
    offset: Annotated[int, Field(ge=1, le=20_000)] = 1
    """Where the page begins, from 1: `next_offset` of the page before."""


class EarthquakeCount(Result):
    """How many there are."""

    count: int
    max_allowed: int | None = Field(default=None, alias="maxAllowed")
    """More than these no query returns."""


class GetEarthquakeCount(Wanted, Request[EarthquakeCount]):
    """How many earthquakes a query has."""


class GetEarthquake(Request[Earthquake]):
    """One earthquake by its id."""

    event_id: EventId


class GetEarthquakeFeed(Request[Earthquakes]):
    """Earthquakes of the last hour, day, week or month, as the USGS publishes them every minute."""

    magnitude: Literal["significant", "4.5", "2.5", "1.0", "all"] = "2.5"
    """Of that magnitude and above; or the significant ones."""
    period: Literal["hour", "day", "week", "month"] = "day"


class SeismicEvent(Result):
    """One event of EarthScope's catalogue."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(alias="EventID")
    time: Utc = Field(alias="Time")
    latitude: float = Field(alias="Latitude")
    longitude: float = Field(alias="Longitude")
    depth_km: MaybeFloat = Field(alias="Depth/km")
    magnitude: MaybeFloat = Field(alias="Magnitude")
    magnitude_type: str | None = Field(default=None, alias="MagType")
    catalog: str | None = Field(default=None, alias="Catalog")
    """Whose first bulletin it is: ``NEIC PDE``, ``ISC``."""
    place: str | None = Field(default=None, alias="EventLocationName")


class SeismicEvents(Result):
    """Events of EarthScope's catalogue, newest first."""

    events: list[SeismicEvent]


class Times(Contract):
    """From when to when."""

    start_time: Utc
    end_time: Utc | None = None
    """Left out: now."""


class GetSeismicEvents(Times, Area, Request[SeismicEvents]):
    """Events of EarthScope's (IRIS's) catalogue.

    A collection of first bulletins, neither current nor authoritative, says EarthScope itself:
    `get_earthquakes` is. A box across the 180th meridian costs two calls.
    """

    min_magnitude: Magnitude | None = None
    max_magnitude: Magnitude | None = None
    limit: Annotated[int, Field(ge=1, le=2000)] = 100
