"""Devices and what they measure."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue

from contracts._model import Part, Request, Result
from contracts._types import Utc
from contracts.mindex.parameters import Json, Limit, Offset, Page, Point, Short, Slug


class Device(Result):
    """A device that sends telemetry."""

    id: UUID
    name: str
    slug: str | None = None
    status: str
    """``online``, ``active`` …"""
    taxon_id: UUID | None = None
    """What grows there."""
    location: Point | None = None
    metadata: Json = {}
    """What was told of it besides."""
    created_at: Utc
    updated_at: Utc | None = None


class Devices(Page):
    """A page of devices, the newest first."""

    results: list[Device]


class GetDevices(Request[Devices]):
    """All devices."""

    status_filter: Short | None = None
    """Exactly this status."""
    limit: Limit = 100
    offset: Offset = 0


class LatestSample(Result):
    """The last that one stream of a device has said."""

    device_id: UUID
    device_name: str
    device_slug: str | None
    stream_id: UUID
    stream_key: str
    stream_unit: str | None = None
    sample_id: UUID
    recorded_at: Utc
    value_numeric: float | None = None
    value_text: str | None = None
    value_json: Json | None = None
    """A value of several parts, as the device sent it."""
    value_unit: str | None = None
    sample_location: Point | None = None
    device_location: Point | None = None
    sample_metadata: Json = {}


class LatestSamples(Page):
    """A page of last samples, the newest first."""

    results: list[LatestSample]


class GetTelemetryLatest(Request[LatestSamples]):
    """The last sample of each stream of all devices; the server cannot choose one device."""

    limit: Limit = 100
    offset: Offset = 0


class Sample(Result):
    """One value of one stream."""

    stream_key: str
    recorded_at: Utc
    value_numeric: float | None = None
    value_json: Json | None = None
    """A value of several parts, as the device sent it."""
    value_unit: str | None = None
    verified: bool = False
    envelope_seq: int | None = None
    envelope_msg_id: str | None = None


class Samples(Result):
    """Samples of one device, the newest first."""

    results: list[Sample]


class GetMycobrainTelemetry(Request[Samples]):
    """The last samples of one device, over all its streams."""

    device_slug: Slug
    limit: Limit = 200


class TelemetrySummary(Result):
    """How much telemetry there is."""

    status: str
    """``online`` where any device is, else ``offline``."""
    total_devices: int
    active_devices: int
    total_streams: int
    samples_last_24h: int
    latest_sample_at: Utc | None = None


class GetTelemetrySummary(Request[TelemetrySummary]):
    """Devices, streams and samples, counted."""


class HealthState(Result):
    """How a device was at one time."""

    id: UUID
    device_id: UUID
    recorded_at: Utc
    status: str
    health_score: float | None = None
    metrics: Json = {}
    """What it measured of itself."""
    alerts: list[JsonValue] = []
    """What it warned of, in its own words."""
    metadata: Json = {}


class HealthStates(Result):
    """How a device was, the newest first."""

    results: list[HealthState]


class GetDeviceHealth(Request[HealthStates]):
    """How one device was over time."""

    device_slug: Slug
    limit: Limit = 200


class Reading(Part):
    """One value in an envelope."""

    id: Short
    """Key of its stream: ``bme688.temperature``."""
    value: Annotated[float, Field(ge=-1e18, le=1e18)] | Annotated[Json, Field(max_length=200)]
    """A number, or an object of several."""
    unit: Annotated[str, Field(min_length=1, max_length=32)] | None = None


class Ingested(Result):
    """What became of an envelope."""

    success: bool
    device_slug: str
    message_id: str = Field(alias="envelope_msg_id")
    sequence: int = Field(alias="envelope_seq")
    samples_inserted: int
    samples_deduped: int
    """Were there already."""
    recorded_at: Utc
    verification: Json = {}
    """What was told of the check of its hash."""


class IngestMycobrainTelemetry(Request[Ingested]):
    """Telemetry of one device, in an envelope that MINDEX knows again.

    A reading with the same device, message, sequence and id counts once. An unknown device is
    made. MINDEX passes the envelope on to NatureOS.
    """

    device_slug: Slug
    message_id: Short
    sequence: Annotated[int, Field(ge=0, le=2_147_483_647)]
    readings: Annotated[list[Reading], Field(min_length=1, max_length=500)]
    recorded_at: Utc | None = None
    """Absent: when it arrives."""
    hash: Short | None = None
    signature: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    hash_valid: bool | None = None
    """Whether somebody has checked the hash; true marks the samples as verified."""
    verified_by: Short | None = None
