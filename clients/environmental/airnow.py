"""AirNow: the US EPA's air quality index, in the services of June 2026.

https://docs.airnowapi.org/docs/AirNowAPIUpdates2026June.pdf
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import HOUR, Rate
from clients._operation import operation
from clients._target import Query, commas
from clients._upstream import Upstream
from clients.environmental.rows import rows
from contracts.environmental import (
    AirnowForecasts,
    AirnowObservations,
    AirnowReadings,
    GetAirnowCurrent,
    GetAirnowData,
    GetAirnowForecast,
)

_JSON: Final = "application/json"
_KINDS: Final = {"aqi": "A", "concentration": "C", "both": "B"}
_MISSING: Final[Mapping[str, frozenset[float]]] = {
    "nowcastAQI": frozenset({-1, -999}),
    "aqi": frozenset({-1, -999}),
    "AQI": frozenset({-1, -999}),
    "Value": frozenset({-999}),  # -1 is one that a monitor can show
}
_HOURS: Final[Mapping[str, int]] = {
    "AST": -4,
    "ADT": -3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
    "AKST": -9,
    "AKDT": -8,
    "HST": -10,
    "SST": -11,
    "CHST": 10,
}


class AirNow(Client):
    """www.airnowapi.org: new values once an hour. No data is an empty list."""

    airnow = Upstream(
        "https://www.airnowapi.org",
        auth=QueryKey("API_KEY", ("AIRNOW_API_KEY", "EPA_AIRNOW_API_KEY")),
        # for each web service of a key, until the next hour
        limits=[Rate(500, per=HOUR, source="https://docs.airnowapi.org/faq")],
        probe="/aq/forecast/current/?zipCode=20002&format=application/json",
    )

    @operation("safe", ttl=600)
    async def get_airnow_current(self, request: GetAirnowCurrent) -> AirnowObservations:
        """Return the air quality index near a place in the US, now."""
        path = "/aq/observation/current/ziplatlong/"
        return await self.airnow.get(path, request, query=_place(request), read=_observations)

    @operation("safe", ttl=1800)
    async def get_airnow_forecast(self, request: GetAirnowForecast) -> AirnowForecasts:
        """Return the air quality forecast for a place in the US."""
        path = "/aq/forecast/current/"
        return await self.airnow.get(path, request, query=_place(request), read=_forecasts)

    @operation("safe", ttl=600)
    async def get_airnow_data(self, request: GetAirnowData) -> AirnowReadings:
        """Return what the monitors in a box measured hour by hour."""
        query = {
            "BBOX": commas((request.west, request.south, request.east, request.north)),
            "startDate": f"{request.begin:%Y-%m-%dT%H}",
            "endDate": f"{request.end:%Y-%m-%dT%H}",
            "parameters": commas(request.parameters),
            "dataType": _KINDS[request.kind],
            "format": _JSON,
            "verbose": 1,
        }
        return await self.airnow.get("/aq/data/", request, query=query, read=_readings)


def _place(request: GetAirnowCurrent | GetAirnowForecast) -> Query:
    return {
        "zipCode": request.zip_code,
        "latitude": request.lat,
        "longitude": request.lon,
        "format": _JSON,
    }


def _observations(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    found = [{**one, "observed_at": _in_utc(one)} for one in rows(raw)]
    return {"observations": list(map(_present, found))}


def _forecasts(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    found = [
        {**one, "dateIssue": _day(one.get("dateIssue")), "dateValid": _day(one["dateValid"])}
        for one in rows(raw)
    ]
    return {"forecasts": list(map(_present, found))}


def _readings(raw: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"readings": list(map(_present, rows(raw)))}


def _in_utc(one: dict[str, Any]) -> datetime | None:
    """Return the moment that a local day, an hour and an abbreviated zone name."""
    hours = _HOURS.get(one["localTimeZone"].upper())
    if hours is None:
        return None
    said = f"{one['dateObserved'].strip()} {one['hourObserved']} {hours:+03d}00"
    return datetime.strptime(said, "%Y-%m-%d %H:%M %z")


def _day(said: str | None) -> str | None:
    """Return a day without what some services write behind it."""
    return said and said.strip()[:10]


def _present(one: dict[str, Any]) -> dict[str, Any]:
    """Return a row with nothing where the vendor writes a number that means it."""
    return one | {name: None for name, blank in _MISSING.items() if one.get(name) in blank}
