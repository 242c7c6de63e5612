"""Contractors' portals and a data-link gateway (unverified: none publishes an API).

Their only description is the platform's own client: https://github.com/MycosoftLabs/mycosoft-mas
"""

from typing import Final

from clients._api import Api
from clients._operation import operation
from clients.defense.answers import listed, under
from clients.defense.platforms import Platforms
from contracts import defense as asked
from contracts.defense.portals import AtPortal

_LOOK: Final = "Nothing that the hub knows of shows it: ask the contractor before a second one."
_LOOK_MESSAGE: Final = "Nothing that the hub knows of shows it: ask whoever runs the gateway."


class Portals(Platforms):
    """Portals of five contractors, each with an address and a key of its own, and the gateway."""

    @operation("safe")
    async def list_rfqs(self, request: asked.ListRfqs) -> asked.Rfqs:
        """List requests for quotation (unverified)."""
        query, read = {"status": request.status, "limit": request.limit}, listed("rfqs")
        return await self._at(request).get("/rfqs", request, query=query, read=read)

    @operation("safe")
    async def get_rfq(self, request: asked.GetRfq) -> asked.Rfq:
        """Return a request for quotation (unverified)."""
        path, read = "/rfqs/{rfq_id}", under("rfq")
        return await self._at(request).get(path, request, query={}, read=read)

    @operation("unsafe", look=_LOOK)
    async def submit_quote(self, request: asked.SubmitQuote) -> asked.Submitted:
        """Offer, which binds (unverified)."""
        path, read = "/rfqs/{rfq_id}/quotes", under("response")
        return await self._at(request).post(path, request, json=request.quote, read=read)

    @operation("safe")
    async def list_purchase_orders(self, request: asked.ListPurchaseOrders) -> asked.PurchaseOrders:
        """List purchase orders (unverified)."""
        query, read = {"limit": request.limit}, listed("purchase_orders")
        return await self._at(request).get("/purchase-orders", request, query=query, read=read)

    @operation("unsafe", look=_LOOK)
    async def submit_invoice(self, request: asked.SubmitInvoice) -> asked.Submitted:
        """Send an invoice (unverified)."""
        path, read = "/purchase-orders/{po_id}/invoices", under("response")
        return await self._at(request).post(path, request, json=request.invoice, read=read)

    @operation("safe")
    async def get_network_status(self, request: asked.GetNetworkStatus) -> asked.Networks:
        """Tell the states of networks (unverified)."""
        return await self.tactical.get("/networks/status", request, read=listed("networks"))

    @operation("safe")
    async def get_tracks(self, request: asked.GetTracks) -> asked.LinkTracks:
        """List the tracks of a network (unverified)."""
        return await self.tactical.get("/tracks/{network}", request, read=listed("tracks"))

    @operation("unsafe", look=_LOOK_MESSAGE)
    async def send_message(self, request: asked.SendMessage) -> asked.MessageSent:
        """Send a message into a network (unverified)."""
        return await self.tactical.post("/messages/send", request, read=under("response"))

    def _at(self, request: AtPortal) -> Api:
        return self.way_to(request.portal)
