"""Networks, Wi-Fi, firewall and health."""

from clients._api import HttpCall
from clients._operation import operation
from clients.unifi.answers import listed, paged
from clients.unifi.console import Console, page
from contracts.unifi import (
    Alarms,
    CreateFirewallPolicy,
    CreateNetwork,
    FirewallPolicies,
    FirewallPolicy,
    GetAlarms,
    GetFirewallPolicies,
    GetFirewallZones,
    GetHealth,
    GetNetworks,
    GetWans,
    GetWlans,
    Network,
    Networks,
    SiteHealth,
    Wans,
    Wlans,
    Zones,
)


class SiteNetworks(Console):
    """How a site is set up, and how it does."""

    @operation("safe")
    async def get_networks(self, request: GetNetworks) -> Networks:
        """List the networks of a site."""
        return await self.read(request, "/networks", Networks, paged("networks"), page(request))

    @operation("unsafe", look="unifi.get_networks shows it.")
    async def create_network(self, request: CreateNetwork) -> Network:
        """Add a VLAN that neither gateway nor switch routes."""
        json = {
            "management": "UNMANAGED",
            "name": request.name,
            "enabled": request.enabled,
            "vlanId": request.vlan_id,
        }
        return await self.do(request, "/networks", Network, json)

    @operation("safe")
    async def get_wlans(self, request: GetWlans) -> Wlans:
        """List the Wi-Fis of a site."""
        return await self.read(request, "/wifi/broadcasts", Wlans, paged("wlans"), page(request))

    @operation("safe")
    async def get_wans(self, request: GetWans) -> Wans:
        """List the connections of a site to the Internet."""
        query = {"offset": request.offset, "limit": request.limit}
        return await self.read(request, "/wans", Wans, paged("wans"), query)

    @operation("safe")
    async def get_firewall_zones(self, request: GetFirewallZones) -> Zones:
        """List the firewall's zones."""
        return await self.read(request, "/firewall/zones", Zones, paged("zones"), page(request))

    @operation("safe")
    async def get_firewall_policies(self, request: GetFirewallPolicies) -> FirewallPolicies:
        """List the firewall's rules."""
        path, read = "/firewall/policies", paged("policies")
        return await self.read(request, path, FirewallPolicies, read, page(request))

    @operation("unsafe", look="unifi.get_firewall_policies shows it.")
    async def create_firewall_policy(self, request: CreateFirewallPolicy) -> FirewallPolicy:
        """Add a rule between two zones."""
        allow = {"allowReturnTraffic": request.allow_return_traffic}
        json = {
            "enabled": request.enabled,
            "name": request.name,
            "description": request.description,
            "action": {"type": request.action, **(allow if request.action == "ALLOW" else {})},
            "source": {"zoneId": request.source_zone_id},
            "destination": {"zoneId": request.destination_zone_id},
            "ipProtocolScope": {"ipVersion": request.ip_version},
            "connectionStateFilter": request.connection_states,
            "loggingEnabled": request.logging_enabled,
        }
        return await self.do(request, "/firewall/policies", FirewallPolicy, json)

    @operation("safe")
    async def get_health(self, request: GetHealth) -> SiteHealth:
        """Return how the parts of a site do."""
        api = self.at(request)
        answer = await api.send(HttpCall("GET", "/api/s/{site}/stat/health", self.named(request)))
        return api.parse(answer, SiteHealth, listed("subsystems"))

    @operation("safe")
    async def get_alarms(self, request: GetAlarms) -> Alarms:
        """List what went wrong at a site."""
        api = self.at(request)
        answer = await api.send(HttpCall("GET", "/api/s/{site}/stat/alarm", self.named(request)))
        return api.parse(answer, Alarms, listed("alarms"))
