"""Devices, their telemetry and MycoBrain boards."""

from typing import Any, Final

from clients._body import fields
from clients._operation import operation
from clients._target import text
from clients.mindex import answers, server
from contracts import mindex
from contracts.mindex import (
    GetDeviceHealth,
    GetDevices,
    GetMycobrainDevice,
    GetMycobrainDeviceBySerial,
    GetMycobrainDevices,
    GetMycobrainReadings,
    GetMycobrainTelemetry,
    GetTelemetryLatest,
    GetTelemetrySummary,
    HealthStates,
    Ingested,
    IngestMycobrainTelemetry,
    LatestSamples,
    MycobrainDevice,
    MycobrainDevices,
    Readings,
    RegisterMycobrainDevice,
    Samples,
    TelemetrySummary,
)

_FIND: Final = "mindex.get_mycobrain_device_by_serial shows whether it is there."


class Devices(server.Server):
    """What measures, and what it measured."""

    @operation("safe")
    async def get_devices(self, request: GetDevices) -> mindex.Devices:
        """Return a page of devices."""
        return await self.api.get("/api/mindex/devices", request, read=answers.page)

    @operation("safe")
    async def get_telemetry_latest(self, request: GetTelemetryLatest) -> LatestSamples:
        """Return the last sample of each stream."""
        path = "/api/mindex/telemetry/devices/latest"
        return await self.api.get(path, request, read=answers.page)

    @operation("safe")
    async def get_mycobrain_telemetry(self, request: GetMycobrainTelemetry) -> Samples:
        """Return the last samples of one device."""
        return await self.api.get("/api/mindex/telemetry/samples", request, read=answers.listed)

    @operation("safe", ttl=10)
    async def get_telemetry_summary(self, request: GetTelemetrySummary) -> TelemetrySummary:
        """Return how much telemetry there is."""
        return await self.api.get("/api/mindex/telemetry/summary", request)

    @operation("safe")
    async def get_device_health(self, request: GetDeviceHealth) -> HealthStates:
        """Return how one device was over time."""
        path = "/api/mindex/telemetry/health/{device_slug}"
        return await self.api.get(path, request, read=answers.listed)

    @operation("idempotent")  # of the same envelope nothing is stored twice
    async def ingest_mycobrain_telemetry(self, request: IngestMycobrainTelemetry) -> Ingested:
        """Store the readings of one envelope, each once."""
        body = {"envelope": _envelope(request), "verified_by": request.verified_by}
        return await self.api.post("/api/mindex/telemetry/envelope", request, json=body)

    @operation("safe")
    async def get_mycobrain_devices(self, request: GetMycobrainDevices) -> MycobrainDevices:
        """Return a page of MycoBrain boards."""
        return await self.api.get("/api/mindex/mycobrain/devices", request, read=answers.page)

    @operation("safe")
    async def get_mycobrain_device(self, request: GetMycobrainDevice) -> MycobrainDevice:
        """Return one board by its id."""
        return await self.api.get("/api/mindex/mycobrain/devices/{device_id}", request)

    @operation("safe")
    async def get_mycobrain_device_by_serial(
        self, request: GetMycobrainDeviceBySerial
    ) -> MycobrainDevice:
        """Return one board by its serial number."""
        path = "/api/mindex/mycobrain/devices/serial/{serial_number}"
        return await self.api.get(path, request)

    @operation("safe")
    async def get_mycobrain_readings(self, request: GetMycobrainReadings) -> Readings:
        """Return the last values of one board."""
        return await self.api.get("/api/mindex/mycobrain/devices/{device_id}/readings", request)

    @operation("unsafe", look=_FIND)
    async def register_mycobrain_device(self, request: RegisterMycobrainDevice) -> MycobrainDevice:
        """Register a new board; MINDEX 0.2.0 itself fails at it (500)."""
        body = fields(request, "latitude", "longitude")
        if request.longitude is not None:
            place = [request.longitude, request.latitude]
            body["location"] = {"type": "Point", "coordinates": place}
        return await self.api.post("/api/mindex/mycobrain/devices", request, json=body)


def _envelope(request: IngestMycobrainTelemetry) -> dict[str, Any]:
    """Return the envelope as devices send it."""
    envelope: dict[str, Any] = {
        "hdr": {"deviceId": request.device_slug, "msgId": request.message_id},
        "seq": request.sequence,
        "pack": [{"id": one.id, "v": one.value, "u": one.unit} for one in request.readings],
    }
    if request.recorded_at:
        envelope["ts"] = {"utc": text(request.recorded_at)}
    if request.hash_valid is not None:
        envelope["verification"] = {"hashValid": request.hash_valid}
    seal = {"hash": request.hash, "sig": request.signature}
    return envelope | {name: value for name, value in seal.items() if value}
