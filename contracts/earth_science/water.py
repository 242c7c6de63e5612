"""Rivers, lakes and wells as the USGS measures them.

https://api.waterdata.usgs.gov/ogcapi/v0/
"""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from contracts._model import Contract, Request, Result
from contracts._types import Day, MaybeFloat, Utc
from contracts.earth_science.places import Box

SiteId = Annotated[str, Field(pattern=r"^(?:[A-Z0-9]{2,8}-)?[0-9A-Za-z]{4,15}$", max_length=24)]
"""``USGS-05427718``, or the number alone."""
Sites = Annotated[list[SiteId], Field(min_length=1, max_length=20)]
ParameterCode = Annotated[str, Field(pattern=r"^[0-9]{5}$", max_length=5)]
"""What is measured: 00060 discharge, 00065 gage height, 00010 temperature, 72019 depth to water."""
ParameterCodes = Annotated[list[ParameterCode], Field(min_length=1, max_length=20)]
WaterCursor = Annotated[str, Field(pattern=r"^[01](~(cursor|offset)=[!-~]+)?$", max_length=2048)]
Period = Annotated[str, Field(pattern=r"^P(\d{1,3}[DWM]|T\d{1,3}[HM])$", max_length=6)]


class WaterValue(Result):
    """One measured value."""

    model_config = ConfigDict(extra="ignore")

    site_id: str = Field(alias="monitoring_location_id")
    parameter_code: str
    time: Utc
    value: MaybeFloat
    """In `unit`; null where there is none (frozen, broken: see `qualifiers`)."""
    unit: str | None = Field(default=None, alias="unit_of_measure")
    """``ft^3/s``, ``ft``, ``degC`` …"""
    approval_status: str | None = None
    """``Provisional`` or ``Approved``."""
    qualifiers: list[str] = []
    """``ICE``, ``ESTIMATED``, …"""
    series_id: str | None = Field(default=None, alias="time_series_id")
    latitude: float | None = None
    longitude: float | None = None


class WaterValues(Result):
    """Measured values, by site and parameter, oldest first."""

    values: list[WaterValue]
    next_cursor: str | None = None
    """Where the next page begins; null on the last."""


class Paged(Contract):
    """A page."""

    limit: Annotated[int, Field(ge=1, le=10_000)] = 2000
    """Most of them on a page."""
    cursor: WaterCursor | None = None
    """`next_cursor` of the page before."""


class Series(Paged):
    """Of which sites, and when. Sites of a state or a box: `get_water_sites`."""

    site_ids: Sites
    period: Period = "P7D"
    """So far back from now, as ISO 8601 has it: ``P7D``, ``PT36H``; without `start_time`."""
    start_time: Utc | None = None
    end_time: Utc | None = None
    """Left out: now."""

    @model_validator(mode="after")
    def _begun(self) -> Self:
        if self.end_time is not None and self.start_time is None:
            raise ValueError("end_time needs start_time")
        return self


class GetStreamflow(Series, Request[WaterValues]):
    """Discharge of rivers (00060, cubic feet per second), about every 15 minutes.

    At most three years in one question.
    """


class GetWaterLevelsUsgs(Series, Request[WaterValues]):
    """Gage height of rivers and lakes (00065, feet above the gage's own zero)."""


class GetWaterSeries(Series, Request[WaterValues]):
    """Any parameter that sensors measure, about every 15 minutes."""

    parameter_codes: ParameterCodes


class GetLatestWater(Box, Paged, Request[WaterValues]):
    """The newest value of each sensor, of sites or in a box."""

    site_ids: Sites | None = None
    parameter_codes: ParameterCodes = ["00060", "00065"]

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.site_ids is None) == (self.south is None):
            raise ValueError("ask for site_ids or for a box")
        return self


class DailyWaterValue(Result):
    """The value of one day."""

    model_config = ConfigDict(extra="ignore")

    site_id: str = Field(alias="monitoring_location_id")
    parameter_code: str
    statistic_id: str
    """00001 highest, 00002 lowest, 00003 mean, 00006 sum."""
    day: Day = Field(alias="time")
    """By the site's own clock."""
    value: MaybeFloat
    """In `unit`."""
    unit: str | None = Field(default=None, alias="unit_of_measure")
    approval_status: str | None = None
    qualifiers: list[str] = []


class DailyWaterValues(Result):
    """Values of days, by site and parameter, oldest first."""

    values: list[DailyWaterValue]
    next_cursor: str | None = None
    """Where the next page begins; null on the last."""


class GetDailyWater(Paged, Request[DailyWaterValues]):
    """Daily means, or other statistics of days; many reach back a hundred years."""

    site_ids: Sites
    parameter_codes: ParameterCodes = ["00060"]
    statistic_id: Annotated[str, Field(pattern=r"^[0-9]{5}$", max_length=5)] = "00003"
    """00001 highest, 00002 lowest, 00003 mean, 00006 sum."""
    start_day: Day | None = None
    """Left out: as far back as there is any."""
    end_day: Day | None = None


class WaterSite(Result):
    """Where the USGS measures water."""

    model_config = ConfigDict(extra="ignore")

    id: str
    name: str | None = Field(default=None, alias="monitoring_location_name")
    site_type: str | None = None
    """``Stream``, ``Well``, ``Lake, Reservoir, Impoundment`` …"""
    state_name: str | None = None
    county_name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_ft: float | None = Field(default=None, alias="altitude")
    """Feet above `vertical_datum`."""
    vertical_datum: str | None = None
    drainage_area_sq_mi: float | None = Field(default=None, alias="drainage_area")
    """Square miles."""
    hydrologic_unit_code: str | None = None


class WaterSites(Result):
    """Where the USGS measures water."""

    sites: list[WaterSite]
    next_cursor: str | None = None
    """Where the next page begins; null on the last."""


class GetWaterSites(Box, Paged, Request[WaterSites]):
    """Sites by state, box or id."""

    state_name: Annotated[str, Field(pattern=r"^[A-Za-z .]+$", max_length=60)] | None = None
    """``Wisconsin``."""
    site_type_code: Annotated[str, Field(pattern=r"^[A-Z-]+$", max_length=8)] | None = None
    """``ST`` stream, ``LK`` lake, ``GW`` well, ``SP`` spring, ``ES`` estuary."""
    site_ids: Sites | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.state_name is None and self.south is None and self.site_ids is None:
            raise ValueError("ask for a state, a box or site_ids: there are 1.5 million sites")
        return self
