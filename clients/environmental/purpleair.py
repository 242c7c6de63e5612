"""PurpleAir: low-cost sensors. Each field of each sensor costs points.  https://api.purpleair.com."""

from collections.abc import Mapping
from typing import Any, Final

from clients._auth import Key
from clients._client import Client
from clients._limits import SECOND, Rate
from clients._operation import operation
from clients._reading import positions
from clients._target import Query, commas
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts.environmental import (
    GetPurpleairHistory,
    GetPurpleairPoints,
    GetPurpleairSensor,
    GetPurpleairSensors,
    PurpleairHistory,
    PurpleairPoints,
    PurpleairSensor,
    PurpleairSensors,
)

_LOCATIONS: Final = ("outside", "inside")
_MINUTES: Final[Mapping[str, int]] = {
    "none": 0,
    "10m": 10,
    "30m": 30,
    "1h": 60,
    "6h": 360,
    "1d": 1440,
    "1w": 10_080,
    "1mo": 43_200,
    "1y": 525_600,
}


class PurpleAir(Client):
    """api.purpleair.com: a call every so many milliseconds, by kind of call (the costs below)."""

    purpleair = Upstream(
        "https://api.purpleair.com/v1",
        auth=Key("X-API-Key", ("PURPLEAIR_API_KEY",)),
        limits=[Rate(10, per=SECOND, source="https://api.purpleair.com")],
        manners=Manners(unauthorized=frozenset({401, 402, 403})),
        probe="/keys",
    )

    @operation("safe", ttl=60, cost=5)
    async def get_purpleair_sensors(self, request: GetPurpleairSensors) -> PurpleairSensors:
        """Return sensors in a box, or certain ones, with their latest readings."""
        box = request.box or (None,) * 4
        query: Query = {
            "fields": commas(request.fields),
            "show_only": commas(request.sensor_indexes or ()),
            "location_type": request.location and _LOCATIONS.index(request.location),
            "max_age": request.max_age_s,
            "nwlng": box[1],
            "nwlat": box[2],
            "selng": box[3],
            "selat": box[0],
        }
        return await self.purpleair.get("/sensors", request, query=query, read=_sensors)

    @operation("safe", ttl=60)
    async def get_purpleair_sensor(self, request: GetPurpleairSensor) -> PurpleairSensor:
        """Return one sensor with its latest readings."""
        path, query = "/sensors/{sensor_index}", {"fields": commas(request.fields)}
        return await self.purpleair.get(path, request, query=query, read=_sensor)

    @operation("safe", ttl=300, cost=10)
    async def get_purpleair_history(self, request: GetPurpleairHistory) -> PurpleairHistory:
        """Return past readings of one sensor, averaged; long spans cost many points."""
        query = {
            "start_timestamp": int(request.begin.timestamp()),
            "end_timestamp": int(request.end.timestamp()),
            "average": _MINUTES[request.average],
            "fields": commas(request.fields),
        }
        path = "/sensors/{sensor_index}/history"
        return await self.purpleair.get(path, request, query=query, read=_history)

    @operation("safe", ttl=10, cost=10)
    async def get_purpleair_points(self, request: GetPurpleairPoints) -> PurpleairPoints:
        """Return how many points are left."""
        return await self.purpleair.get("/organization", request)


def _sensor(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    return _located(raw["sensor"])


def _sensors(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    rows = [dict(positions(raw["fields"], row)) for row in raw["data"]]
    return {"time": raw["data_time_stamp"], "sensors": list(map(_located, rows))}


def _history(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    rows = [dict(positions(raw["fields"], row)) for row in raw["data"]]
    rows.sort(key=lambda row: float(row["time_stamp"]))
    return {
        "sensor_index": raw["sensor_index"],
        "average": raw["average"],
        "rows": [{**row, "time": row["time_stamp"]} for row in rows],
    }


def _located(sensor: dict[str, Any]) -> dict[str, Any]:
    kind = sensor.get("location_type")
    return sensor if kind is None else {**sensor, "location": _LOCATIONS[kind]}
