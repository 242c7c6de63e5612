"""Clients of the network, guests and their vouchers."""

from clients._api import HttpCall
from clients._body import json_of
from clients._operation import operation
from clients._pages import all_pages
from clients.unifi.answers import paged
from clients.unifi.console import Console, Json, limits, page
from contracts.unifi import (
    AuthorizeGuest,
    BlockClient,
    ClientChanged,
    CreateVouchers,
    DeletedVouchers,
    DeleteVouchers,
    Devices,
    GetClient,
    GetClients,
    GetTopology,
    GetVouchers,
    GuestAccess,
    NetworkClient,
    NetworkClients,
    NewVouchers,
    ReconnectClient,
    Topology,
    UnauthorizeGuest,
    UnblockClient,
    Vouchers,
)


class Guests(Console):
    """Who is on the network, and who may be."""

    @operation("safe")
    async def get_clients(self, request: GetClients) -> NetworkClients:
        """List what is connected to a site now."""
        read, query = paged("clients"), page(request)
        return await self.read(request, "/clients", NetworkClients, read, query)

    @operation("safe")
    async def get_client(self, request: GetClient) -> NetworkClient:
        """Return one connected client."""
        return await self.read(request, "/clients/{client_id}", NetworkClient)

    @operation("safe", timeout=60)
    async def get_topology(self, request: GetTopology) -> Topology:
        """Return all devices and clients of a site."""

        async def devices(offset: str | None) -> Devices:
            return await self.read(request, "/devices", Devices, paged("devices"), _from(offset))

        async def clients(offset: str | None) -> NetworkClients:
            read, query = paged("clients"), _from(offset)
            return await self.read(request, "/clients", NetworkClients, read, query)

        found, more = await all_pages(devices, _next)
        joined, others = await all_pages(clients, _next)
        return Topology(
            devices=[one for part in found for one in part.devices],
            clients=[one for part in joined for one in part.clients],
            complete=not more and not others,
        )

    @operation("idempotent")
    async def authorize_guest(self, request: AuthorizeGuest) -> GuestAccess:
        """Let a guest use the network."""
        action = {"action": "AUTHORIZE_GUEST_ACCESS"}
        json = {**action, "timeLimitMinutes": request.time_limit_minutes, **limits(request)}
        return await self.do(request, "/clients/{client_id}/actions", GuestAccess, json)

    @operation("idempotent")
    async def unauthorize_guest(self, request: UnauthorizeGuest) -> GuestAccess:
        """Take from a guest the right to use the network."""
        json = {"action": "UNAUTHORIZE_GUEST_ACCESS"}
        return await self.do(request, "/clients/{client_id}/actions", GuestAccess, json)

    @operation("safe")
    async def get_vouchers(self, request: GetVouchers) -> Vouchers:
        """List the vouchers of a site."""
        read, query = paged("vouchers"), page(request)
        return await self.read(request, "/hotspot/vouchers", Vouchers, read, query)

    @operation("unsafe", look="unifi.get_vouchers with a filter on the name shows them.")
    async def create_vouchers(self, request: CreateVouchers) -> NewVouchers:
        """Make vouchers."""
        json = {
            "name": request.name,
            "count": request.count,
            "timeLimitMinutes": request.time_limit_minutes,
            "authorizedGuestLimit": request.authorized_guest_limit,
            **limits(request),
        }
        return await self.do(request, "/hotspot/vouchers", NewVouchers, json)

    @operation("idempotent")
    async def delete_vouchers(self, request: DeleteVouchers) -> DeletedVouchers:
        """Delete the vouchers that a filter finds."""
        query = {"filter": request.filter}
        return await self.drop(request, "/hotspot/vouchers", DeletedVouchers, query)

    @operation("idempotent")
    async def block_client(self, request: BlockClient) -> ClientChanged:
        """Keep a device off the network."""
        return await self._command(request, "block-sta")

    @operation("idempotent")
    async def unblock_client(self, request: UnblockClient) -> ClientChanged:
        """Let a blocked device on the network again."""
        return await self._command(request, "unblock-sta")

    @operation("unsafe", look="unifi.get_clients shows since when it is connected.")
    async def reconnect_client(self, request: ReconnectClient) -> ClientChanged:
        """Throw a wireless client off; it may come back at once."""
        return await self._command(request, "kick-sta")

    async def _command(
        self, request: BlockClient | UnblockClient | ReconnectClient, name: str
    ) -> ClientChanged:
        api, json = self.at(request), {"cmd": name, "mac": request.mac}
        call = HttpCall("POST", "/api/s/{site}/cmd/stamgr", self.named(request), body=json_of(json))

        def read(answer: Json) -> Json:
            return {"command": name, "mac": request.mac, "rc": answer["meta"]["rc"]}

        return api.parse(await api.send(call), ClientChanged, read)


def _from(offset: str | None) -> Json:
    return {"offset": offset or "0", "limit": 200}


def _next(one: Devices | NetworkClients) -> str | None:
    return None if one.next_offset is None else str(one.next_offset)
