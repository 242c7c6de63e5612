"""Taxa and observations."""

from clients._body import rest
from clients._operation import operation
from clients._target import commas
from clients.mindex import answers, server
from contracts.mindex import (
    Added,
    AddObservations,
    GetKingdomStats,
    GetObservations,
    GetTaxa,
    GetTaxon,
    KingdomStats,
    Observations,
    Taxa,
    Taxon,
)


class Life(server.Server):
    """What lives, and where it was seen."""

    @operation("safe")
    async def get_taxa(self, request: GetTaxa) -> Taxa:
        """Return a page of taxa."""
        path = "/api/mindex/taxa"
        query = rest(path, request) | {"ids": commas(map(str, request.ids or ()))}
        return await self.api.get(path, request, query=query, read=answers.page)

    @operation("safe")
    async def get_taxon(self, request: GetTaxon) -> Taxon:
        """Return one taxon with its traits."""
        return await self.api.get("/api/mindex/taxa/{taxon_id}", request)

    @operation("safe")
    async def get_observations(self, request: GetObservations) -> Observations:
        """Return a page of observations, the newest first."""
        path = "/api/mindex/observations"
        query = rest(path, request) | {"bbox": commas(request.bbox or ())}
        return await self.api.get(path, request, query=query, read=answers.page)

    @operation("idempotent", timeout=120)  # the same source and source_id again is an update
    async def add_observations(self, request: AddObservations) -> Added:
        """Add observations, or bring them up to date."""
        return await self.api.post("/api/mindex/observations/bulk", request)

    @operation("safe", ttl=300)
    async def get_kingdom_stats(self, request: GetKingdomStats) -> KingdomStats:
        """Return how many taxa each kingdom has."""
        path = "/api/mindex/all-life/kingdom-stats"
        return await self.api.get(path, request, read=answers.listed)
