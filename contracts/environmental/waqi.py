"""World Air Quality Index project: stations of the world by one index.  https://aqicn.org/json-api/doc."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import MaybeInt, Utc
from contracts.environmental.places import Box, MaybePoint, Place


class WaqiStation(Result):
    """A station and its index."""

    uid: int
    name: str
    latitude: float | None
    longitude: float | None
    aqi: MaybeInt
    """US EPA 2016 scale, 0 to 500; None where it is silent."""
    time: Utc | None = None


class WaqiStations(Result):
    """Stations; none is an empty list."""

    stations: list[WaqiStation]


class SearchWaqi(Request[WaqiStations]):
    """Stations by name."""

    keyword: Place


class GetWaqiMap(Box, Request[WaqiStations]):
    """Stations in a box."""


class WaqiForecast(Result):
    """The index of one pollutant on one day."""

    day: date
    avg: float
    min: float
    max: float


class Attribution(Result):
    """Whom to name: the terms ask for it."""

    name: str
    url: str | None = None


class WaqiFeed(Result):
    """The air at one station."""

    uid: int
    """Below 0 it is a citizen's station."""
    name: str
    latitude: float | None
    longitude: float | None
    aqi: MaybeInt
    """US EPA 2016 scale, 0 to 500; None where it is silent."""
    dominant: str | None
    """Pollutant that decides: ``pm25``, ``o3`` …"""
    time: Utc | None
    values: dict[str, float]
    """Indexes of pollutants (``pm25``, ``no2`` …), and weather: ``t`` °C, ``p`` hPa, ``h`` %, ``w``
    m/s."""
    forecast: dict[str, list[WaqiForecast]]
    """By pollutant: what there is depends on the station."""
    attributions: list[Attribution]


class GetWaqiFeed(MaybePoint, Request[WaqiFeed]):
    """The air at one station: that of a city, one by number, or the nearest to a point."""

    city: Place | None = None
    """A city's name; stations below a city are asked for by number."""
    uid: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    """As a search or the map tells."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        asked = [one for one in (self.city, self.uid, self.lat) if one is not None]
        if len(asked) != 1:
            raise ValueError("ask by city, by uid, or by lat and lon: one of these")
        return self
