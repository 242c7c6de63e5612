"""Clients of the network, guests and their vouchers: https://developer.ui.com/network/."""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.unifi.devices import Device
from contracts.unifi.parameters import (
    Camel,
    Label,
    Limits,
    Mac,
    Minutes,
    OnNamedSite,
    OnSite,
    Page,
    Paged,
    Uuid,
)


class Access(Camel):
    """How a client got in."""

    type: str
    """``DEFAULT`` or ``GUEST``."""
    authorized: bool | None = None
    """Of guests only."""


class NetworkClient(Camel):
    """Something that is connected now."""

    id: str
    name: str
    type: str
    """``WIRED``, ``WIRELESS``, ``VPN`` or ``TELEPORT``."""
    mac: str | None = Field(default=None, alias="macAddress")
    """Not of VPN and Teleport."""
    ip: str | None = Field(default=None, alias="ipAddress")
    connected_at: Utc | None = None
    uplink_device_id: str | None = None
    """The device that it hangs on."""
    access: Access | None = None


class NetworkClients(Page):
    """A page of clients."""

    clients: list[NetworkClient]


class Topology(Result):
    """What hangs on what: `uplink_device_id` of clients is `id` of a device."""

    devices: list[Device]
    clients: list[NetworkClient]
    complete: bool
    """False where there are more than 2000 of either, or the limit or the deadline came first."""


class Authorization(Camel):
    """What a guest may use, and until when."""

    authorized_at: Utc
    expires_at: Utc | None = None
    authorization_method: str
    """``API``, ``VOUCHER`` or ``OTHER``."""
    data_usage_limit_mb: int | None = Field(default=None, alias="dataUsageLimitMBytes")
    rx_rate_limit_kbps: int | None = None
    tx_rate_limit_kbps: int | None = None


class GuestAccess(Camel):
    """What became of a guest."""

    action: str
    granted: Authorization | None = Field(default=None, alias="grantedAuthorization")
    revoked: Authorization | None = Field(default=None, alias="revokedAuthorization")
    """What it had before."""


class Voucher(Camel):
    """A code that lets guests in."""

    id: str
    name: str
    code: str
    """For the hotspot's portal; whoever has it gets in."""
    created_at: Utc
    activated_at: Utc | None = None
    """When its first guest came."""
    expires_at: Utc | None = None
    expired: bool
    time_limit_minutes: int
    authorized_guest_limit: int | None = None
    authorized_guest_count: int
    data_usage_limit_mb: int | None = Field(default=None, alias="dataUsageLimitMBytes")
    rx_rate_limit_kbps: int | None = None
    tx_rate_limit_kbps: int | None = None


class Vouchers(Page):
    """A page of vouchers."""

    vouchers: list[Voucher]


class NewVouchers(Camel):
    """What was made."""

    vouchers: list[Voucher]


class DeletedVouchers(Camel):
    """What is gone."""

    deleted: int = Field(alias="vouchersDeleted")


class ClientChanged(Result):
    """A client for which the console has taken a command."""

    mac: str
    command: str


class GetClients(OnSite, Paged, Request[NetworkClients]):
    """What is connected to a site now."""


class GetClient(OnSite, Request[NetworkClient]):
    """One connected client."""

    client_id: Uuid


class GetTopology(OnSite, Request[Topology]):
    """All devices and clients of a site, up to 2000 of each: a call for every 200."""


class AuthorizeGuest(OnSite, Limits, Request[GuestAccess]):
    """A guest that may use the network; a right it has is replaced, its usage counts from 0."""

    client_id: Uuid
    time_limit_minutes: Minutes | None = None
    """Absent: as the site is set up."""


class UnauthorizeGuest(OnSite, Request[GuestAccess]):
    """A guest that may no longer use the network."""

    client_id: Uuid


class GetVouchers(OnSite, Paged, Request[Vouchers]):
    """The vouchers of a site, with their codes."""


class CreateVouchers(OnSite, Limits, Request[NewVouchers]):
    """New vouchers, all alike."""

    name: Label
    """A note that all of them carry."""
    time_limit_minutes: Minutes
    """From the first guest on."""
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    authorized_guest_limit: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """How many guests may share one."""


class DeleteVouchers(OnSite, Request[DeletedVouchers]):
    """Vouchers that are good no more, by a filter: one matching all has to be said too."""

    filter: Annotated[str, Field(min_length=1, max_length=2048)]
    """``id.eq(497f6eca-6276-4993-bfeb-53cbbbba6f08)``, ``expired.eq(true)``."""


class BlockClient(OnNamedSite, Request[ClientChanged]):
    """A device that gets no network until `unblock_client`, known here or not."""

    mac: Mac


class UnblockClient(OnNamedSite, Request[ClientChanged]):
    """A blocked device that gets network again."""

    mac: Mac


class ReconnectClient(OnNamedSite, Request[ClientChanged]):
    """A wireless client that is thrown off; most come back at once."""

    mac: Mac
