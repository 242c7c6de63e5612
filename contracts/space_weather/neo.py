"""Asteroids that come near Earth.

https://api.nasa.gov (NeoWs)
"""

from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.space_weather.days import DateRange


class _Lean(Result):
    # NeoWs repeats every value in four units, and writes our key into its links.
    model_config = ConfigDict(extra="ignore")


class CloseApproach(_Lean):
    """One passage."""

    time: Utc
    """Of the least distance."""
    orbiting_body: str
    """Past what: ``Earth``, ``Venus`` …"""
    speed_km_s: float
    """Relative to that body, km/s."""
    miss_distance_km: float
    miss_distance_lunar: float
    """In distances of the Moon."""


class NearEarthObject(_Lean):
    """An asteroid or comet."""

    id: str
    """JPL's id."""
    name: str
    absolute_magnitude_h: float | None = None
    diameter_min_m: float | None = None
    """Estimated from its brightness, metres."""
    diameter_max_m: float | None = None
    is_potentially_hazardous: bool = Field(alias="is_potentially_hazardous_asteroid")
    is_sentry_object: bool = False
    """Whether JPL's Sentry gives it a chance to hit."""
    nasa_jpl_url: str | None = None
    close_approaches: list[CloseApproach]
    """Oldest first."""


class NeoFeed(_Lean):
    """The passages of some days."""

    count: int = Field(alias="element_count")
    objects: list[NearEarthObject]
    """In the order of their passages, each with that passage alone."""


class GetNeoFeed(DateRange, Request[NeoFeed]):
    """Near-Earth objects by the day they pass, at most 7 days on from the first.

    Without dates: today and the 7 days to come.
    """

    span: ClassVar[int] = 7


class NeoPage(_Lean):
    """A page of all known objects."""

    objects: list[NearEarthObject]
    page: int
    """Number of this page, from 0."""
    total_pages: int
    total_objects: int
    next_page: int | None
    """What to ask for next; null on the last page."""


class GetNeoBrowse(Request[NeoPage]):
    """All known near-Earth objects, page by page, each with all its passages."""

    page: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Number of the page, from 0."""
    size: Annotated[int, Field(ge=1, le=20)] = 20
    """Objects on a page."""
