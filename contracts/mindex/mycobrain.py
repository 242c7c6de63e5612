"""MycoBrain boards, which carry the sensors."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.mindex.parameters import (
    DeviceType,
    Json,
    Limit,
    Metadata,
    Offset,
    Page,
    Point,
    Short,
)

Serial = Annotated[str, Field(min_length=6, max_length=32)]
"""The board's serial number."""


class MycobrainDevice(Result):
    """A MycoBrain board."""

    id: UUID
    telemetry_device_id: UUID | None = None
    serial_number: str
    device_type: str
    name: str
    hardware_revision: str | None = None
    firmware_version_a: str | None = None
    firmware_version_b: str | None = None
    i2c_addresses: list[int] = []
    mosfet_states: dict[str, bool] = {}
    """Which outputs are on."""
    usb_power_connected: bool = False
    battery_voltage: float | None = None
    """Volts."""
    power_state: str = "unknown"
    telemetry_interval_ms: int | None = None
    location_name: str | None = None
    purpose: str | None = None
    location: Point | None = None
    taxon_id: UUID | None = None
    connectivity_status: str
    """``online``: seen in the last 2 minutes, ``stale``: in the last 10, else ``offline``."""
    last_seen_at: Utc | None = None
    pending_commands: int = 0
    metadata: Json = {}
    """What was told of it besides."""
    created_at: Utc
    updated_at: Utc | None = None


class MycobrainDevices(Page):
    """A page of boards, the newest first."""

    results: list[MycobrainDevice]


class GetMycobrainDevices(Request[MycobrainDevices]):
    """All boards; look at `connectivity_status` yourself, the server has no filter for it."""

    device_type: DeviceType | None = None
    limit: Limit = 100
    offset: Offset = 0


class GetMycobrainDevice(Request[MycobrainDevice]):
    """One board by its id."""

    device_id: UUID


class GetMycobrainDeviceBySerial(Request[MycobrainDevice]):
    """One board by its serial number."""

    serial_number: Serial


class Readings(Result):
    """The last values of a board's own sensors."""

    device_id: UUID
    serial_number: str
    temperature_c: float | None = None
    humidity_percent: float | None = None
    pressure_hpa: float | None = None
    gas_resistance_ohms: float | None = None
    iaq_index: float | None = None
    """Index of indoor air quality, 0 to 500."""
    bme_recorded_at: Utc | None = None
    analog_voltages: dict[str, float] = {}
    """Volts by channel, ``AI1`` to ``AI4``."""
    analog_recorded_at: Utc | None = None
    mosfet_states: dict[str, bool] = {}
    """Which outputs are on."""


class GetMycobrainReadings(Request[Readings]):
    """The last values of one board."""

    device_id: UUID


class RegisterMycobrainDevice(Request[MycobrainDevice]):
    """A new board."""

    serial_number: Serial
    name: Annotated[str, Field(min_length=1, max_length=128)]
    device_type: DeviceType = "mycobrain_v1"
    hardware_revision: Short | None = None
    firmware_version_a: Short | None = None
    firmware_version_b: Short | None = None
    location_name: Short | None = None
    purpose: Short | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    telemetry_interval_ms: Annotated[int, Field(ge=100, le=3_600_000)] = 5000
    taxon_id: UUID | None = None
    """What grows there."""
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude, or neither")
        return self
