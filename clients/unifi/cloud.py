"""Site Manager (https://developer.ui.com/site-manager-api/): all consoles of an account."""

from typing import Final

from clients._auth import Key
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.unifi.answers import data, listed, told
from contracts.unifi import (
    CloudDevices,
    CloudHost,
    CloudHosts,
    CloudSites,
    GetHost,
    GetIspMetrics,
    IspMetrics,
    ListDevices,
    ListHosts,
    ListSdWanConfigs,
    ListSites,
    QueryIspMetrics,
    SdWanConfigs,
)
from contracts.unifi.cloud import SiteWindow

_KEY: Final = Key("X-API-Key", ("UNIFI_SITE_MANAGER_API_KEY", "UI_COM_API_KEY"))
_LIMITS: Final = "https://developer.ui.com/site-manager-api/gettingstarted"


class SiteManager(Client):
    """The account; its two versions have a limit each."""

    site_manager = Upstream(
        "https://api.ui.com/v1",
        auth=_KEY,
        limits=[Rate(10_000, per=MINUTE, source=_LIMITS)],
        probe="/hosts?pageSize=1",
        aliases=("UNIFI_SITE_MANAGER_BASE_URL",),
        below="/v1",
    )
    early_access = Upstream(
        "https://api.ui.com/ea",
        auth=_KEY,
        limits=[Rate(100, per=MINUTE, source=_LIMITS)],
        probe="/sd-wan-configs",
        aliases=("UNIFI_SITE_MANAGER_BASE_URL",),
        below="/ea",
    )

    @operation("safe")
    async def list_hosts(self, request: ListHosts) -> CloudHosts:
        """List the consoles of the account."""
        return await self.site_manager.get(
            "/hosts", request, query=_page(request), read=told("hosts")
        )

    @operation("safe")
    async def get_host(self, request: GetHost) -> CloudHost:
        """Return one console of the account."""
        return await self.site_manager.get("/hosts/{host_id}", request, read=data)

    @operation("safe")
    async def list_sites(self, request: ListSites) -> CloudSites:
        """List the sites of all consoles of the account."""
        return await self.site_manager.get(
            "/sites", request, query=_page(request), read=told("sites")
        )

    @operation("safe")
    async def list_devices(self, request: ListDevices) -> CloudDevices:
        """List the devices of all consoles of the account."""
        query = {"hostIds[]": request.host_ids, "time": request.time, **_page(request)}
        return await self.site_manager.get("/devices", request, query=query, read=told("hosts"))

    @operation("safe")
    async def get_isp_metrics(self, request: GetIspMetrics) -> IspMetrics:
        """Return how the Internet connections of all sites did."""
        query = {
            "beginTimestamp": request.begin,
            "endTimestamp": request.end,
            "duration": request.duration,
        }
        path, read = "/isp-metrics/{interval}", listed("metrics")
        return await self.early_access.get(path, request, query=query, read=read)

    @operation("safe")
    async def query_isp_metrics(self, request: QueryIspMetrics) -> IspMetrics:
        """Return how the Internet connections of some sites did."""
        json = {"sites": [_window(one) for one in request.sites]}
        path = "/isp-metrics/{interval}/query"
        return await self.early_access.post(path, request, json=json, read=data)

    @operation("safe")
    async def list_sd_wan_configs(self, request: ListSdWanConfigs) -> SdWanConfigs:
        """List the networks of sites of the account."""
        return await self.early_access.get("/sd-wan-configs", request, read=listed("configs"))


def _page(request: ListHosts | ListSites | ListDevices) -> dict[str, str | None]:
    return {"pageSize": str(request.page_size), "nextToken": request.cursor}


def _window(one: SiteWindow) -> dict[str, str]:
    said = one.model_dump(mode="json", exclude_none=True)
    names = {"host_id": "hostId", "site_id": "siteId", "begin": "beginTimestamp"}
    return {names.get(name, "endTimestamp"): value for name, value in said.items()}
