"""Reservoirs and rivers of the US Army Corps of Engineers.

https://cwms-data.usace.army.mil/cwms-data/
"""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Request, Result
from contracts._types import Cursor, Utc

Office = Annotated[str, Field(pattern=r"^[A-Z0-9]+$", min_length=2, max_length=16)]
"""The Corps's office: ``LRN`` Nashville, ``NWDP`` Pacific Northwest, ``SWT`` Tulsa."""
SeriesName = Annotated[str, Field(min_length=11, max_length=400, pattern=r"^[^.]+(\.[^.]+){4,}$")]
"""Location, parameter, type, interval, duration, version, between dots:
``Center Hill.Elev.Inst.1Hour.0.man-rev``."""


class ReservoirValue(Result):
    """One value."""

    time: Utc
    value: float | None
    """In `unit` of its series."""
    quality: int
    """The Corps's quality code: 0 not screened, 3 good, 5 missing."""


class ReservoirLevels(Result):
    """A measured series, oldest first."""

    model_config = ConfigDict(extra="ignore")

    name: str
    office: str = Field(alias="office-id")
    unit: str = Field(alias="units")
    """``m``, ``ft``, ``m3``, ``ac-ft``, ``cfs`` …"""
    values: list[ReservoirValue]
    next_cursor: str | None = Field(default=None, alias="next-page")
    """Where the next page begins; null on the last."""


class GetReservoirLevels(Request[ReservoirLevels]):
    """Levels, storage or flow of a reservoir, as a measured series.

    The platform's old question for ``/levels`` returned levels' definitions, not measurements.
    """

    name: SeriesName
    """As `get_reservoir_series` finds it."""
    office: Office
    start_time: Utc | None = None
    """Left out: a day before `end_time`."""
    end_time: Utc | None = None
    """Left out: now."""
    units: Literal["SI", "EN"] = "SI"
    """Metric, or feet and cubic feet."""
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    """Most values on a page."""
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_time and self.end_time and self.end_time < self.start_time:
            raise ValueError("end_time lies before start_time: swap them")
        return self


class ReservoirSeries(Result):
    """What is measured somewhere."""

    model_config = ConfigDict(extra="ignore")

    name: str
    office: str
    unit: str | None = Field(default=None, alias="units")
    interval: str | None = None
    latest: Utc | None = None
    """Time of the newest value."""
    earliest: Utc | None = None


class ReservoirCatalog(Result):
    """What is measured where."""

    series: list[ReservoirSeries] = Field(alias="entries")
    total: int | None = None
    next_cursor: str | None = Field(default=None, alias="next-page")
    """Where the next page begins; null on the last."""


class GetReservoirSeries(Request[ReservoirCatalog]):
    """The series of one of the Corps's offices, by name."""

    office: Office
    like: Annotated[str, Field(min_length=1, max_length=255)] = ".*Elev.*"
    """A regular expression: ``.*Elev.*`` pool elevations, ``Center Hill.*`` all of one dam."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""
