"""AirNow: the US EPA's air quality index, measured and forecast.  https://docs.airnowapi.org."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Box, MaybePoint


class UsPlace(MaybePoint):
    """A place in the US: a ZIP code or a point."""

    zip_code: Annotated[str, Field(pattern=r"^[0-9]{5}$", examples=["20002"])] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.zip_code is None) == (self.lat is None):
            raise ValueError("a place is a zip_code, or lat and lon")
        return self


class AirnowObservation(Result):
    """One pollutant's index of the latest hour."""

    observed_at: Utc | None
    """Beginning of the hour; None where AirNow names a zone that is not one of the US."""
    reporting_area: str | None = Field(alias="reportingAreaName", default=None)
    site_id: str | None = Field(alias="siteID", default=None)
    site_name: str | None = Field(alias="siteName", default=None)
    parameter: str = Field(alias="parameterName")
    """``OZONE``, ``PM2.5``, ``PM10`` …"""
    aqi: int | None = Field(alias="nowcastAQI", default=None)
    """US index by the NowCast, 0 to 500; None where there is none."""
    category: str | None = Field(alias="aqiCategoryName", default=None)
    """``Good``, ``Moderate`` …"""
    agency: str | None = Field(alias="reportingAgency", default=None)


class AirnowObservations(Result):
    """What is measured near a place; none is an empty list."""

    observations: list[AirnowObservation]


class GetAirnowCurrent(UsPlace, Request[AirnowObservations]):
    """The air quality index near a place in the US, now."""


class AirnowForecast(Result):
    """One pollutant's forecast for one day."""

    issued: date | None = Field(alias="dateIssue", default=None)
    day: date = Field(alias="dateValid")
    reporting_area: str | None = Field(alias="reportingArea", default=None)
    state: str | None = Field(alias="stateCode", default=None)
    parameter: str = Field(alias="parameterName")
    aqi: int | None = None
    """US index; None where only the category is forecast."""
    category: str | None = Field(alias="categoryName", default=None)
    category_number: int | None = Field(alias="categoryNumber", default=None)
    """1 good to 6 hazardous."""
    action_day: bool | None = Field(alias="actionDay", default=None)
    """Whether people are asked to act."""
    discussion: str | None = None
    agency: str | None = Field(alias="forecastAgency", default=None)


class AirnowForecasts(Result):
    """Forecasts for a place; none is an empty list."""

    forecasts: list[AirnowForecast]


class GetAirnowForecast(UsPlace, Request[AirnowForecasts]):
    """The air quality forecast for a place in the US: all days that were issued."""


class AirnowReading(Result):
    """One pollutant of one monitor in one hour; None is no value."""

    observed_at: Utc = Field(alias="UTC")
    latitude: float = Field(alias="Latitude")
    longitude: float = Field(alias="Longitude")
    parameter: str = Field(alias="Parameter")
    unit: str | None = Field(alias="Unit", default=None)
    """Of `value`: ``PPB``, ``UG/M3``."""
    value: float | None = Field(alias="Value", default=None)
    aqi: int | None = Field(alias="AQI", default=None)
    site_name: str | None = Field(alias="SiteName", default=None)
    agency: str | None = Field(alias="AgencyName", default=None)


class AirnowReadings(Result):
    """Readings of the monitors in a box; none is an empty list."""

    readings: list[AirnowReading]


class GetAirnowData(Box, Request[AirnowReadings]):
    """What the monitors in a box measured hour by hour, at most a day at once."""

    begin: Utc
    end: Utc
    """The hour counts."""
    parameters: Annotated[
        list[Literal["OZONE", "PM25", "PM10", "CO", "NO2", "SO2"]],
        Field(min_length=1, max_length=6),
    ] = ["OZONE", "PM25"]
    kind: Literal["aqi", "concentration", "both"] = "both"

    @model_validator(mode="after")
    def _short(self) -> Self:
        if not timedelta() <= self.end - self.begin <= timedelta(days=1):
            raise ValueError("end lies up to a day after begin: ask in parts")
        return self
