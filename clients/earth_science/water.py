"""The USGS's water data: sites, and what sensors there measure.

https://api.waterdata.usgs.gov/docs/ogcapi/
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from clients._auth import FirstOf, Key, NoAuth
from clients._client import Client
from clients._limits import HOUR, Rate
from clients._link import query_of
from clients._operation import operation
from clients._signals import Dialect
from clients._target import Query, commas
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.earth_science import places
from contracts.earth_science import (
    DailyWaterValues,
    GetDailyWater,
    GetLatestWater,
    GetStreamflow,
    GetWaterLevelsUsgs,
    GetWaterSeries,
    GetWaterSites,
    WaterSites,
    WaterValues,
)
from contracts.earth_science.places import Box
from contracts.earth_science.water import Paged, Series

Record = dict[str, Any]

_MEASURED: Final = "https://github.com/DOI-USGS/dataretrieval-python"
"""Its decision records 10 and 11: none told without a key, 4000 an hour with one."""
_NOTHING: Final = -999_999.0
_CONTINUOUS: Final = "/collections/continuous/items"


class Water(Client):
    """api.waterdata.usgs.gov; a key is free and lets more through."""

    water = Upstream(
        "https://api.waterdata.usgs.gov/ogcapi/v0",
        auth=FirstOf((Key("X-Api-Key", ("USGS_API_KEY", "API_USGS_PAT")), NoAuth())),
        limits=[Rate(1, per=2, burst=20, source=_MEASURED)],
        limits_with_key=[Rate(4000, per=HOUR, source=_MEASURED)],
        dialects=(Dialect("x-ratelimit-remaining"),),
        manners=Manners(unauthorized=frozenset({401, 403})),  # a bad key is 403 where none works
        probe="/collections?f=json",
    )

    @operation("safe", ttl=300)
    async def get_streamflow(self, request: GetStreamflow) -> WaterValues:
        """Return the discharge of rivers."""
        query = _series(request, "00060")
        return await self.water.get(_CONTINUOUS, request, query=query, read=_values)

    @operation("safe", ttl=300)
    async def get_water_levels_usgs(self, request: GetWaterLevelsUsgs) -> WaterValues:
        """Return the gage height of rivers and lakes."""
        query = _series(request, "00065")
        return await self.water.get(_CONTINUOUS, request, query=query, read=_values)

    @operation("safe", ttl=300)
    async def get_water_series(self, request: GetWaterSeries) -> WaterValues:
        """Return what sensors measured."""
        query = _series(request, commas(request.parameter_codes))
        return await self.water.get(_CONTINUOUS, request, query=query, read=_values)

    @operation("safe", ttl=300)
    async def get_latest_water(self, request: GetLatestWater) -> WaterValues:
        """Return the newest value of each sensor."""
        query = {
            **_page(request, request),
            "monitoring_location_id": _sites(request.site_ids),
            "parameter_code": commas(request.parameter_codes),
        }
        read = _by_sides(request, request, _values)
        path = "/collections/latest-continuous/items"
        return await self.water.get(path, request, query=query, read=read)

    @operation("safe", ttl=3600)
    async def get_daily_water(self, request: GetDailyWater) -> DailyWaterValues:
        """Return the values of days."""
        first, last = request.start_day or "..", request.end_day or ".."
        query = {
            **_page(request),
            "skipGeometry": True,
            "monitoring_location_id": _sites(request.site_ids),
            "parameter_code": commas(request.parameter_codes),
            "statistic_id": request.statistic_id,
            "time": None if first == last == ".." else f"{first}/{last}",
        }
        return await self.water.get("/collections/daily/items", request, query=query, read=_values)

    @operation("safe", ttl=3600)
    async def get_water_sites(self, request: GetWaterSites) -> WaterSites:
        """Return sites by state, box or id."""
        query = {
            **_page(request, request),
            "state_name": request.state_name,
            "site_type_code": request.site_type_code,
            "id": _sites(request.site_ids),
        }
        path = "/collections/monitoring-locations/items"
        read = _by_sides(request, request, _places)
        return await self.water.get(path, request, query=query, read=read)


def _series(request: Series, parameter: str | None) -> Query:
    start, end = request.start_time, request.end_time
    last = f"{end:%Y-%m-%dT%H:%M:%SZ}" if end else ".."
    return {
        **_page(request),
        "skipGeometry": True,
        "monitoring_location_id": _sites(request.site_ids),
        "parameter_code": parameter,
        "time": f"{start:%Y-%m-%dT%H:%M:%SZ}/{last}" if start else request.period,
    }


def _page(request: Paged, box: Box | None = None) -> Query:
    side, _, mark = (request.cursor or "0").partition("~")
    name, _, value = mark.partition("=")
    parts = places.sides(box) if box else []
    at = parts[min(int(side), len(parts) - 1)] if parts else None
    bbox = at and commas((at.west, at.south, at.east, at.north))
    return {"f": "json", "limit": request.limit, "bbox": bbox, **({name: value} if name else {})}


def _sites(ids: list[str] | None) -> str | None:
    return commas(one if "-" in one else f"USGS-{one}" for one in ids or ())


def _by_sides(request: Paged, box: Box, read: Callable[..., Record]) -> Callable[[Any], Record]:
    """Return how to read a page of a box: behind one side's last begins the other's first."""
    side = int((request.cursor or "0")[0])
    return partial(read, side=side, more=side + 1 < len(places.sides(box)))


def _next(raw: Record, side: int, *, more: bool) -> str | None:
    links = (one for one in raw.get("links") or () if one.get("rel") == "next")
    query = query_of(next((one["href"] for one in links), ""))
    for name in ("cursor", "offset"):
        if name in query:
            return f"{side}~{name}={query[name]}"
    return f"{side + 1}" if more else None


def _values(raw: Any, side: int = 0, *, more: bool = False) -> Record:  # noqa: ANN401  (JSON)
    found = [_value(one) for one in raw["features"]]
    found.sort(key=lambda one: (one["monitoring_location_id"], one["parameter_code"], one["time"]))
    return {"values": found, "next_cursor": _next(raw, side, more=more)}


def _places(raw: Any, side: int = 0, *, more: bool = False) -> Record:  # noqa: ANN401
    found = [{**one["properties"], **_place(one)} for one in raw["features"]]
    return {"sites": found, "next_cursor": _next(raw, side, more=more)}


def _value(feature: Record) -> Record:
    said = feature["properties"]
    qualifiers = said.get("qualifier") or []
    return {
        **said,
        **_place(feature),
        "value": _number(said["value"]),
        "qualifiers": [qualifiers] if isinstance(qualifiers, str) else qualifiers,
    }


def _place(feature: Record) -> Record:
    point = (feature.get("geometry") or {}).get("coordinates") or (None, None)
    return {"id": feature.get("id"), "longitude": point[0], "latitude": point[1]}


def _number(text: str | None) -> float | None:
    value = float(text) if text else None
    return None if value == _NOTHING else value
