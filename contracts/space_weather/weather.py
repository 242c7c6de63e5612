"""Weather on the ground in the United States.

https://www.weather.gov/documentation/services-web-api
"""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Request, Result
from contracts._types import Cursor, Latitude, Longitude, Utc


class ForecastPeriod(Result):
    """Half a day, or an hour."""

    model_config = ConfigDict(extra="ignore")

    name: str = ""
    """``Tonight``, ``Monday`` …; empty for an hour."""
    start_time: Utc = Field(alias="startTime")
    end_time: Utc = Field(alias="endTime")
    is_daytime: bool = Field(alias="isDaytime")
    temperature: float | None
    """High by day, low by night; in `temperature_unit`."""
    temperature_unit: str = Field(alias="temperatureUnit")
    """``F`` or ``C``."""
    precipitation_percent: float | None = None
    """Chance of precipitation, percent."""
    wind_speed: str | None = Field(alias="windSpeed", default=None)
    """As text, with its unit: ``5 to 10 mph``."""
    wind_direction: str | None = Field(alias="windDirection", default=None)
    """Where it comes from: ``SW``."""
    short_forecast: str = Field(alias="shortForecast")
    detailed_forecast: str = Field(alias="detailedForecast", default="")


class WeatherForecast(Result):
    """The forecast for one grid cell of 2.5 km."""

    office: str
    """The office that makes it: ``TOP``."""
    grid_x: int
    grid_y: int
    generated_at: Utc = Field(alias="generatedAt")
    updated_at: Utc = Field(alias="updateTime")
    """When the data behind it was last changed."""
    periods: list[ForecastPeriod]
    """In order of time, about seven days."""


class GetWeatherForecast(Request[WeatherForecast]):
    """The National Weather Service's forecast for a place in the US, for about seven days.

    Costs two calls. Places outside the US and at sea are refused by the upstream.
    """

    lat: Latitude
    """Degrees north; used with 4 decimals."""
    lon: Longitude
    """Degrees east, negative in the Americas; used with 4 decimals."""
    hourly: bool = False
    """By the hour instead of by half days."""
    units: Literal["us", "si"] = "us"
    """Fahrenheit and mph, or Celsius and km/h."""


class WeatherAlert(Result):
    """One watch, warning or advisory."""

    model_config = ConfigDict(extra="ignore")

    id: str
    event: str
    """``Tornado Warning`` …"""
    headline: str | None = None
    severity: str
    """``Extreme``, ``Severe``, ``Moderate``, ``Minor`` or ``Unknown``."""
    certainty: str
    urgency: str
    area: str = Field(alias="areaDesc")
    """Counties or zones, as text."""
    sent: Utc
    onset: Utc | None = None
    """When it begins."""
    expires: Utc
    """When the message is out of date."""
    ends: Utc | None = None
    """When the event is over."""
    status: str
    """``Actual``; ``Test`` and ``Exercise`` are not meant."""
    message_type: str = Field(alias="messageType")
    """``Alert``, ``Update`` or ``Cancel``."""
    description: str | None = None
    instruction: str | None = None


class WeatherAlerts(Result):
    """Alerts of the National Weather Service."""

    alerts: list[WeatherAlert]
    """Newest first."""
    next_cursor: str | None = None
    """Where the next page begins; null on the last."""


class GetWeatherAlerts(Request[WeatherAlerts]):
    """Weather alerts of the US: those in force, or all of the last seven days."""

    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$", max_length=2)] | None = None
    """Only of this state, territory or marine area: ``CA``, ``PR``, ``GM``."""
    lat: Latitude | None = None
    """Only at this point, degrees north; with `lon`, instead of `state`."""
    lon: Longitude | None = None
    """Degrees east; with `lat`."""
    severity: Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"] | None = None
    """Only of this severity."""
    active: bool = True
    """Only those in force; false: those of the last seven days, page by page."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    """Most alerts on a page; the newest ones where `active` is true."""
    cursor: Cursor | None = None
    """`next_cursor` of the page before; only where `active` is false."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a point needs both lat and lon")
        if self.lat is not None and self.state is not None:
            raise ValueError("ask for a state or for a point, not for both")
        if self.cursor is not None and self.active:
            raise ValueError("active alerts have one page: drop cursor, or set active to false")
        return self
