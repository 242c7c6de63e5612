"""NOAA's tides and currents (CO-OPS): numbers as text, times in GMT, errors that may be 200.

https://api.tidesandcurrents.noaa.gov/api/prod/
"""

from datetime import datetime
from functools import partial
from typing import Any, Final

from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.earth_science import places
from contracts.earth_science import (
    CoastValues,
    CoastWinds,
    Currents,
    GetCoastalConditions,
    GetCoastalWind,
    GetCurrents,
    GetTidePredictions,
    GetTideStations,
    GetWaterLevels,
    TidePredictions,
    TideStations,
    WaterLevels,
)
from contracts.earth_science.tides import Span

Record = dict[str, Any]

_DOCS: Final = "https://api.tidesandcurrents.noaa.gov/api/prod/"
_DATA: Final = "/api/prod/datagetter"
_ALWAYS: Final = {
    "application": "integration_hub",
    "units": "metric",
    "time_zone": "gmt",
    "format": "json",
}


class Coops(Client):
    """api.tidesandcurrents.noaa.gov: open to all; may slow down who asks much, and names no number.

    It wants to be told who asks: `application`.
    """

    coops = Upstream(
        "https://api.tidesandcurrents.noaa.gov",
        limits=[Rate(1, per=1, burst=3, source=_DOCS)],
        # predictions need no instrument that could be out of order
        probe=f"{_DATA}?station=9414290&product=predictions&date=today&datum=MLLW&interval=hilo"
        "&units=metric&time_zone=gmt&format=json&application=integration_hub",
    )

    @operation("safe", ttl=3600)
    async def get_tide_predictions(self, request: GetTidePredictions) -> TidePredictions:
        """Return predicted tides."""
        asked = {"datum": request.datum, "interval": request.interval}
        query = _query(request, request.station_id, "predictions", "today") | asked
        return await self.coops.get(_DATA, request, query=query)

    @operation("safe", ttl=300)
    async def get_water_levels(self, request: GetWaterLevels) -> WaterLevels:
        """Return measured water levels."""
        query = _query(request, request.station_id, "water_level") | {"datum": request.datum}
        return await self.coops.get(_DATA, request, query=query)

    @operation("safe", ttl=300)
    async def get_coastal_conditions(self, request: GetCoastalConditions) -> CoastValues:
        """Return what air or water was like."""
        query = _query(request, request.station_id, request.product)
        return await self.coops.get(_DATA, request, query=query)

    @operation("safe", ttl=300)
    async def get_coastal_wind(self, request: GetCoastalWind) -> CoastWinds:
        """Return the wind."""
        query = _query(request, request.station_id, "wind")
        return await self.coops.get(_DATA, request, query=query)

    @operation("safe", ttl=300)
    async def get_currents(self, request: GetCurrents) -> Currents:
        """Return how the water flows."""
        query = _query(request, request.station_id, "currents") | {"bin": request.bin}
        return await self.coops.get(_DATA, request, query=query)

    @operation("safe", ttl=86_400)
    async def get_tide_stations(self, request: GetTideStations) -> TideStations:
        """Return stations by what they measure."""
        query = {"type": request.type, "units": "metric"}
        read = partial(_stations, request)
        path = "/mdapi/prod/webapi/stations.json"
        return await self.coops.get(path, request, query=query, read=read)


def _query(request: Span, station: str, product: str, newest: str = "latest") -> dict[str, Any]:
    begin, end = _gmt(request.begin_date), _gmt(request.end_date)
    when = {"begin_date": begin, "end_date": end} if begin else {"date": newest}
    return {"station": station, "product": product, **when, **_ALWAYS}


def _gmt(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y%m%d %H:%M}"


def _stations(asked: GetTideStations, raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    state = (asked.state or "").upper()
    found = [
        one
        for one in raw["stations"]
        if state in {"", (one.get("state") or "").upper()}
        if places.inside(asked, one["lat"], one["lng"])
    ]
    return {"count": len(found), "stations": found}
