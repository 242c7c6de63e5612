"""Operations on contractors' portals and a data-link gateway.

UNVERIFIED: none of them publishes an API. Paths and fields are those of the platform's own client,
as whoever runs such a portal may have agreed on them; what is answered is free in form therefore.
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Contract, Request, Result
from contracts.defense.parameters import GivenJson, Json, Record

Portal = Literal["lockheed", "raytheon", "northrop", "bae", "saic"]
Network = Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9][a-z0-9-]*$", examples=["link16"])]


class Rfqs(Result):
    """Requests for quotation, in the portal's own form (unverified)."""

    rfqs: list[Json]


class Rfq(Result):
    """A request for quotation, in the portal's own form (unverified)."""

    rfq: Json


class PurchaseOrders(Result):
    """Purchase orders, in the portal's own form (unverified)."""

    purchase_orders: list[Json]


class Submitted(Result):
    """What a portal answered, in its own form (unverified)."""

    response: Json


class Networks(Result):
    """States of networks, in the gateway's own form (unverified)."""

    networks: list[Json]


class LinkTracks(Result):
    """Tracks of a network, in the gateway's own form (unverified)."""

    tracks: list[Json]


class MessageSent(Result):
    """What the gateway answered, in its own form (unverified)."""

    response: Json


class AtPortal(Contract):
    """Which portal is meant."""

    portal: Portal


class ListRfqs(AtPortal, Request[Rfqs]):
    """List a contractor's requests for quotation (unverified)."""

    status: Annotated[str, Field(max_length=32, pattern=r"^[a-z_]+$")] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 25


class GetRfq(AtPortal, Request[Rfq]):
    """Return a request for quotation (unverified)."""

    rfq_id: Record


class SubmitQuote(AtPortal, Request[Submitted]):
    """Answer a request for quotation with an offer, which binds (unverified)."""

    rfq_id: Record
    quote: GivenJson
    """In the portal's own form."""


class ListPurchaseOrders(AtPortal, Request[PurchaseOrders]):
    """List a contractor's purchase orders (unverified)."""

    limit: Annotated[int, Field(ge=1, le=200)] = 25


class SubmitInvoice(AtPortal, Request[Submitted]):
    """Send an invoice for a purchase order (unverified)."""

    po_id: Record
    invoice: GivenJson
    """In the portal's own form."""


class GetNetworkStatus(Request[Networks]):
    """Tell the states of the gateway's networks (unverified)."""


class GetTracks(Request[LinkTracks]):
    """List the tracks of a network (unverified)."""

    network: Network = "link16"


class SendMessage(Request[MessageSent]):
    """Send a message into a network (unverified)."""

    network: Network
    message_type: Annotated[str, Field(max_length=32, pattern=r"^[A-Za-z0-9._-]+$")]
    content: GivenJson
    """In the network's own form."""
