"""All consoles of an account: https://developer.ui.com/site-manager-api/."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Part, Request
from contracts._types import Cursor, Utc
from contracts.unifi.parameters import Camel, MaybeUtc

HostId = Annotated[str, Field(max_length=160, pattern=r"^[A-Za-z0-9:._-]+$")]
PageSize = Annotated[int, Field(ge=1, le=500)]


class CloudHost(Camel):
    """A console or a network server that reports to the account."""

    id: str
    hardware_id: str | None = None
    type: str
    """``console``, ``network-server``, ``ucore`` …"""
    ip: str | None = Field(default=None, alias="ipAddress")
    owner: bool = False
    """Whether the account owns it."""
    is_blocked: bool = False
    registration_time: MaybeUtc = None
    last_connection_state_change: MaybeUtc = None
    latest_backup_time: MaybeUtc = None


class CloudHosts(Camel):
    """A page of consoles."""

    hosts: list[CloudHost]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class SiteMeta(Camel):
    """What a site is called, and where it is."""

    name: str
    desc: str | None = None
    """As people see it."""
    timezone: str | None = None
    gateway_mac: str | None = None


class SiteStatistics(Camel):
    """How a site does; what is counted varies with the version of its console."""

    counts: dict[str, int] = {}
    """``totalDevice``, ``offlineDevice``, ``wifiClient``, ``wiredClient`` …"""
    percentages: dict[str, float] = {}
    """``wanUptime``, ``txRetry``."""


class CloudSite(Camel):
    """A site of one of the account's consoles."""

    site_id: str
    host_id: str
    permission: str | None = None
    """``admin``, ``readonly`` …"""
    is_owner: bool = False
    meta: SiteMeta
    statistics: SiteStatistics | None = None


class CloudSites(Camel):
    """A page of sites."""

    sites: list[CloudSite]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class CloudDevice(Camel):
    """A UniFi device, as the account sees it."""

    id: str
    mac: str
    """Without colons."""
    name: str | None = None
    model: str | None = None
    shortname: str | None = None
    ip: str | None = None
    product_line: str | None = None
    """``network``, ``protect`` …"""
    status: str
    """``online``, ``offline`` …"""
    version: str | None = None
    firmware_status: str | None = None
    """``upToDate``, ``updateAvailable``."""
    update_available: str | None = None
    """The version that is there."""
    is_console: bool = False
    is_managed: bool = False
    startup_time: MaybeUtc = None
    adoption_time: MaybeUtc = None


class HostDevices(Camel):
    """The devices of one console."""

    host_id: str
    host_name: str | None = None
    devices: list[CloudDevice]
    updated_at: MaybeUtc = None


class CloudDevices(Camel):
    """A page of consoles with their devices."""

    hosts: list[HostDevices]
    next_cursor: str | None
    """`cursor` of the next page; None at the end."""


class WanPeriod(Camel):
    """How a connection to the Internet did in one interval."""

    avg_latency_ms: int | None = Field(default=None, alias="avgLatency")
    max_latency_ms: int | None = Field(default=None, alias="maxLatency")
    packet_loss_pct: int | None = Field(default=None, alias="packetLoss")
    download_kbps: int | None = Field(default=None, alias="download_kbps")
    upload_kbps: int | None = Field(default=None, alias="upload_kbps")
    uptime_pct: int | None = Field(default=None, alias="uptime")
    downtime: int | None = None
    """The vendor names no unit."""
    isp_name: str | None = None
    isp_asn: str | None = None


class WanData(Camel):
    """What was measured."""

    wan: WanPeriod


class Period(Camel):
    """One interval."""

    at: Utc = Field(alias="metricTime")
    data: WanData


class SiteMetrics(Camel):
    """The intervals of one site."""

    host_id: str
    site_id: str
    metric_type: str
    """Their length: ``5m`` or ``1h``."""
    periods: list[Period]


class IspMetrics(Camel):
    """How connections to the Internet did."""

    metrics: list[SiteMetrics]
    status: str | None = None
    """``partialSuccess`` where the account may not see all that was asked for."""
    message: str | None = None


class SdWanConfig(Camel):
    """A network of sites (SD-WAN)."""

    id: str
    name: str
    type: str
    """``sdwan-hbsp``."""


class SdWanConfigs(Camel):
    """The networks of sites."""

    configs: list[SdWanConfig]


class ListHosts(Request[CloudHosts]):
    """The consoles of the account."""

    page_size: PageSize = 100
    cursor: Cursor | None = None


class GetHost(Request[CloudHost]):
    """One console of the account."""

    host_id: HostId


class ListSites(Request[CloudSites]):
    """The sites of all consoles of the account; those of one: `get_sites`."""

    page_size: PageSize = 100
    cursor: Cursor | None = None


class ListDevices(Request[CloudDevices]):
    """The devices of all consoles that the account owns or runs."""

    host_ids: Annotated[list[HostId], Field(min_length=1, max_length=50)] | None = None
    time: Utc | None = None
    """When they were last seen to."""
    page_size: PageSize = 100
    cursor: Cursor | None = None


class GetIspMetrics(Request[IspMetrics]):
    """How the Internet connections of all sites did.

    The vendor keeps intervals of 5 minutes for a day, of an hour for 30 days.
    """

    interval: Literal["5m", "1h"]
    begin: Utc | None = None
    end: Utc | None = None
    duration: Literal["24h", "7d", "30d"] | None = None
    """Back from now, in place of `begin` and `end`: ``24h`` of 5m, ``7d`` or ``30d`` of 1h."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.duration and (self.begin or self.end):
            raise ValueError("give duration, or begin and end")
        if self.duration and (self.duration == "24h") != (self.interval == "5m"):
            raise ValueError("duration is 24h with interval 5m, 7d or 30d with 1h")
        return self


class SiteWindow(Part):
    """A site and a time."""

    host_id: HostId
    site_id: HostId
    begin: Utc | None = None
    end: Utc | None = None


class QueryIspMetrics(Request[IspMetrics]):
    """How the Internet connections of some sites did."""

    interval: Literal["5m", "1h"]
    sites: Annotated[list[SiteWindow], Field(min_length=1, max_length=100)]


class ListSdWanConfigs(Request[SdWanConfigs]):
    """The networks of sites (SD-WAN) of the account."""
