"""FRED: the economy's time series, kept by the Federal Reserve Bank of St. Louis.

https://fred.stlouisfed.org/docs/api/fred/
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import MaybeFloat, Utc
from contracts.financial_markets.values import Offset, Words

SeriesId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$", max_length=60, examples=["GNPCA"])
]
"""FRED's id of a series: ``GNPCA``, ``UNRATE``."""

Limit = Annotated[int, Field(ge=1, le=1000)]
Number = Annotated[int, Field(ge=0, le=1_000_000_000)]


class Series(Result):
    """A time series."""

    id: str
    title: str
    units: str
    """``Billions of Chained 2017 Dollars``."""
    frequency: str
    seasonal_adjustment: str
    observation_start: date
    observation_end: date
    last_updated: Utc
    popularity: int | None = None
    """0 to 100."""
    notes: str | None = None


class GetFredSeries(Request[Series]):
    """Return what a series is."""

    series_id: SeriesId


class Observation(Result):
    """One value."""

    day: date = Field(alias="date")
    """The first of its period."""
    value: MaybeFloat
    """In the units asked for; None where there is none."""


class Observations(Result):
    """A page of values."""

    observations: list[Observation]
    count: int
    """How many there are in all."""
    next_offset: int | None
    """`offset` of the next page; None at the end."""
    units: str | None = None
    """As asked for: ``lin``, ``pc1``."""


class GetFredObservations(Request[Observations]):
    """Return a series' values."""

    series_id: SeriesId
    observation_start: date | None = None
    observation_end: date | None = None
    units: Literal["lin", "chg", "ch1", "pch", "pc1", "pca", "cch", "cca", "log"] = "lin"
    """As they are, or as changes: https://fred.stlouisfed.org/docs/api/fred/series_observations.html"""
    frequency: Literal["d", "w", "bw", "m", "q", "sa", "a"] | None = None
    """Brought together to days, weeks, months, quarters, years."""
    aggregation_method: Literal["avg", "sum", "eop"] = "avg"
    sort_order: Literal["asc", "desc"] = "asc"
    limit: Annotated[int, Field(ge=1, le=100_000)] = 1000
    offset: Offset = 0


class SeriesPage(Result):
    """A page of series."""

    series: list[Series]
    count: int
    """How many there are in all."""
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class SearchFredSeries(Request[SeriesPage]):
    """Search series by words, the best first."""

    text: Words
    limit: Limit = 100
    offset: Offset = 0


class ListFredUpdates(Request[SeriesPage]):
    """List series by when they were last updated, of two weeks."""

    limit: Limit = 100
    offset: Offset = 0


class Release(Result):
    """A release: a publication that brings values of many series."""

    id: int
    name: str
    press_release: bool | None = None
    link: str | None = None


class Releases(Result):
    """A page of releases."""

    releases: list[Release]
    count: int
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class ListFredReleases(Request[Releases]):
    """List all releases."""

    limit: Limit = 100
    offset: Offset = 0


class ListFredReleaseSeries(Request[SeriesPage]):
    """List the series of a release."""

    release_id: Number
    limit: Limit = 100
    offset: Offset = 0


class ListFredCategorySeries(Request[SeriesPage]):
    """List the series of a category."""

    category_id: Number
    limit: Limit = 100
    offset: Offset = 0


class Category(Result):
    """A category of series."""

    id: int
    name: str
    parent_id: int | None = None


class Categories(Result):
    """Categories right below another one."""

    categories: list[Category]


class ListFredCategories(Request[Categories]):
    """List the categories right below another one; 0 is the top."""

    category_id: Number = 0
