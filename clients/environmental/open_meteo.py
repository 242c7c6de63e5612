"""Open-Meteo: the air quality of the CAMS models.  https://open-meteo.com/en/docs/air-quality-api."""

from typing import Any, Final

from clients._auth import FirstOf, NoAuth, QueryKey
from clients._client import Client
from clients._limits import DAY, HOUR, MINUTE, Rate
from clients._operation import operation
from clients._target import commas
from clients._upstream import Upstream
from contracts.environmental import AirQualityForecast, GetAirQualityForecast

_PRICING: Final = "https://open-meteo.com/en/pricing"


def _weight(request: GetAirQualityForecast) -> float:
    """Return how many calls it counts as: more than ten variables or two weeks are several."""
    variables, days = len(request.variables) / 10, request.forecast_days + request.past_days
    return max(1.0, variables, variables * days / 14)


class OpenMeteo(Client):
    """Free for non-commercial ends, without a key.

    Who has a key sets ``OPEN_METEO_API_KEY``, the address of the customers' host
    (https://customer-air-quality-api.open-meteo.com/v1) and the limit.
    """

    open_meteo = Upstream(
        "https://air-quality-api.open-meteo.com/v1",
        auth=FirstOf((QueryKey("apikey", ("OPEN_METEO_API_KEY",)), NoAuth())),
        limits=[
            Rate(600, per=MINUTE, source=_PRICING),
            Rate(5000, per=HOUR, source=_PRICING),
            Rate(10_000, per=DAY, source=_PRICING),
        ],
        probe="/air-quality?latitude=0&longitude=0&current=us_aqi",
    )

    @operation("safe", ttl=600, cost=_weight)
    async def get_air_quality_forecast(self, request: GetAirQualityForecast) -> AirQualityForecast:
        """Return the air quality of a place hour by hour: now, past days and days ahead."""
        query = {
            "latitude": request.lat,
            "longitude": request.lon,
            "current": commas(request.variables),
            "hourly": commas(request.variables),
            "forecast_days": request.forecast_days,
            "past_days": request.past_days,
            "domains": request.domains,
        }
        return await self.open_meteo.get("/air-quality", request, query=query, read=_forecast)


def _forecast(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    """Return the columns as hours; without a time zone in the question times are UTC."""
    columns, units = raw["hourly"], raw["hourly_units"]
    names = [name for name in columns if name != "time"]
    rows = zip(columns["time"], *(columns[name] for name in names), strict=True)
    hours = [{"time": time, "values": dict(zip(names, row, strict=True))} for time, *row in rows]
    units = {name: unit for name, unit in units.items() if name != "time"}
    return {
        **{name: raw[name] for name in ("latitude", "longitude", "elevation")},
        "units": units,
        "hours": hours,
        "current": _now(raw["current"]),
    }


def _now(current: dict[str, Any]) -> dict[str, Any]:
    values = {name: one for name, one in current.items() if name not in {"time", "interval"}}
    return {"time": current["time"], "values": values}
