"""Ambee: air quality, pollen and wildfires by place.  https://docs.ambeedata.com."""

from typing import Any

from clients._auth import Key
from clients._client import Client
from clients._limits import DAY, SECOND, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts.environmental import (
    AmbeeAirQuality,
    Fires,
    GetAmbeeAirQuality,
    GetAmbeeFire,
    GetAmbeePollen,
    PollenNow,
)
from contracts.environmental.places import Point

_DOCS = "https://docs.ambeedata.com"


class Ambee(Client):
    """api.ambeedata.com, with the limits of a trial account; who pays sets the variable."""

    ambee = Upstream(
        "https://api.ambeedata.com",
        auth=Key("x-api-key", ("AMBEE_API_KEY",)),
        limits=[Rate(1, per=SECOND, burst=5, source=_DOCS), Rate(100, per=DAY, source=_DOCS)],
        manners=Manners(unauthorized=frozenset({401, 403})),
        probe="/latest/by-lat-lng?lat=12.97&lng=77.59",
    )

    @operation("safe", ttl=900)
    async def get_ambee_air_quality(self, request: GetAmbeeAirQuality) -> AmbeeAirQuality:
        """Return the air near a point."""
        return await self.ambee.get("/latest/by-lat-lng", request, query=_place(request))

    @operation("safe", ttl=900)
    async def get_ambee_fire(self, request: GetAmbeeFire) -> Fires:
        """Return wildfires near a point, of the last seven days."""
        path, query = "/fire/latest/by-lat-lng", {**_place(request), "type": request.kind}
        return await self.ambee.get(path, request, query=query, read=_fires)

    @operation("safe", ttl=900)
    async def get_ambee_pollen(self, request: GetAmbeePollen) -> PollenNow:
        """Return the pollen near a point."""
        path = "/v3/pollen/latest"
        return await self.ambee.get(path, request, query=_place(request), read=_readings)


def _place(point: Point) -> Query:
    return {"lat": point.lat, "lng": point.lon}


def _fires(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    return {"fires": raw["data"]}


def _readings(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"readings": raw["data"]}
