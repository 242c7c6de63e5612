"""FRED: the economy's time series, kept by the Federal Reserve Bank of St. Louis.

https://fred.stlouisfed.org/docs/api/fred/
"""

from functools import partial
from typing import TypeVar

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._reading import Reading
from clients._target import Query
from clients._upstream import Upstream
from clients.financial_markets import economy
from contracts import Request, Result
from contracts.financial_markets import (
    Categories,
    GetFredObservations,
    GetFredSeries,
    ListFredCategories,
    ListFredCategorySeries,
    ListFredReleases,
    ListFredReleaseSeries,
    ListFredUpdates,
    Observations,
    Releases,
    SearchFredSeries,
    Series,
    SeriesPage,
)

R = TypeVar("R", bound=Result)


class Fred(Client):
    """api.stlouisfed.org: 120 calls a minute for a key. It answers XML unless JSON is asked for.

    A bad key is a 400; `clients.financial_markets.refusals` reads that.
    """

    fred = Upstream(
        "https://api.stlouisfed.org/fred",
        auth=QueryKey("api_key", ("FRED_API_KEY",)),
        limits=[Rate(120, per=MINUTE, source="https://fred.stlouisfed.org/docs/api/api_key.html")],
        probe="/category?category_id=0&file_type=json",
    )

    @operation("safe", ttl=3600)
    async def get_fred_series(self, request: GetFredSeries) -> Series:
        """Return what a series is."""
        return await self._fred("/series", request, vars(request), economy.one)

    @operation("safe", ttl=900)
    async def get_fred_observations(self, request: GetFredObservations) -> Observations:
        """Return a series' values, a page of them."""
        asked = vars(request)
        if request.frequency is None:
            asked = {k: v for k, v in asked.items() if k != "aggregation_method"}
        read = partial(economy.page, offset=request.offset, of="observations")
        return await self._fred("/series/observations", request, asked, read)

    @operation("safe", ttl=3600)
    async def search_fred_series(self, request: SearchFredSeries) -> SeriesPage:
        """Return series that a search finds, a page of them."""
        asked: Query = {
            "search_text": request.text,
            "limit": request.limit,
            "offset": request.offset,
        }
        read = partial(economy.series, offset=request.offset)
        return await self._fred("/series/search", request, asked, read)

    @operation("safe", ttl=300)
    async def list_fred_updates(self, request: ListFredUpdates) -> SeriesPage:
        """Return series by when they were last updated."""
        read = partial(economy.series, offset=request.offset)
        return await self._fred("/series/updates", request, vars(request), read)

    @operation("safe", ttl=3600)
    async def list_fred_releases(self, request: ListFredReleases) -> Releases:
        """Return a page of releases."""
        read = partial(economy.page, offset=request.offset, of="releases")
        return await self._fred("/releases", request, vars(request), read)

    @operation("safe", ttl=3600)
    async def list_fred_release_series(self, request: ListFredReleaseSeries) -> SeriesPage:
        """Return the series of a release."""
        read = partial(economy.series, offset=request.offset)
        return await self._fred("/release/series", request, vars(request), read)

    @operation("safe", ttl=3600)
    async def list_fred_category_series(self, request: ListFredCategorySeries) -> SeriesPage:
        """Return the series of a category."""
        read = partial(economy.series, offset=request.offset)
        return await self._fred("/category/series", request, vars(request), read)

    @operation("safe", ttl=3600)
    async def list_fred_categories(self, request: ListFredCategories) -> Categories:
        """Return the categories right below another one."""
        return await self._fred("/category/children", request, vars(request), None)

    async def _fred(self, path: str, request: Request[R], asked: Query, read: Reading | None) -> R:
        query: Query = {**asked, "file_type": "json"}
        return await self.fred.get(path, request, query=query, read=read)
