"""Tides, water levels, currents and weather on US coasts (NOAA CO-OPS). All metric, all UTC.

https://api.tidesandcurrents.noaa.gov/api/prod/
"""

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Contract, Request, Result
from contracts._types import MaybeFloat, Utc
from contracts.earth_science.places import Box

StationId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]+$", min_length=5, max_length=10)]
"""``9414290`` San Francisco; of currents ``PCT0101``."""
Datum = Literal[
    "MLLW", "MLW", "MSL", "MTL", "MHW", "MHHW", "NAVD", "STND", "CRD", "IGLD", "LWD", "HAT", "LAT"
]


class Span(Contract):
    """From when to when; without it the newest, of predictions today's."""

    longest: ClassVar[int] = 31
    """Days in one question."""

    begin_date: Utc | None = None
    """A day, or a time in UTC; with `end_date`."""
    end_date: Utc | None = None
    """Likewise; a day alone is its first minute: name the day after the last that is meant."""

    @model_validator(mode="after")
    def _short(self) -> Self:
        if (self.begin_date is None) != (self.end_date is None):
            raise ValueError("a span needs begin_date and end_date")
        if self.begin_date is None or self.end_date is None:
            return self
        if self.end_date < self.begin_date:
            raise ValueError("end_date lies before begin_date: swap them")
        if self.end_date - self.begin_date > timedelta(days=self.longest):
            raise ValueError(f"the vendor answers {self.longest} days at most: ask in parts")
        return self


class CoastRow(Result):
    """What all rows have."""

    model_config = ConfigDict(extra="ignore")

    time: Utc = Field(alias="t")


class TidePrediction(CoastRow):
    """How high the tide will be."""

    level_m: float = Field(alias="v")
    """Metres above the datum."""
    type: str | None = None
    """``H`` high tide, ``L`` low tide, of those only."""


class TidePredictions(Result):
    """How high the tide will be, oldest first."""

    predictions: list[TidePrediction]


class GetTidePredictions(Span, Request[TidePredictions]):
    """Predicted tides of one station."""

    longest: ClassVar[int] = 366

    station_id: StationId
    datum: Datum = "MLLW"
    """What heights are measured from."""
    interval: Literal["hilo", "h", "30", "15", "6"] = "hilo"
    """High and low tides, every hour, or every so many minutes; the smaller ones of a month."""

    @model_validator(mode="after")
    def _fine(self) -> Self:
        days = timedelta(0)
        if self.begin_date is not None and self.end_date is not None:
            days = self.end_date - self.begin_date
        if self.interval in {"30", "15", "6"} and days > timedelta(days=31):
            raise ValueError("less than an hour apart the vendor answers 31 days at most")
        return self


class CoastStation(Result):
    """Where a measurement comes from."""

    id: str
    name: str
    latitude: float = Field(alias="lat")
    longitude: float = Field(alias="lon")


class WaterLevel(CoastRow):
    """How high the water was."""

    level_m: MaybeFloat = Field(alias="v")
    """Metres above the datum."""
    sigma_m: MaybeFloat = Field(default=None, alias="s")
    """Spread of the seconds it was made of."""
    flags: str | None = Field(default=None, alias="f")
    """Four of 0 and 1: outliers, flat, rate of change, beyond limits."""
    quality: str | None = Field(default=None, alias="q")
    """``p`` preliminary, ``v`` verified."""


class WaterLevels(Result):
    """How high the water was, oldest first."""

    station: CoastStation = Field(alias="metadata")
    levels: list[WaterLevel] = Field(alias="data")


class GetWaterLevels(Span, Request[WaterLevels]):
    """Measured water levels of one station, every six minutes."""

    station_id: StationId
    datum: Datum = "MLLW"
    """What heights are measured from."""


class CoastValue(CoastRow):
    """One measured value."""

    value: MaybeFloat = Field(alias="v")
    """In the unit of its product."""
    flags: str | None = Field(default=None, alias="f")


class CoastValues(Result):
    """Measured values, oldest first."""

    station: CoastStation = Field(alias="metadata")
    values: list[CoastValue] = Field(alias="data")


class GetCoastalConditions(Span, Request[CoastValues]):
    """Air or water at one station, every six minutes."""

    station_id: StationId
    product: Literal[
        "air_temperature",
        "water_temperature",
        "air_pressure",
        "humidity",
        "visibility",
        "salinity",
        "conductivity",
    ]
    """°C, °C, hPa, percent, km, PSU or mS/cm."""


class CoastWind(CoastRow):
    """Wind of two minutes."""

    speed_m_s: MaybeFloat = Field(alias="s")
    direction_deg: MaybeFloat = Field(alias="d")
    """Where it comes from."""
    direction: str | None = Field(default=None, alias="dr")
    """``NNW``."""
    gust_m_s: MaybeFloat = Field(alias="g")


class CoastWinds(Result):
    """Wind, oldest first."""

    station: CoastStation = Field(alias="metadata")
    winds: list[CoastWind] = Field(alias="data")


class GetCoastalWind(Span, Request[CoastWinds]):
    """Wind at one station, every six minutes."""

    station_id: StationId


class Current(CoastRow):
    """How the water flows."""

    speed_cm_s: MaybeFloat = Field(alias="s")
    """Centimetres per second."""
    direction_deg: MaybeFloat = Field(alias="d")
    """Where it flows to."""
    bin: int | None = Field(default=None, alias="b")
    """The layer of water."""


class Currents(Result):
    """How the water flows, oldest first."""

    station: CoastStation | None = Field(default=None, alias="metadata")
    currents: list[Current] = Field(alias="data")


class GetCurrents(Span, Request[Currents]):
    """Measured currents of one station, every six minutes."""

    station_id: StationId
    bin: Annotated[int, Field(ge=1, le=200)] | None = None
    """The layer of water; left out: the station's own choice."""


class TideStation(Result):
    """One station."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str
    state: str | None = None
    latitude: float = Field(alias="lat")
    longitude: float = Field(alias="lng")
    type: str | None = None
    """Of predictions: ``R`` own harmonics, ``S`` by offsets from `reference_id`."""
    reference_id: str | None = None


class TideStations(Result):
    """Stations."""

    count: int = 0
    """As many as there are below."""
    stations: list[TideStation]


class GetTideStations(Box, Request[TideStations]):
    """Stations by what they measure, in a state or a box; about 3400 predict tides."""

    type: Literal["tidepredictions", "waterlevels", "currents", "currentpredictions", "met"] = (
        "tidepredictions"
    )
    state: Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", max_length=2)] | None = None
    """``CA``."""
