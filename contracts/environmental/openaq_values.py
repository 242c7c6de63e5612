"""OpenAQ's sensors, and what they measured.  https://docs.openaq.org/resources/measurements."""

from typing import Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.openaq import Coordinates, Moment, Paged, Parameter, SensorOfLocation
from contracts.environmental.places import Id, PageNumber, Size


class LatestValue(Result):
    """The latest value of one sensor."""

    value: float | None
    """In the unit of the sensor's parameter."""
    time: Moment = Field(alias="datetime")
    sensor_id: int = Field(alias="sensorsId")
    location_id: int = Field(alias="locationsId")
    coordinates: Coordinates | None = None


class LatestValues(Paged):
    """Latest values, one for each sensor."""

    values: list[LatestValue]


class GetOpenaqLatest(Request[LatestValues]):
    """The latest value of each sensor of a location."""

    location_id: Id
    limit: Size = 100
    page: PageNumber = 1


class GetOpenaqParameterLatest(Request[LatestValues]):
    """The latest values of one parameter, everywhere."""

    parameter_id: Id
    limit: Size = 100
    page: PageNumber = 1


class Coverage(Result):
    """How many of the expected values there are."""

    expected: int | None = Field(alias="expectedCount", default=None)
    observed: int | None = Field(alias="observedCount", default=None)
    complete_percent: float | None = Field(alias="percentComplete", default=None)


class Summary(Result):
    """How the values of an interval are spread."""

    min: float | None = None
    median: float | None = None
    max: float | None = None
    avg: float | None = None
    sd: float | None = None
    """Standard deviation."""


class SensorValue(Result):
    """A value with its moment."""

    value: float | None = None
    time: Moment | None = Field(alias="datetime", default=None)


class OpenaqSensor(SensorOfLocation):
    """A sensor, what it has measured and how lately."""

    first_at: Moment | None = Field(alias="datetimeFirst", default=None)
    last_at: Moment | None = Field(alias="datetimeLast", default=None)
    coverage: Coverage | None = None
    latest: SensorValue | None = None
    summary: Summary | None = None


class OpenaqSensors(Paged):
    """Sensors of a location."""

    sensors: list[OpenaqSensor]


class GetOpenaqSensors(Request[OpenaqSensors]):
    """The sensors of a location."""

    location_id: Id


class Period(Result):
    """The interval that a value is for."""

    label: str
    """``1hour``, ``1day`` …"""
    begin: Moment | None = Field(alias="datetimeFrom", default=None)
    end: Moment | None = Field(alias="datetimeTo", default=None)


class Measurement(Result):
    """One value of one sensor."""

    value: float | None
    """In the unit of `parameter`."""
    parameter: Parameter
    period: Period
    coordinates: Coordinates | None = None
    """Where a mobile sensor was."""
    summary: Summary | None = None
    coverage: Coverage | None = None


class Measurements(Paged):
    """One page of measurements, oldest first."""

    measurements: list[Measurement]


class GetAirQualityMeasurements(Request[Measurements]):
    """What one sensor measured: each value, or averages of hours, days or years."""

    sensor_id: Id
    """As a location's `sensors` tell."""
    average: Literal["measurements", "hours", "days", "years"] = "hours"
    begin: Utc | None = None
    end: Utc | None = None
    """Of days and years only the date counts."""
    limit: Size = 100
    page: PageNumber = 1
