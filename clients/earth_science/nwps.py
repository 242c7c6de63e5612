"""The National Water Prediction Service: gauges, floods, forecasts. -999 and -9999 are nothing.

https://api.water.noaa.gov/nwps/v1/docs/
"""

from typing import Any, Final

from clients._api import HttpCall
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients.earth_science import places
from contracts.earth_science import (
    FloodForecast,
    FloodGauges,
    FloodStatus,
    GetFloodForecast,
    GetFloodGauges,
    GetFloodStatus,
)

Record = dict[str, Any]

_NOTHING: Final = -999
"""No stage or flow is that low."""
_NEVER: Final = "0001-01-01"
_LEVELS: Final = ("action", "minor", "moderate", "major")


class Nwps(Client):
    """api.water.noaa.gov, which took the place of AHPS: open to all, no limit is published."""

    nwps = Upstream(
        "https://api.water.noaa.gov/nwps/v1",
        limits=[Rate(1, per=1, burst=3, source="https://api.water.noaa.gov/nwps/v1/docs/")],
        probe="/monitor",
    )

    @operation("safe", ttl=300)
    async def get_flood_status(self, request: GetFloodStatus) -> FloodStatus:
        """Return how one gauge stands."""
        return await self.nwps.get("/gauges/{gauge_id}", request, read=_status)

    @operation("safe", ttl=300)
    async def get_flood_forecast(self, request: GetFloodForecast) -> FloodForecast:
        """Return the hydrograph of one gauge."""
        return await self.nwps.get("/gauges/{gauge_id}/stageflow", request, read=_hydrograph)

    @operation("safe", ttl=300)
    async def get_flood_gauges(self, request: GetFloodGauges) -> FloodGauges:
        """Return all gauges in a box."""
        found: dict[str, Any] = {}
        for part in places.sides(request):
            query: Query = {
                "bbox.xmin": part.west,
                "bbox.ymin": part.south,
                "bbox.xmax": part.east,
                "bbox.ymax": part.north,
                "srid": "EPSG_4326",
            }
            answer = await self.nwps.send(HttpCall("GET", "/gauges", query=query))
            side = self.nwps.parse(answer, FloodGauges, _gauges)
            found |= {one.id: one for one in side.gauges}
        return FloodGauges(gauges=list(found.values()))


def _gauges(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    return {"gauges": [_gauge(one) for one in raw["gauges"]]}


def _gauge(raw: Record) -> Record:
    status = raw.get("status") or {}
    return {
        **raw,
        "state": (raw.get("state") or {}).get("abbreviation"),
        "observed": _stage(status.get("observed")),
        "forecast": _stage(status.get("forecast")),
    }


def _status(raw: Any) -> Record:  # noqa: ANN401
    flood = raw.get("flood") or {}
    levels = flood.get("categories") or {}
    return {
        **_gauge(raw),
        "reachId": raw.get("reachId") or None,
        "usgsId": raw.get("usgsId") or None,
        "in_service": (raw.get("inService") or {}).get("enabled"),
        "stage_unit": flood.get("stageUnits"),
        "flow_unit": flood.get("flowUnits"),
        "levels": [_level(one, levels[one]) for one in _LEVELS if one in levels],
    }


def _level(category: str, raw: Record) -> Record:
    return {
        "category": category,
        "stage": _value(raw.get("stage")),
        "flow": _value(raw.get("flow")),
    }


def _stage(raw: Record | None) -> Record | None:
    return raw and {
        **raw,
        "primary": _value(raw["primary"]),
        "secondary": _value(raw.get("secondary")),
        "validTime": _time(raw.get("validTime")),
    }


def _hydrograph(raw: Any) -> Record:  # noqa: ANN401
    return {name: _series(raw[name]) for name in ("observed", "forecast")}


def _series(raw: Record | None) -> Record | None:
    if not raw or not raw.get("data"):
        return None
    points = [_stage(one) for one in raw["data"]]
    return {**raw, "issuedTime": _time(raw.get("issuedTime")), "data": points}


def _value(number: float | None) -> float | None:
    return None if number is None or number <= _NOTHING else number


def _time(text: str | None) -> str | None:
    return None if not text or text.startswith(_NEVER) else text
