"""Devices, what they sense, and commands to them."""

from typing import Any

from clients._operation import operation
from clients.natureos import answers, server
from contracts import natureos
from contracts.natureos import (
    CommandSent,
    Device,
    DeviceStatistics,
    GetDevice,
    GetDeviceStatistics,
    GetSensorData,
    ListDevices,
    Readings,
    RegisterDevice,
    SendMycobrainCommand,
    SyncDigitalTwin,
    Twin,
    UpdateDeviceConfig,
    UpdateDeviceStatus,
)


class Devices(server.Server):
    """Both ways in: ``/devices`` knows MycoBrain boards too, ``/api/Devices`` has the rest."""

    @operation("safe")
    async def list_devices(self, request: ListDevices) -> natureos.Devices:
        """List all devices."""
        return await self.api.get("/devices", request, read=answers.devices)

    @operation("safe")
    async def get_device(self, request: GetDevice) -> Device:
        """Return one device."""
        return await self.api.get("/devices/{device_id}", request, read=answers.device)

    @operation("safe")
    async def get_sensor_data(self, request: GetSensorData) -> Readings:
        """Return what a device has sensed."""
        return await self.api.get("/devices/{device_id}/sensor-data", request)

    @operation("safe")
    async def sync_digital_twin(self, request: SyncDigitalTwin) -> Twin:
        """Return how a device is."""
        path = "/api/Devices/{device_id}/sensor-data"
        return await self.api.get(path, request, read=answers.device)

    @operation("safe")
    async def get_device_statistics(self, request: GetDeviceStatistics) -> DeviceStatistics:
        """Return how many devices there are."""
        return await self.api.get("/api/Devices/statistics", request)

    @operation("unsafe", look="natureos.get_device shows whether it is there.")
    async def register_device(self, request: RegisterDevice) -> Device:
        """Register a new device."""
        body: dict[str, Any] = {
            "deviceId": request.device_id,
            "name": request.name,
            "deviceType": request.device_type,
            "metadata": request.metadata,
        }
        if request.latitude is not None:
            body["location"] = {"latitude": request.latitude, "longitude": request.longitude}
        return await self.api.post("/api/Devices", request, json=body, read=answers.device)

    @operation("idempotent")
    async def update_device_config(self, request: UpdateDeviceConfig) -> Device:
        """Change some of a device's configuration."""
        path = "/devices/{device_id}/config"
        return await self.api.put(path, request, json=request.config, read=answers.device)

    @operation("idempotent")
    async def update_device_status(self, request: UpdateDeviceStatus) -> Device:
        """Change a device's status."""
        return await self.api.patch("/api/Devices/{device_id}/status", request, read=answers.device)

    @operation("unsafe", look="natureos.get_sensor_data shows what the board sends since.")
    async def send_mycobrain_command(self, request: SendMycobrainCommand) -> CommandSent:
        """Send a command to a MycoBrain board."""
        return await self.api.post("/devices/{device_id}/commands/mycobrain", request)
