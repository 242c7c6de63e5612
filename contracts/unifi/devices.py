"""Consoles, sites and UniFi devices: the UniFi Network API, by the vendor's file for 10.5.

https://developer.ui.com/network/
"""

from typing import Annotated

from pydantic import Field

from contracts._model import Request
from contracts._types import Utc
from contracts.unifi.parameters import Camel, OnConsole, OnSite, Page, Paged, Uuid


class Info(Camel):
    """What a console runs."""

    application_version: str
    """Of UniFi Network: ``10.5.66``."""


class Site(Camel):
    """A site of a console."""

    id: str
    internal_reference: str
    """Its short name, which the older API uses: ``default``."""
    name: str


class Sites(Page):
    """A page of sites."""

    sites: list[Site]


class Device(Camel):
    """A UniFi device."""

    id: str
    mac: str = Field(alias="macAddress")
    ip: str = Field(alias="ipAddress")
    name: str
    model: str
    state: str
    """``ONLINE``, ``OFFLINE``, ``UPDATING``, ``ADOPTING``, ``CONNECTION_INTERRUPTED`` …"""
    supported: bool
    """Whether this version of the console supports it."""
    firmware_version: str | None = None
    firmware_updatable: bool
    features: list[str] = []
    """``switching``, ``accessPoint``, ``gateway``."""


class Devices(Page):
    """A page of devices."""

    devices: list[Device]


class Poe(Camel):
    """Power over a port."""

    standard: str
    """``802.3af``, ``802.3at`` or ``802.3bt``."""
    enabled: bool
    state: str
    """Whether it gives power now: ``UP``, ``DOWN``, ``LIMITED`` or ``UNKNOWN``."""


class Port(Camel):
    """A port of a device."""

    idx: int
    """From 1."""
    state: str
    """``UP``, ``DOWN`` or ``UNKNOWN``."""
    connector: str
    max_speed_mbps: int
    speed_mbps: int | None = None
    poe: Poe | None = None


class Radio(Camel):
    """A radio of an access point."""

    standard: str = Field(alias="wlanStandard")
    """``802.11be``."""
    frequency_ghz: float = Field(alias="frequencyGHz")
    channel_width_mhz: int = Field(alias="channelWidthMHz")
    channel: int | None = None


class DeviceDetails(Device):
    """A UniFi device with its ports and radios."""

    adopted_at: Utc | None = None
    provisioned_at: Utc | None = None
    uplink_device_id: str | None
    """The device that it hangs on."""
    ports: list[Port]
    radios: list[Radio]


class RadioStatistics(Camel):
    """How a radio does."""

    frequency_ghz: float = Field(alias="frequencyGHz")
    tx_retries_pct: float | None = None


class DeviceStatistics(Camel):
    """How a device does."""

    uptime_s: int | None = Field(default=None, alias="uptimeSec")
    last_heartbeat_at: Utc | None = None
    next_heartbeat_at: Utc | None = None
    load_average_1_min: float | None = Field(default=None, alias="loadAverage1Min")
    load_average_5_min: float | None = Field(default=None, alias="loadAverage5Min")
    load_average_15_min: float | None = Field(default=None, alias="loadAverage15Min")
    cpu_utilization_pct: float | None = None
    memory_utilization_pct: float | None = None
    uplink_tx_bps: int | None
    """Bits per second to its uplink."""
    uplink_rx_bps: int | None
    radios: list[RadioStatistics]


class PendingDevice(Camel):
    """A device that nobody has adopted."""

    mac: str = Field(alias="macAddress")
    ip: str = Field(alias="ipAddress")
    model: str
    state: str
    supported: bool
    firmware_version: str | None = None
    firmware_updatable: bool
    features: list[str] = []


class PendingDevices(Page):
    """A page of devices that nobody has adopted."""

    devices: list[PendingDevice]


class Accepted(Camel):
    """An action that the console has taken on: it answers nothing more."""

    action: str


class GetInfo(OnConsole, Request[Info]):
    """What a console runs. Vouchers, Wi-Fi and firewall need 9.x or 10.x."""


class GetSites(OnConsole, Paged, Request[Sites]):
    """The sites of one console; those of the whole account: `list_sites`."""


class GetDevices(OnSite, Paged, Request[Devices]):
    """The UniFi devices of a site."""


class GetDevice(OnSite, Request[DeviceDetails]):
    """One device with its ports and radios."""

    device_id: Uuid


class GetDeviceStatistics(OnSite, Request[DeviceStatistics]):
    """How one device does now."""

    device_id: Uuid


class GetPendingDevices(OnConsole, Paged, Request[PendingDevices]):
    """Devices that wait for someone to adopt them."""


class RestartDevice(OnSite, Request[Accepted]):
    """A device that starts again: what hangs on it is cut off for minutes."""

    device_id: Uuid


class PowerCyclePort(OnSite, Request[Accepted]):
    """A port without power for a moment: what it feeds starts again."""

    device_id: Uuid
    port_idx: Annotated[int, Field(ge=1, le=512)]
    """As `get_device` lists it, from 1."""
