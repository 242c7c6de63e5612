"""The Corps Water Management System: what the US Army Corps of Engineers measures.

https://cwms-data.usace.army.mil/cwms-data/swagger-ui.html
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._target import Query, text
from clients._upstream import Upstream
from contracts.earth_science import (
    GetReservoirLevels,
    GetReservoirSeries,
    ReservoirCatalog,
    ReservoirLevels,
)

Record = dict[str, Any]

_DOCS: Final = "https://cwms-data.usace.army.mil/cwms-data/swagger-ui.html"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Cwms(Client):
    """cwms-data.usace.army.mil: open to all, no limit is published."""

    cwms = Upstream(
        "https://cwms-data.usace.army.mil/cwms-data",
        headers={"Accept": "application/json;version=2"},
        limits=[Rate(1, per=1, burst=3, source=_DOCS)],
        probe="/offices",
    )

    @operation("safe", ttl=300)
    async def get_reservoir_levels(self, request: GetReservoirLevels) -> ReservoirLevels:
        """Return a measured series."""
        query: Query = {
            "name": request.name,
            "office": request.office,
            "unit": request.units,
            "begin": _utc(request.start_time),
            "end": _utc(request.end_time),
            "page-size": request.limit,
            "page": request.cursor,
        }
        return await self.cwms.get("/timeseries", request, query=query, read=_levels)

    @operation("safe", ttl=3600)
    async def get_reservoir_series(self, request: GetReservoirSeries) -> ReservoirCatalog:
        """Return what is measured where."""
        query: Query = {
            "office": request.office,
            "like": request.like,
            "page-size": request.limit,
            "page": request.cursor,
        }
        return await self.cwms.get("/catalog/TIMESERIES", request, query=query, read=_catalog)


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else text(moment)


def _levels(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    values = [
        {"time": _EPOCH + timedelta(milliseconds=at), "value": value, "quality": quality}
        for at, value, quality in raw["values"] or []
    ]
    return {**raw, "values": values}


def _catalog(raw: Any) -> Record:  # noqa: ANN401
    return {**raw, "entries": [_series(one) for one in raw["entries"]]}


def _series(raw: Record) -> Record:
    extents = (raw.get("extents") or [{}])[0]
    times = {"earliest": extents.get("earliest-time"), "latest": extents.get("latest-time")}
    return {**raw, **times}
