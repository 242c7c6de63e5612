"""Ambee: air quality, pollen and wildfires by place.  https://docs.ambeedata.com."""

from typing import Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Point


class DecidingPollutant(Result):
    """What makes the index as high as it is."""

    pollutant: str | None = None
    concentration: float | None = None
    """In the unit of that pollutant."""
    category: str | None = None
    """``Good``, ``Moderate`` …"""


class AmbeeStation(Result):
    """The air at one place; None is not measured there."""

    aqi: float | None = Field(alias="AQI", default=None)
    """US index."""
    info: DecidingPollutant | None = Field(alias="aqiInfo", default=None)
    co_ppm: float | None = Field(alias="CO", default=None)
    no2_ppb: float | None = Field(alias="NO2", default=None)
    ozone_ppb: float | None = Field(alias="OZONE", default=None)
    so2_ppb: float | None = Field(alias="SO2", default=None)
    pm10: float | None = Field(alias="PM10", default=None)
    """µg/m³."""
    pm2_5: float | None = Field(alias="PM25", default=None)
    """µg/m³."""
    place: str | None = Field(alias="placeName", default=None)
    city: str | None = None
    country: str | None = Field(alias="countryCode", default=None)
    latitude: float | None = Field(alias="lat", default=None)
    longitude: float | None = Field(alias="lng", default=None)
    updated_at: Utc | None = Field(alias="updatedAt", default=None)


class AmbeeAirQuality(Result):
    """The air near a point."""

    stations: list[AmbeeStation]


class GetAmbeeAirQuality(Point, Request[AmbeeAirQuality]):
    """The air near a point, now."""


class Fire(Result):
    """A wildfire that was detected from space, or reported."""

    latitude: float = Field(alias="lat")
    longitude: float = Field(alias="lng")
    detected_at: Utc | None = Field(alias="detectedAt", default=None)
    confidence: str | float | None = None
    """``high``, ``nominal``, ``low``, or percent: as the satellite says."""
    power_mw: float | None = Field(alias="frp", default=None)
    """Radiative power, megawatt."""
    kind: str | None = Field(alias="fireType", default=None)
    """``detected`` or ``reported``."""
    name: str | None = Field(alias="fireName", default=None)
    area: float | None = None
    """As reported; Ambee does not say in which unit."""


class Fires(Result):
    """Fires of the last seven days; none is an empty list."""

    fires: list[Fire]


class GetAmbeeFire(Point, Request[Fires]):
    """Wildfires near a point, of the last seven days."""

    kind: Literal["detected", "reported"] | None = None
    """Only those seen from space, or only those reported."""


class PollenCount(Result):
    """Grains per m³."""

    grass: float | None = Field(alias="grass_pollen", default=None)
    tree: float | None = Field(alias="tree_pollen", default=None)
    weed: float | None = Field(alias="weed_pollen", default=None)


class PollenRisk(Result):
    """``Low``, ``Moderate``, ``High`` or ``Very High``."""

    grass: str | None = Field(alias="grass_pollen", default=None)
    tree: str | None = Field(alias="tree_pollen", default=None)
    weed: str | None = Field(alias="weed_pollen", default=None)


class Pollen(Result):
    """The pollen of one hour."""

    count: PollenCount = Field(alias="Count")
    risk: PollenRisk = Field(alias="Risk")
    updated_at: Utc | None = Field(alias="updatedAt", default=None)


class PollenNow(Result):
    """The pollen near a point."""

    readings: list[Pollen]


class GetAmbeePollen(Point, Request[PollenNow]):
    """The pollen near a point, now."""
