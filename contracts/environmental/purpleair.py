"""PurpleAir: low-cost sensors of people and agencies. Each field of each sensor costs points.

https://api.purpleair.com
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Id, MaybeBox

Fields = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,64}$", max_length=64)]],
    Field(min_length=1, max_length=60),
]
"""Names of fields as the vendor has them: ``pm2.5``, ``pm10.0``, ``humidity``. Fewer cost less."""

Average = Literal["none", "10m", "30m", "1h", "6h", "1d", "1w", "1mo", "1y"]
"""Over which time readings are averaged; ``none`` is each reading."""

READINGS: Fields = ["pm2.5", "pm10.0", "temperature", "humidity"]


class Readings(Result):
    """What was asked for; further fields stand under the vendor's names."""

    pm2_5: float | None = Field(alias="pm2.5", default=None)
    """µg/m³."""
    pm10: float | None = Field(alias="pm10.0", default=None)
    """µg/m³."""
    temperature_f: float | None = Field(alias="temperature", default=None)
    """Inside the housing: about 8 °F above the air's."""
    humidity_percent: float | None = Field(alias="humidity", default=None)
    """Inside the housing: about 4 points below the air's."""
    pressure_mbar: float | None = Field(alias="pressure", default=None)


class PurpleairSensor(Readings):
    """A sensor and its latest readings."""

    sensor_index: int
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_ft: float | None = Field(alias="altitude", default=None)
    last_seen: Utc | None = None
    location: Literal["outside", "inside"] | None = None


class PurpleairSensors(Result):
    """Sensors with their latest readings."""

    time: Utc
    """As of when."""
    sensors: list[PurpleairSensor]


class GetPurpleairSensors(MaybeBox, Request[PurpleairSensors]):
    """Sensors in a box, or these sensors: never all of the world, which costs a fortune."""

    sensor_indexes: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = None
    fields: Fields = ["name", "latitude", "longitude", "last_seen", *READINGS]
    location: Literal["outside", "inside"] | None = None
    max_age_s: Annotated[int, Field(ge=0, le=31_536_000)] = 604_800
    """Only sensors heard of within so many seconds; 0 is all."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.box is None and self.sensor_indexes is None:
            raise ValueError("say where or which: a box, or sensor_indexes")
        return self


class GetPurpleairSensor(Request[PurpleairSensor]):
    """One sensor and its latest readings."""

    sensor_index: Id
    fields: Fields = ["name", "latitude", "longitude", "last_seen", *READINGS]


class PastReadings(Readings):
    """Readings of one interval."""

    time: Utc
    """Its beginning."""


class PurpleairHistory(Result):
    """Past readings of one sensor, oldest first."""

    sensor_index: int
    average_minutes: int = Field(alias="average")
    rows: list[PastReadings]


class GetPurpleairHistory(Request[PurpleairHistory]):
    """Past readings of one sensor, averaged."""

    sensor_index: Id
    begin: Utc
    end: Utc
    average: Average = "1h"
    """One answer spans at most 30 days of single readings, 60 of 10 minutes, more of longer."""
    fields: Fields = READINGS

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.begin:
            raise ValueError("end lies before begin: swap them")
        return self


class PurpleairPoints(Result):
    """What the account can still spend."""

    organization: str = Field(alias="organization_name")
    remaining_points: int
    consumption_rate: float
    """Points a day, of late."""


class GetPurpleairPoints(Request[PurpleairPoints]):
    """How many points are left. The question is free."""
