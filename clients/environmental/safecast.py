"""Safecast: radiation measured by people.  https://api.safecast.org."""

from functools import partial
from typing import Any

from clients._auth import FirstOf, NoAuth, QueryKey
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from contracts.environmental import (
    GetRadiationDevices,
    GetRadiationMeasurement,
    GetRadiationMeasurements,
    RadiationDevices,
    RadiationMeasurement,
    RadiationMeasurements,
)

_DEVICES = 25
"""On a page: the vendor's own size, which nobody can change."""


class Safecast(Client):
    """api.safecast.org: open to all; a key is only for those who give measurements."""

    safecast = Upstream(
        "https://api.safecast.org",
        auth=FirstOf((QueryKey("api_key", ("SAFECAST_API_KEY",)), NoAuth())),
        # no limit is published; a volunteers' database of 150 million rows
        limits=[Rate(1, per=1, burst=5, source="https://api.safecast.org")],
        probe="/devices.json?manufacturer=Safecast",
    )

    @operation("safe", ttl=300, timeout=60)
    async def get_radiation_measurements(
        self, request: GetRadiationMeasurements
    ) -> RadiationMeasurements:
        """Return radiation around a point."""
        query = {
            "latitude": request.lat,
            "longitude": request.lon,
            "distance": request.distance_m,
            "captured_after": request.captured_after,
            "captured_before": request.captured_before,
            "unit": request.unit,
            "order": "captured_at desc" if request.newest_first else None,
            "per_page": request.limit,
            "page": request.page,
        }
        read = partial(_page, name="measurements", page=request.page, full=request.limit)
        return await self.safecast.get("/measurements.json", request, query=query, read=read)

    @operation("safe", ttl=300)
    async def get_radiation_measurement(
        self, request: GetRadiationMeasurement
    ) -> RadiationMeasurement:
        """Return one measurement."""
        return await self.safecast.get("/measurements/{measurement_id}.json", request)

    @operation("safe", ttl=3600)
    async def get_radiation_devices(self, request: GetRadiationDevices) -> RadiationDevices:
        """Return kinds of device that measurements come from."""
        read = partial(_page, name="devices", page=request.page, full=_DEVICES)
        return await self.safecast.get("/devices.json", request, read=read)


def _page(raw: Any, name: str, page: int, full: int) -> dict[str, Any]:  # noqa: ANN401
    """Return one page: the vendor does not tell whether there is a next one; a full one has it."""
    return {name: raw, "next_page": page + 1 if len(raw) >= full else None}
