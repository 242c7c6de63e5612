"""Coronal mass ejections: seen, measured, and modelled on their way.

https://ccmc.gsfc.nasa.gov/tools/DONKI/
"""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.space_weather.days import DateRange
from contracts.space_weather.donki import Catalog, Event, Listed


class Impact(Result):
    """The arrival at one place, as modelled."""

    location: str
    """``Mars``, ``STEREO A``, ``Parker Solar Probe`` …"""
    arrival_time: Utc | None = Field(alias="arrivalTime", default=None)
    is_glancing_blow: bool | None = Field(alias="isGlancingBlow", default=None)
    is_minor_impact: bool | None = Field(alias="isMinorImpact", default=None)


class Simulation(Result):
    """One run of the WSA-ENLIL model; what does not reach Earth has no arrival."""

    completed_at: Utc = Field(alias="modelCompletionTime")
    reach_au: float | None = Field(alias="au", default=None)
    """How far out the model reaches, astronomical units."""
    shock_arrival_time: Utc | None = Field(alias="estimatedShockArrivalTime", default=None)
    """At Earth."""
    duration_hours: float | None = Field(alias="estimatedDuration", default=None)
    """Of the disturbance at Earth, hours."""
    magnetopause_re: float | None = Field(alias="rmin_re", default=None)
    """Least distance of the magnetopause, Earth radii."""
    kp_18: int | None = None
    """Expected planetary K index, were the field at a clock angle of 18 degrees."""
    kp_90: int | None = None
    kp_135: int | None = None
    kp_180: int | None = None
    """The same for 180 degrees: southward, the worst."""
    is_earth_glancing_blow: bool | None = Field(alias="isEarthGB", default=None)
    is_earth_minor_impact: bool | None = Field(alias="isEarthMinorImpact", default=None)
    impacts: Listed[Impact] = Field(alias="impactList", default=[])
    """Elsewhere than at Earth."""
    link: str | None = None


class Measurement(Result):
    """One measurement of an ejection."""

    is_most_accurate: bool | None = Field(alias="isMostAccurate", default=None)
    time_at_21_5_rs: Utc | None = Field(alias="time21_5", default=None)
    """When its front was at 21.5 solar radii."""
    latitude_deg: float | None = Field(alias="latitude", default=None)
    """Direction, heliocentric Earth equatorial, degrees."""
    longitude_deg: float | None = Field(alias="longitude", default=None)
    """0 is towards Earth."""
    half_angle_deg: float | None = Field(alias="halfAngle", default=None)
    """Half of its width, degrees."""
    speed_km_s: float | None = Field(alias="speed", default=None)
    type: str | None = None
    """By speed: S below 500 km/s, C, O from 1000, R from 2000, ER from 3000."""
    submitted_at: Utc | None = Field(alias="submissionTime", default=None)
    link: str | None = None


class CmeMeasurement(Measurement):
    """A measurement with the model runs that began from it."""

    simulations: Listed[Simulation] = Field(alias="enlilList", default=[])


class Cme(Event):
    """A coronal mass ejection."""

    id: str = Field(alias="activityID")
    start_time: Utc = Field(alias="startTime")
    catalog: str | None = None
    source_location: str | None = Field(alias="sourceLocation", default=None)
    """Where on the Sun, Stonyhurst; empty when not seen."""
    active_region: int | None = Field(alias="activeRegionNum", default=None)
    note: str | None = None
    analyses: Listed[CmeMeasurement] = Field(alias="cmeAnalyses", default=[])


class Cmes(Result):
    """Coronal mass ejections of a range."""

    results: list[Cme]


class GetCme(DateRange, Request[Cmes]):
    """Coronal mass ejections; without dates, those of the last 30 days."""


class CmeAnalysis(Measurement):
    """A measurement, with the ejection it is of."""

    cme_id: str = Field(alias="associatedCMEID")
    cme_link: str | None = Field(alias="associatedCMELink", default=None)
    catalog: str | None = None
    note: str | None = None


class CmeAnalyses(Result):
    """Measurements of a range."""

    results: list[CmeAnalysis]


class GetCmeAnalysis(DateRange, Request[CmeAnalyses]):
    """Measurements of coronal mass ejections; without dates, those of the last 30 days."""

    most_accurate_only: bool = True
    """Only the best of each ejection."""
    complete_entry_only: bool = True
    """Only those with all values."""
    speed_km_s: Annotated[int, Field(ge=0, le=10_000)] = 0
    """Least speed, km/s."""
    half_angle_deg: Annotated[int, Field(ge=0, le=180)] = 0
    """Least half width, degrees."""
    catalog: Catalog = "ALL"
    """``ALL``, or one catalogue such as ``M2M_CATALOG``, ``SWRC_CATALOG``."""


class CmeInput(Measurement):
    """An ejection as it was given to the model."""

    cme_id: str = Field(alias="cmeid")
    cme_start_time: Utc | None = Field(alias="cmeStartTime", default=None)


class WsaEnlilSimulation(Simulation):
    """A model run, with the ejections it began from."""

    id: str = Field(alias="simulationID")
    cmes: Listed[CmeInput] = Field(alias="cmeInputs", default=[])


class WsaEnlilSimulations(Result):
    """Model runs of a range."""

    results: list[WsaEnlilSimulation]


class GetWsaEnlilSimulations(DateRange, Request[WsaEnlilSimulations]):
    """Runs of the WSA-ENLIL model, which foretells arrivals; without dates, of the last 7 days."""
