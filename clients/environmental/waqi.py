"""World Air Quality Index project.  https://aqicn.org/json-api/doc."""

from typing import Any

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._target import commas
from clients._upstream import Upstream
from clients.environmental.rows import rows
from contracts.environmental import GetWaqiFeed, GetWaqiMap, SearchWaqi, WaqiFeed, WaqiStations


class Waqi(Client):
    """api.waqi.info: its terms forbid to cache and ask to name the stations' owners."""

    waqi = Upstream(
        "https://api.waqi.info",
        auth=QueryKey("token", ("WAQI_API_TOKEN",)),
        # 1000 a second says the vendor, a minute say others: far below both
        limits=[Rate(5, per=1, burst=10, source="https://aqicn.org/api/")],
        probe="/feed/here/",
    )

    @operation("safe")
    async def get_waqi_feed(self, request: GetWaqiFeed) -> WaqiFeed:
        """Return the air at one station, with a forecast where there is one."""
        path = "/feed/geo:{lat};{lon}/"
        if request.city is not None:
            path = "/feed/{city}/"
        elif request.uid is not None:
            path = "/feed/@{uid}/"
        return await self.waqi.get(path, request, query={}, read=_feed)

    @operation("safe")
    async def search_waqi(self, request: SearchWaqi) -> WaqiStations:
        """Return stations by name."""
        return await self.waqi.get("/search/", request, read=_found)

    @operation("safe")
    async def get_waqi_map(self, request: GetWaqiMap) -> WaqiStations:
        """Return the stations in a box."""
        query = {"latlng": commas((request.south, request.west, request.north, request.east))}
        return await self.waqi.get("/map/bounds/", request, query=query, read=_mapped)


def _feed(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    data = raw["data"]
    return {
        **_place(data["city"]),
        "aqi": data["aqi"],
        "uid": data["idx"],
        "name": data["city"]["name"],
        "dominant": data.get("dominentpol") or None,
        "time": data["time"].get("iso"),
        "values": {name: one["v"] for name, one in data["iaqi"].items()},
        "forecast": data.get("forecast", {}).get("daily", {}),
        "attributions": data["attributions"],
    }


def _found(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "stations": [
            {
                **_place(one["station"]),
                "uid": one["uid"],
                "name": one["station"]["name"],
                "aqi": one["aqi"],
                "time": one["time"].get("vtime"),
            }
            for one in rows(raw["data"])
        ]
    }


def _mapped(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "stations": [
            {
                "uid": one["uid"],
                "name": one["station"]["name"],
                "latitude": one["lat"],
                "longitude": one["lon"],
                "aqi": one["aqi"],
                "time": one["station"].get("time"),
            }
            for one in rows(raw["data"])
        ]
    }


def _place(where: dict[str, Any]) -> dict[str, Any]:
    latitude, longitude = where.get("geo") or (None, None)
    return {"latitude": latitude, "longitude": longitude}
