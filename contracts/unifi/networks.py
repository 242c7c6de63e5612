"""Networks, Wi-Fi, firewall, health: https://developer.ui.com/network/."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.unifi.parameters import Camel, Label, OnNamedSite, OnSite, Page, Paged, Uuid

Vlan = Annotated[int, Field(ge=2, le=4009)]


class Network(Camel):
    """A network (VLAN) of a site."""

    id: str
    name: str
    enabled: bool
    vlan_id: int
    """1 is the default network."""
    management: str
    """Who routes it: ``GATEWAY``, ``SWITCH`` or ``UNMANAGED``."""
    default: bool = False


class Networks(Page):
    """A page of networks."""

    networks: list[Network]


class WifiSecurity(Camel):
    """How a Wi-Fi is protected; its pass phrase is not told."""

    type: str
    """``OPEN``, ``WPA2_PERSONAL``, ``WPA3_PERSONAL``, ``WPA2_ENTERPRISE`` …"""


class Wlan(Camel):
    """A Wi-Fi (SSID) of a site."""

    id: str
    name: str
    enabled: bool
    type: str
    """``STANDARD`` or ``IOT_OPTIMIZED``."""
    security: WifiSecurity = Field(alias="securityConfiguration")


class Wlans(Page):
    """A page of Wi-Fis."""

    wlans: list[Wlan]


class Wan(Camel):
    """A connection to the Internet."""

    id: str
    name: str


class Wans(Page):
    """A page of connections to the Internet."""

    wans: list[Wan]


class Zone(Camel):
    """Networks that the firewall treats alike."""

    id: str
    name: str
    network_ids: list[str]


class Zones(Page):
    """A page of firewall zones."""

    zones: list[Zone]


class PolicyAction(Camel):
    """What happens to traffic that fits."""

    type: str
    """``ALLOW``, ``BLOCK`` or ``REJECT``."""
    allow_return_traffic: bool | None = None


class PolicyEnd(Camel):
    """Where traffic comes from, or goes to; with a filter, only part of the zone."""

    zone_id: str


class FirewallPolicy(Camel):
    """A rule of the firewall."""

    id: str
    name: str
    description: str | None = None
    enabled: bool
    index: int
    """Lower ones are asked first."""
    action: PolicyAction
    source: PolicyEnd
    destination: PolicyEnd
    logging_enabled: bool


class FirewallPolicies(Page):
    """A page of rules."""

    policies: list[FirewallPolicy]


class Subsystem(Result):
    """How one part of a site does."""

    subsystem: str
    """``wan``, ``www``, ``wlan``, ``lan`` or ``vpn``."""
    status: str
    """``ok``, ``warning``, ``error`` or ``unknown``."""
    users: int | None = Field(default=None, alias="num_user")
    guests: int | None = Field(default=None, alias="num_guest")
    adopted: int | None = Field(default=None, alias="num_adopted")
    """Devices."""
    disconnected: int | None = Field(default=None, alias="num_disconnected")
    """Devices."""


class SiteHealth(Result):
    """How a site does."""

    subsystems: list[Subsystem]


class Alarm(Result):
    """Something that went wrong."""

    id: str = Field(alias="_id")
    key: str
    """``EVT_GW_WANTransition`` …"""
    text: str = Field(alias="msg")
    time: Utc
    subsystem: str | None = None
    archived: bool = False


class Alarms(Result):
    """What went wrong, the newest first."""

    alarms: list[Alarm]


class GetNetworks(OnSite, Paged, Request[Networks]):
    """The networks of a site."""


class CreateNetwork(OnSite, Request[Network]):
    """A new VLAN that neither gateway nor switch routes."""

    name: Label
    vlan_id: Vlan
    enabled: bool = True


class GetWlans(OnSite, Paged, Request[Wlans]):
    """The Wi-Fis of a site, without their pass phrases."""


class GetWans(OnSite, Request[Wans]):
    """The connections of a site to the Internet."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class GetFirewallZones(OnSite, Paged, Request[Zones]):
    """The firewall's zones."""


class GetFirewallPolicies(OnSite, Paged, Request[FirewallPolicies]):
    """The firewall's rules."""


class CreateFirewallPolicy(OnSite, Request[FirewallPolicy]):
    """A new rule between two zones, for all of their traffic."""

    name: Label
    description: Annotated[str, Field(max_length=512)] | None = None
    action: Literal["ALLOW", "BLOCK", "REJECT"]
    """``BLOCK`` says nothing to the sender, ``REJECT`` does."""
    source_zone_id: Uuid
    destination_zone_id: Uuid
    ip_version: Literal["IPV4", "IPV6", "IPV4_AND_IPV6"] = "IPV4_AND_IPV6"
    allow_return_traffic: bool = True
    """Whether answers may come back; of ``ALLOW`` only."""
    connection_states: (
        Annotated[
            list[Literal["NEW", "INVALID", "ESTABLISHED", "RELATED"]],
            Field(min_length=1, max_length=4),
        ]
        | None
    ) = None
    """Absent: all."""
    logging_enabled: bool = False
    enabled: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        states = self.connection_states or []
        if len(set(states)) < len(states):
            raise ValueError("connection_states must name each state once")
        return self


class GetHealth(OnNamedSite, Request[SiteHealth]):
    """How the parts of a site do."""


class GetAlarms(OnNamedSite, Request[Alarms]):
    """What went wrong at a site."""
