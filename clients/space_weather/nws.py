"""The US National Weather Service: the forecast for a place, and alerts.

https://www.weather.gov/documentation/services-web-api
"""

from functools import partial

from clients._api import HttpCall
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.space_weather import features
from contracts.space_weather import (
    GetWeatherAlerts,
    GetWeatherForecast,
    WeatherAlerts,
    WeatherForecast,
)


class Nws(Client):
    """api.weather.gov: open to all who say who they are."""

    nws = Upstream(
        "https://api.weather.gov",
        headers={
            "User-Agent": "integration-hub/0.1 (Mycosoft agents)",
            "Accept": "application/geo+json",
        },
        # "generous", not public, and cleared within 5 seconds when reached
        limits=[
            Rate(
                2,
                per=1,
                burst=10,
                source="https://www.weather.gov/documentation/services-web-api",
            )
        ],
        probe="/points/39.7456,-97.0892",  # "/" says OK even when nothing behind it answers
    )

    @operation("safe", ttl=900)
    async def get_weather_forecast(self, request: GetWeatherForecast) -> WeatherForecast:
        """Return the forecast for a place in the US: find its grid cell, then ask for that."""
        place = {"lat": features.degrees(request.lat), "lon": features.degrees(request.lon)}
        found = await self.nws.send(HttpCall("GET", "/points/{lat},{lon}", place))
        cell = self.nws.parse(found, features.Cell, features.cell)
        # the answer has the address, too; we never follow one that an upstream gives
        path = "/gridpoints/{office}/{grid_x},{grid_y}/forecast"
        path = f"{path}/hourly" if request.hourly else path
        answer = await self.nws.send(HttpCall("GET", path, vars(cell), {"units": request.units}))
        return self.nws.parse(answer, WeatherForecast, partial(features.forecast, cell=cell))

    @operation("safe", ttl=30)
    async def get_weather_alerts(self, request: GetWeatherAlerts) -> WeatherAlerts:
        """Return weather alerts: those in force, or all of seven days."""
        path = "/alerts/active" if request.active else "/alerts"
        read = partial(features.alerts, limit=request.limit)
        return await self.nws.get(path, request, query=features.wanted(request), read=read)
