"""Open-Meteo: the air quality of the CAMS models, hour by hour, for any place.

https://open-meteo.com/en/docs/air-quality-api
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Point

Variable = Literal[
    "pm10",
    "pm2_5",
    "carbon_monoxide",
    "carbon_dioxide",
    "nitrogen_dioxide",
    "sulphur_dioxide",
    "ozone",
    "aerosol_optical_depth",
    "dust",
    "uv_index",
    "uv_index_clear_sky",
    "ammonia",
    "methane",
    "alder_pollen",
    "birch_pollen",
    "grass_pollen",
    "mugwort_pollen",
    "olive_pollen",
    "ragweed_pollen",
    "european_aqi",
    "european_aqi_pm2_5",
    "european_aqi_pm10",
    "european_aqi_nitrogen_dioxide",
    "european_aqi_ozone",
    "european_aqi_sulphur_dioxide",
    "us_aqi",
    "us_aqi_pm2_5",
    "us_aqi_pm10",
    "us_aqi_nitrogen_dioxide",
    "us_aqi_ozone",
    "us_aqi_sulphur_dioxide",
    "us_aqi_carbon_monoxide",
]
"""What the models know; pollen and ammonia of Europe only."""


class AirHour(Result):
    """The values of one hour, by variable; None where the model has none."""

    time: Utc
    values: dict[str, float | None]


class AirQualityForecast(Result):
    """Values hour by hour at the model's point next to the place."""

    latitude: float
    longitude: float
    elevation_m: float | None = Field(alias="elevation", default=None)
    units: dict[str, str]
    """By variable: ``μg/m³``, ``grains/m³``, ``USAQI`` …"""
    current: AirHour
    hours: list[AirHour]


class GetAirQualityForecast(Point, Request[AirQualityForecast]):
    """The air quality of a place: now, past days and up to seven days ahead."""

    variables: Annotated[list[Variable], Field(min_length=1, max_length=32)] = [
        "pm10",
        "pm2_5",
        "nitrogen_dioxide",
        "ozone",
        "european_aqi",
        "us_aqi",
    ]
    forecast_days: Annotated[int, Field(ge=0, le=7)] = 2
    """From today 0:00 UTC on."""
    past_days: Annotated[int, Field(ge=0, le=92)] = 0
    domains: Literal["auto", "cams_europe", "cams_global"] = "auto"
    """The model: of Europe (11 km), of the world (45 km)."""
