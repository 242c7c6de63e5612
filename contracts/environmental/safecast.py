"""Safecast: radiation measured by people.  https://api.safecast.org."""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Id, PageNumber, Place, Point, Size


class RadiationMeasurement(Result):
    """One measurement. Devices with a wrong clock are common: look at the year."""

    id: int
    latitude: float
    longitude: float
    value: float
    """In `unit`."""
    unit: str
    """``cpm`` counts a minute of the device's tube, ``usv`` µSv/h …"""
    captured_at: Utc | None = None
    device_id: int | None = None
    location_name: str | None = None
    height_m: float | None = Field(alias="height", default=None)
    """Above ground, or of a flight above the sea: as its giver says."""
    user_id: int | None = None
    original_id: int | None = None
    """The measurement that this one corrects; its own number where none."""


class RadiationMeasurements(Result):
    """One page of measurements."""

    measurements: list[RadiationMeasurement]
    next_page: int | None = None
    """None after the last."""


class GetRadiationMeasurements(Point, Request[RadiationMeasurements]):
    """Radiation around a point."""

    distance_m: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    captured_after: Utc | None = None
    captured_before: Utc | None = None
    unit: Annotated[str, Field(pattern=r"^[A-Za-z]{1,16}$", max_length=16)] | None = None
    """Only in this unit."""
    newest_first: bool = False
    """Slow of a large area."""
    limit: Size = 100
    page: PageNumber = 1


class GetRadiationMeasurement(Request[RadiationMeasurement]):
    """One measurement."""

    measurement_id: Id


class RadiationDevice(Result):
    """A kind of device."""

    id: int
    manufacturer: str | None = None
    model: str | None = None
    sensor: str | None = None
    """Its tube."""


class RadiationDevices(Result):
    """One page of kinds of device."""

    devices: list[RadiationDevice]
    next_page: int | None = None
    """None after the last."""


class GetRadiationDevices(Request[RadiationDevices]):
    """Kinds of device that measurements come from, by parts of their names."""

    manufacturer: Place | None = None
    model: Place | None = None
    page: PageNumber = 1
