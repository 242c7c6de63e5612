"""River stages and floods, observed and forecast (National Water Prediction Service).

https://api.water.noaa.gov/nwps/v1/docs/
"""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.earth_science.places import Box

GaugeId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]+$", min_length=4, max_length=15)]
"""The weather service's name, ``ANAD2``, or the USGS's number, ``01651750``."""


class Stage(Result):
    """Stage and flow at one time; what is not known is null."""

    model_config = ConfigDict(extra="ignore")

    primary: float | None
    """In `primary_unit`: mostly the stage."""
    primary_unit: str | None = Field(default=None, alias="primaryUnit")
    secondary: float | None = None
    """In `secondary_unit`: mostly the flow."""
    secondary_unit: str | None = Field(default=None, alias="secondaryUnit")
    flood_category: str | None = Field(default=None, alias="floodCategory")
    """``no_flooding``, ``action``, ``minor``, ``moderate``, ``major``, ``obs_not_current`` …"""
    valid_time: Utc | None = Field(default=None, alias="validTime")


class FloodGauge(Result):
    """One gauge, and how it is there."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(alias="lid")
    name: str
    latitude: float
    longitude: float
    state: str | None = None
    observed: Stage | None = None
    forecast: Stage | None = None
    """The highest that is expected."""


class FloodLevel(Result):
    """Where a category begins."""

    category: str
    """``action``, ``minor``, ``moderate`` or ``major``."""
    stage: float | None
    """In `stage_unit` of the gauge."""
    flow: float | None
    """In `flow_unit` of the gauge."""


class FloodStatus(FloodGauge):
    """One gauge, how it is there, and where floods begin."""

    usgs_id: str | None = Field(default=None, alias="usgsId")
    reach_id: str | None = Field(default=None, alias="reachId")
    """Of the National Water Model."""
    county: str | None = None
    time_zone: str | None = Field(default=None, alias="timeZone")
    in_service: bool | None = None
    stage_unit: str | None = None
    flow_unit: str | None = None
    levels: list[FloodLevel] = []
    """Lowest first; none where there are no categories."""


class GetFloodStatus(Request[FloodStatus]):
    """How one gauge stands: observed, forecast, and where floods begin."""

    gauge_id: GaugeId


class FloodGauges(Result):
    """Gauges."""

    gauges: list[FloodGauge]


class GetFloodGauges(Box, Request[FloodGauges]):
    """All gauges in a box, with how they stand. A box across the 180th meridian costs two calls."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.south is None:
            raise ValueError("ask for a box: there are more than 10,000 gauges")
        return self


class StagePoint(Result):
    """Stage and flow at one time."""

    model_config = ConfigDict(extra="ignore")

    valid_time: Utc = Field(alias="validTime")
    primary: float | None
    """In `primary_unit` of its series."""
    secondary: float | None = None
    """In `secondary_unit` of its series."""


class StageSeries(Result):
    """A hydrograph, oldest first."""

    model_config = ConfigDict(extra="ignore")

    issued_at: Utc | None = Field(default=None, alias="issuedTime")
    primary_name: str | None = Field(default=None, alias="primaryName")
    """``Stage``."""
    primary_unit: str | None = Field(default=None, alias="primaryUnits")
    """``ft``."""
    secondary_name: str | None = Field(default=None, alias="secondaryName")
    """``Flow``."""
    secondary_unit: str | None = Field(default=None, alias="secondaryUnits")
    """``kcfs`` (thousand cubic feet per second) or ``cfs``."""
    points: list[StagePoint] = Field(alias="data")


class FloodForecast(Result):
    """What was observed at a gauge, and what is expected."""

    observed: StageSeries | None = None
    """About 30 days."""
    forecast: StageSeries | None = None
    """Days ahead; null where none is made."""


class GetFloodForecast(Request[FloodForecast]):
    """The hydrograph of one gauge: observed and forecast."""

    gauge_id: GaugeId
