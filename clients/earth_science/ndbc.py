"""The National Data Buoy Center's files: tables between spaces, newest row first, MM for nothing.

https://www.ndbc.noaa.gov/faq/rt_data_access.shtml
"""

from typing import Any, Final, TypeVar

from clients._api import HttpCall
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._operation import operation
from clients._reading import Row, Whole, table, xml
from clients._upstream import Upstream
from clients.earth_science import places
from contracts import Result
from contracts.earth_science import (
    BuoyData,
    BuoyOceans,
    BuoyStations,
    BuoyWaves,
    BuoyWinds,
    GetBuoyData,
    GetBuoyOcean,
    GetBuoyStations,
    GetBuoyWaves,
    GetBuoyWinds,
    GetLatestBuoys,
    LatestBuoys,
)
from contracts.earth_science.buoys import OneBuoy

R = TypeVar("R", bound=Result)
Record = dict[str, Any]

_BLANK: Final = frozenset({"MM", "N/A"})
_DOCS: Final = "https://www.ndbc.noaa.gov/faq/rt_data_access.shtml"


class Ndbc(Client):
    """www.ndbc.noaa.gov: open to all, no limit is published; files change every ten minutes."""

    ndbc = Upstream(
        "https://www.ndbc.noaa.gov",
        limits=[Rate(1, per=1, source=_DOCS)],
        probe="/data/latest_obs/latest_obs.txt",
    )

    @operation("safe", ttl=300)
    async def get_buoy_data(self, request: GetBuoyData) -> BuoyData:
        """Return weather and waves at one station."""
        return await self._table(request, "txt", BuoyData, "observations")

    @operation("safe", ttl=300)
    async def get_buoy_waves(self, request: GetBuoyWaves) -> BuoyWaves:
        """Return swell and wind waves at one station."""
        return await self._table(request, "spec", BuoyWaves, "waves")

    @operation("safe", ttl=300)
    async def get_buoy_winds(self, request: GetBuoyWinds) -> BuoyWinds:
        """Return the wind at one station, every ten minutes."""
        return await self._table(request, "cwind", BuoyWinds, "winds")

    @operation("safe", ttl=300)
    async def get_buoy_ocean(self, request: GetBuoyOcean) -> BuoyOceans:
        """Return the water at one station."""
        return await self._table(request, "ocean", BuoyOceans, "samples")

    @operation("safe", ttl=300)
    async def get_latest_buoys(self, request: GetLatestBuoys) -> LatestBuoys:
        """Return what stations measured last."""
        read = Whole(lambda answer: {"stations": _latest(answer, request)})
        return await self.ndbc.get("/data/latest_obs/latest_obs.txt", request, query={}, read=read)

    @operation("safe", ttl=3600)
    async def get_buoy_stations(self, request: GetBuoyStations) -> BuoyStations:
        """Return active stations."""
        read = Whole(lambda answer: _stations(answer, request))
        return await self.ndbc.get("/activestations.xml", request, query={}, read=read)

    async def _table(self, request: OneBuoy, kind: str, into: type[R], name: str) -> R:
        values = {"station_id": request.station_id.upper()}
        call = HttpCall("GET", f"/data/realtime2/{{station_id}}.{kind}", values)
        answer = await self.ndbc.send(call)
        return self.ndbc.parse(answer, into, _newest(name, request.limit))


def _newest(name: str, limit: int) -> Whole:
    return Whole(lambda answer: {name: [_timed(one) for one in _rows(answer)[:limit]]})


def _rows(answer: HttpResponse) -> list[Row]:
    if not answer.body.startswith(b"#"):
        raise ValueError("a table was expected, with its names behind #")
    return table(answer.body.decode(), blank=_BLANK)


def _timed(row: Row) -> Record:
    year = row.get("YY") or row["YYYY"]
    return {**row, "time": f"{year}-{row['MM']}-{row['DD']}T{row['hh']}:{row['mm']}Z"}


def _latest(answer: HttpResponse, box: GetLatestBuoys) -> list[Record]:
    rows = [_timed(one) for one in _rows(answer)]
    return [one for one in rows if places.inside(box, float(one["LAT"]), float(one["LON"]))]


def _stations(answer: HttpResponse, asked: GetBuoyStations) -> Record:
    root = xml(answer.body)
    if root.tag != "stations":
        raise ValueError("a list of stations was expected")
    found = [_station(one.attrib) for one in root.iter("station")]
    return {
        "created_at": (root.get("created") or "").replace("UTC", "Z") or None,
        "stations": [one for one in found if _fits(one, asked)],
    }


def _fits(station: Record, asked: GetBuoyStations) -> bool:
    here = places.inside(asked, float(station["latitude"]), float(station["longitude"]))
    return here and asked.type in {None, station["type"]}


def _station(said: dict[str, str]) -> Record:
    return {
        "id": said["id"].upper(),
        "latitude": said["lat"],
        "longitude": said["lon"],
        "name": said.get("name", ""),
        "owner": said.get("owner"),
        "program": said.get("pgm"),
        "type": said.get("type", "other"),
        "elevation_m": said.get("elev"),
        "met": said.get("met") == "y",
        "currents": said.get("currents") == "y",
        "water_quality": said.get("waterquality") == "y",
        "dart": said.get("dart") == "y",
    }
