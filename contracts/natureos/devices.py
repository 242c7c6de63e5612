"""Devices, what they sense, and commands to them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.natureos.parameters import DeviceId, Json, Metadata, Place, SensorType, Short

Status = Literal["Unknown", "Online", "Offline", "Maintenance", "Error"]


class Device(Result):
    """A device."""

    device_id: str = Field(alias="deviceId")
    name: str
    device_type: str = Field(alias="deviceType")
    status: str
    """``Unknown``, ``Online``, ``Offline``, ``Maintenance`` or ``Error``."""
    location: Place | None = None
    last_seen: Utc | None = Field(default=None, alias="lastSeen")
    tenant_id: str | None = Field(default=None, alias="tenantId")
    metadata: Json | None = None
    """Its configuration and whatever else was told of it."""
    created_at: Utc | None = Field(default=None, alias="createdAt")
    updated_at: Utc | None = Field(default=None, alias="updatedAt")


class Devices(Result):
    """All devices."""

    results: list[Device] = Field(alias="items")


class ListDevices(Request[Devices]):
    """All devices, MycoBrain boards among them."""


class GetDevice(Request[Device]):
    """One device."""

    device_id: DeviceId


class Reading(Result):
    """One value of a sensor."""

    device_id: str
    sensor_type: str
    value: float
    """Degrees Celsius, percent, hectopascals or ohms, as the sensor type says."""
    unit: str | None = None
    timestamp: Utc
    metadata: Json | None = None
    """Serial number, sequence and firmware of the board."""


class Readings(Result):
    """Values of a device's sensors, the newest first."""

    results: list[Reading] = Field(alias="items")


class GetSensorData(Request[Readings]):
    """What a device has sensed."""

    device_id: DeviceId
    sensor_type: SensorType | None = None
    """Absent: all."""
    start_time: Utc | None = None
    end_time: Utc | None = None
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000


class Twin(Result):
    """How a device is: its state, not what it sensed."""

    device_id: str = Field(alias="deviceId")
    timestamp: Utc
    status: str
    """``Unknown``, ``Online``, ``Offline``, ``Maintenance`` or ``Error``."""
    battery_level: float | None = Field(default=None, alias="batteryLevel")
    location: Place | None = None
    metadata: Json | None = None
    """Its configuration and whatever else was told of it."""


class SyncDigitalTwin(Request[Twin]):
    """How a device is now."""

    device_id: DeviceId


class DeviceStatistics(Result):
    """How many devices there are."""

    total_devices: int = Field(alias="totalDevices")
    devices_by_status: dict[str, int] = Field(alias="devicesByStatus")
    devices_by_type: dict[str, int] = Field(alias="devicesByType")
    active_devices: int = Field(alias="activeDevices")
    """Seen in the last 24 hours."""


class GetDeviceStatistics(Request[DeviceStatistics]):
    """Devices by status and kind."""


class RegisterDevice(Request[Device]):
    """A new device; one that is there already is refused (409)."""

    device_id: DeviceId
    name: Short
    device_type: Short
    """``mushroom-sensor``, ``spore-detector`` …"""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude, or neither")
        return self


class UpdateDeviceConfig(Request[Device]):
    """New values for some fields of a device's metadata; the others stay."""

    device_id: DeviceId
    config: Annotated[Json, Field(min_length=1, max_length=200)]
    """Whatever the device understands, by name."""


class UpdateDeviceStatus(Request[Device]):
    """Another status for a device, which counts as seen now."""

    device_id: DeviceId
    status: Status


class CommandSent(Result):
    """That a command went out."""

    status: str
    sequence: int
    """What the device's answer will refer to."""


class SendMycobrainCommand(Request[CommandSent]):
    """A command to a MycoBrain board: it acts."""

    device_id: DeviceId
    command_type: Literal[
        "set_mosfet",
        "set_telemetry_interval",
        "i2c_scan",
        "get_status",
        "set_analog_label",
        "set_mosfet_label",
        "firmware_update",
        "reset",
    ]
    parameters: Metadata = {}
    """As the command wants them: ``{"mosfet": 1, "state": true}``."""
