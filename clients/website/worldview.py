"""Worldview: data for money, by key.

https://github.com/MycosoftLabs/website/blob/main/docs/WORLDVIEW_API_V2_PLAN.md
"""

from typing import Final

from clients._auth import Bearer
from clients._client import Client
from clients._limits import DAY, MINUTE, Rate
from clients._operation import operation
from clients._target import commas
from clients._upstream import Upstream
from clients.website import weights
from contracts.website import (
    Account,
    AgentEvents,
    AgentUsage,
    BundleAnswer,
    DatasetAnswer,
    GetAccount,
    GetAgentEvents,
    GetAgentUsage,
    GetWorldviewBundle,
    GetWorldviewSnapshot,
    GetWorldviewTile,
    GetWorldviewUsage,
    KeyState,
    QueryWorldview,
    SearchAnswer,
    SearchWorldview,
    SnapshotAnswer,
    Tile,
    Usage,
    ValidateKey,
)

_METER: Final = (
    "https://github.com/MycosoftLabs/website/blob/main/"
    "supabase/migrations/20260423_worldview_v1.sql"
)
_PAID: Final = "It may be paid for: website.get_worldview_usage shows the balance."


class Worldview(Client):
    """What is sold is `unsafe`, though it only reads: a repeat is paid for again.

    The limits are those of a new key, in the units of the catalog's `rate_weight`; by the day the
    server counts calls, so the hub is stricter. A key of another plan has its own: set
    WEBSITE_WORLDVIEW_LIMIT.
    """

    worldview = Upstream(
        "https://mycosoft.com/api",
        auth=Bearer("WEBSITE_API_KEY"),
        limits=[Rate(60, per=MINUTE, source=_METER), Rate(10_000, per=DAY, source=_METER)],
        probe="/worldview/v1/usage",  # free
        aliases=("WEBSITE_API_URL", "WEBSITE_URL"),
        below="/api",
    )

    @operation("unsafe", cost=weights.of_dataset, look=_PAID)
    async def query_worldview(self, request: QueryWorldview) -> DatasetAnswer:
        """Buy what one dataset has; 0 to 20 cents."""
        query = {
            "type": request.type,
            "bbox": commas(request.bbox or ()),
            "limit": request.limit,
            "cursor": request.cursor,
            **request.filters,
        }
        return await self.worldview.get("/worldview/v1/query", request, query=query)

    @operation("unsafe", timeout=60, cost=weights.of_bundle, look=_PAID)
    async def get_worldview_bundle(self, request: GetWorldviewBundle) -> BundleAnswer:
        """Buy what one bundle of datasets has; 5 to 50 cents."""
        query = {"bbox": commas(request.bbox or ())}
        path = "/worldview/v1/bundle/{bundle_id}"
        return await self.worldview.get(path, request, query=query)

    @operation("unsafe", cost=weights.SNAPSHOT, look=_PAID)
    async def get_worldview_snapshot(self, request: GetWorldviewSnapshot) -> SnapshotAnswer:
        """Buy the state of the world in figures; 2 cents."""
        return await self.worldview.get("/worldview/v1/snapshot", request)

    @operation("unsafe", look=_PAID)
    async def get_worldview_tile(self, request: GetWorldviewTile) -> Tile:
        """Buy a map tile; 1 cent."""
        return await self.worldview.get("/worldview/v1/tile/{z}/{x}/{y}", request)

    @operation("safe", ttl=60)
    async def search_worldview(self, request: SearchWorldview) -> SearchAnswer:
        """Find what a text finds in MINDEX; free."""
        query = {"q": request.q, "types": commas(request.types or ()), "limit": request.limit}
        return await self.worldview.get("/worldview/v1/search", request, query=query)

    @operation("safe")
    async def get_worldview_usage(self, request: GetWorldviewUsage) -> Usage:
        """Return what is left of the key's money and limits."""
        return await self.worldview.get("/worldview/v1/usage", request)

    @operation("safe")
    async def validate_key(self, request: ValidateKey) -> KeyState:
        """Return whether the hub's key is good, and for what."""
        return await self.worldview.get("/v1/validate", request)

    @operation("safe")
    async def get_account(self, request: GetAccount) -> Account:
        """Return the account behind the hub's key."""
        return await self.worldview.get("/v1/account", request)

    @operation("safe")
    async def get_agent_usage(self, request: GetAgentUsage) -> AgentUsage:
        """Return what the account has used in 24 hours."""
        return await self.worldview.get("/agent/usage", request)

    @operation("safe")
    async def get_agent_events(self, request: GetAgentEvents) -> AgentEvents:
        """Return what befell the account."""
        return await self.worldview.get("/agent/events", request)
