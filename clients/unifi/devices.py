"""Consoles, sites and devices."""

from clients._operation import operation
from clients.unifi import answers
from clients.unifi.answers import paged
from clients.unifi.console import API, Console, page
from contracts.unifi import (
    Accepted,
    DeviceDetails,
    Devices,
    DeviceStatistics,
    GetDevice,
    GetDevices,
    GetDeviceStatistics,
    GetInfo,
    GetPendingDevices,
    GetSites,
    Info,
    PendingDevices,
    PowerCyclePort,
    RestartDevice,
    Sites,
)


class UnifiDevices(Console):
    """What hangs on a console."""

    @operation("safe")
    async def get_info(self, request: GetInfo) -> Info:
        """Return what a console runs."""
        return await self.at(request).get(f"{API}/info", request, query={})

    @operation("safe")
    async def get_sites(self, request: GetSites) -> Sites:
        """List the sites of a console."""
        path, read = f"{API}/sites", paged("sites")
        return await self.at(request).get(path, request, query=page(request), read=read)

    @operation("safe")
    async def get_pending_devices(self, request: GetPendingDevices) -> PendingDevices:
        """List devices that wait for adoption."""
        path, read = f"{API}/pending-devices", paged("devices")
        return await self.at(request).get(path, request, query=page(request), read=read)

    @operation("safe")
    async def get_devices(self, request: GetDevices) -> Devices:
        """List the devices of a site."""
        return await self.read(request, "/devices", Devices, paged("devices"), page(request))

    @operation("safe")
    async def get_device(self, request: GetDevice) -> DeviceDetails:
        """Return one device with its ports and radios."""
        return await self.read(request, "/devices/{device_id}", DeviceDetails, answers.device)

    @operation("safe")
    async def get_device_statistics(self, request: GetDeviceStatistics) -> DeviceStatistics:
        """Return how one device does now."""
        path, read = "/devices/{device_id}/statistics/latest", answers.statistics
        return await self.read(request, path, DeviceStatistics, read)

    @operation("unsafe", look="unifi.get_device_statistics shows since when it runs.")
    async def restart_device(self, request: RestartDevice) -> Accepted:
        """Restart a device."""
        path, json = "/devices/{device_id}/actions", {"action": "RESTART"}
        return await self.do(request, path, Accepted, json, lambda _: json)

    @operation("unsafe", look="What hangs on the port shows since when it runs.")
    async def power_cycle_port(self, request: PowerCyclePort) -> Accepted:
        """Take the power from a port for a moment."""
        path = "/devices/{device_id}/interfaces/ports/{port_idx}/actions"
        json = {"action": "POWER_CYCLE"}
        return await self.do(request, path, Accepted, json, lambda _: json)
