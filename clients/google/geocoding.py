"""The older Maps services: geocoding, elevation, time zones; failures come as a 200.

https://developers.google.com/maps/documentation/geocoding
"""

from collections.abc import Iterable
from typing import Any, Final

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._target import Query
from clients._upstream import Upstream
from contracts.google import (
    Elevations,
    Geocode,
    Geocoded,
    GetElevation,
    GetTimeZone,
    Point,
    ReverseGeocode,
    TimeZone,
)

KEYS: Final = ("GOOGLE_API_KEY", "GOOGLE_MAPS_API_KEY", "NEXT_PUBLIC_GOOGLE_MAPS_API_KEY")
_DOCS: Final = "https://developers.google.com/maps/documentation"


class Geocoding(Client):
    """Three services on one host, each with a limit of its own for the whole project."""

    geocoding = Upstream(
        "https://maps.googleapis.com/maps/api/geocode",
        auth=QueryKey("key", KEYS),
        limits=[Rate(3000, per=MINUTE, source=f"{_DOCS}/geocoding/usage-and-billing")],
        probe="/json",
    )
    elevation = Upstream(
        "https://maps.googleapis.com/maps/api/elevation",
        auth=QueryKey("key", KEYS),
        limits=[Rate(6000, per=MINUTE, source=f"{_DOCS}/elevation/usage-and-billing")],
        probe="/json",
    )
    time_zone = Upstream(
        "https://maps.googleapis.com/maps/api/timezone",
        auth=QueryKey("key", KEYS),
        limits=[Rate(30_000, per=MINUTE, source=f"{_DOCS}/timezone/usage-and-billing")],
        probe="/json",
    )

    @operation("safe")
    async def geocode(self, request: Geocode) -> Geocoded:
        """Return where an address or a place is."""
        query = {
            "address": request.address,
            "components": _filter(request),
            "place_id": request.place_id,
            "language": request.language,
            "region": request.region,
        }
        return await self.geocoding.get("/json", request, query=query, read=_places)

    @operation("safe")
    async def reverse_geocode(self, request: ReverseGeocode) -> Geocoded:
        """Return the addresses at a place, the most exact first."""
        query = {
            "latlng": _text(request.latitude, request.longitude),
            "result_type": "|".join(request.result_types) or None,
            "location_type": "|".join(request.location_types) or None,
            "language": request.language,
        }
        return await self.geocoding.get("/json", request, query=query, read=_places)

    @operation("safe")
    async def get_elevation(self, request: GetElevation) -> Elevations:
        """Return the heights of places, or along a path."""
        points = _listed(request.locations)
        along: Query = {"path": points, "samples": request.samples}
        query: Query = along if request.samples else {"locations": points}
        return await self.elevation.get("/json", request, query=query, read=_heights)

    @operation("safe")
    async def get_time_zone(self, request: GetTimeZone) -> TimeZone:
        """Return the time zone of a place, and its offsets at a moment."""
        query: Query = {
            "location": _text(request.latitude, request.longitude),
            "timestamp": int(request.at.timestamp()),
            "language": request.language,
        }
        return await self.time_zone.get("/json", request, query=query)


def _filter(request: Geocode) -> str | None:
    given = request.components.model_dump(exclude_none=True) if request.components else {}
    return "|".join(f"{name}:{value}" for name, value in given.items()) or None


def _listed(points: Iterable[Point]) -> str:
    return "|".join(_text(one.latitude, one.longitude) for one in points)


def _text(*degrees: float) -> str:
    """Return coordinates to a centimetre, never as ``1e-05``."""
    return ",".join(f"{one:.7f}".rstrip("0").rstrip(".") for one in degrees)


def _places(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    return {"results": [_place(one) for one in said["results"]]}


def _place(one: dict[str, Any]) -> dict[str, Any]:
    shape = one["geometry"]
    return {**one, **_degrees(shape["location"]), "location_type": shape.get("location_type")}


def _heights(said: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"results": [{**one, **_degrees(one.pop("location"))} for one in said["results"]]}


def _degrees(location: dict[str, float]) -> dict[str, float]:
    return {"latitude": location["lat"], "longitude": location["lng"]}
