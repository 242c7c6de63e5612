"""The USGS's earthquakes: its catalogue (FDSN event service) and its feeds.

https://earthquake.usgs.gov/fdsnws/event/1/ https://earthquake.usgs.gov/earthquakes/feed/v1.0/
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from contracts import earth_science
from contracts.earth_science import (
    Earthquake,
    EarthquakeCount,
    GetEarthquake,
    GetEarthquakeCount,
    GetEarthquakeFeed,
    GetEarthquakes,
)
from contracts.earth_science.earthquakes import Wanted

Record = dict[str, Any]

_DOCS: Final = "https://earthquake.usgs.gov/fdsnws/event/1/"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ROUND: Final = 360.0


class Earthquakes(Client):
    """earthquake.usgs.gov: open to all; no limit is published, 20 000 events in one answer."""

    earthquakes = Upstream(
        "https://earthquake.usgs.gov",
        limits=[Rate(1, per=1, burst=5, source=_DOCS)],
        probe="/fdsnws/event/1/version",
    )

    @operation("safe", ttl=60)
    async def get_earthquakes(self, request: GetEarthquakes) -> earth_science.Earthquakes:
        """Return earthquakes by time, place and strength."""
        page: Query = {
            "orderby": request.order_by,
            "limit": request.limit,
            "offset": request.offset,
        }
        query = {"format": "geojson", **_wanted(request), **page}
        read = partial(_quakes, request)
        return await self.earthquakes.get("/fdsnws/event/1/query", request, query=query, read=read)

    @operation("safe", ttl=60)
    async def get_earthquake_count(self, request: GetEarthquakeCount) -> EarthquakeCount:
        """Return how many earthquakes a query has."""
        query = {"format": "geojson", **_wanted(request)}
        return await self.earthquakes.get("/fdsnws/event/1/count", request, query=query)

    @operation("safe", ttl=60)
    async def get_earthquake(self, request: GetEarthquake) -> Earthquake:
        """Return one earthquake by its id."""
        query = {"format": "geojson", "eventid": request.event_id}
        path = "/fdsnws/event/1/query"
        return await self.earthquakes.get(path, request, query=query, read=_quake)

    @operation("safe", ttl=60)
    async def get_earthquake_feed(self, request: GetEarthquakeFeed) -> earth_science.Earthquakes:
        """Return the earthquakes of the last hour, day, week or month."""
        path = "/earthquakes/feed/v1.0/summary/{magnitude}_{period}.geojson"
        return await self.earthquakes.get(path, request, read=partial(_quakes, None))


def _wanted(request: Wanted) -> Query:
    west, east = request.west, request.east
    if west is not None and east is not None and west > east:
        east += _ROUND  # so the vendor takes a box across the 180th meridian
    return {
        "starttime": _utc(request.start_time),
        "endtime": _utc(request.end_time),
        "minmagnitude": request.min_magnitude,
        "maxmagnitude": request.max_magnitude,
        "mindepth": request.min_depth_km,
        "maxdepth": request.max_depth_km,
        "latitude": request.lat,
        "longitude": request.lon,
        "maxradiuskm": request.radius_km,
        "minlatitude": request.south,
        "maxlatitude": request.north,
        "minlongitude": west,
        "maxlongitude": east,
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}"


def _quakes(asked: GetEarthquakes | None, raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    found = [_quake(one) for one in raw["features"]] if raw is not None else []
    full = asked is not None and len(found) >= asked.limit
    return {
        "earthquakes": found,
        "next_offset": asked.offset + asked.limit if asked is not None and full else None,
    }


def _quake(raw: Any) -> Record:  # noqa: ANN401
    said = raw["properties"]
    longitude, latitude, depth = raw["geometry"]["coordinates"]
    return {
        **said,
        "id": raw["id"],
        "ids": [one for one in (said.get("ids") or "").split(",") if one],
        "time": _moment(said["time"]),
        "updated": _moment(said.get("updated")),
        "tsunami": bool(said.get("tsunami")),
        "longitude": longitude,
        "latitude": latitude,
        "depth_km": depth,
    }


def _moment(milliseconds: int | None) -> datetime | None:
    """Return a time; a model would take the small ones around 1970 for seconds."""
    return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)
