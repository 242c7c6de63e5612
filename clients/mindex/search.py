"""Search over all that MINDEX knows."""

from typing import Any

from clients._body import fields, rest
from clients._operation import operation
from clients._target import commas
from clients.mindex import answers, server
from contracts import mindex
from contracts.mindex import (
    Chunks,
    GetPaper,
    GetSearchDomains,
    Hits,
    Neighbours,
    Paper,
    Papers,
    RetrieveChunks,
    SearchDomains,
    SearchNearby,
    SearchResearch,
)


class Search(server.Server):
    """What is found by words or by place."""

    @operation("safe", timeout=60)
    async def search(self, request: mindex.Search) -> Hits:
        """Find everything that a text finds."""
        # of /unified-search the cache forgets all but words and domains, /earth has none
        return await self.api.get(
            "/api/mindex/unified-search/earth", request, query=_asked(request)
        )

    @operation("safe", timeout=60)
    async def search_nearby(self, request: SearchNearby) -> Neighbours:
        """Find everything near a place."""
        return await self.api.get(
            "/api/mindex/unified-search/nearby", request, query=_asked(request)
        )

    @operation("safe", ttl=3600)
    async def get_search_domains(self, request: GetSearchDomains) -> SearchDomains:
        """Return what can be searched."""
        return await self.api.get("/api/mindex/unified-search/domains", request)

    @operation("safe", timeout=60)
    async def retrieve_chunks(self, request: RetrieveChunks) -> Chunks:
        """Find pieces of text for a question."""
        body = fields(request, "types")
        if request.types:
            body["types"] = commas(request.types)
        return await self.api.post("/api/mindex/rag/retrieve", request, json=body)

    @operation("safe", ttl=60)
    async def search_research(self, request: SearchResearch) -> Papers:
        """Return a page of papers on fungi."""

        def read(raw: Any) -> answers.Record:  # noqa: ANN401  (a vendor's JSON)
            page = answers.part(raw["papers"], request.offset, request.limit, raw["total"])
            return {**page, "query": raw["query"]}

        return await self.api.get("/api/mindex/research", request, read=read)

    @operation("safe", ttl=60)
    async def get_paper(self, request: GetPaper) -> Paper:
        """Return one paper."""
        return await self.api.get("/api/mindex/research/{paper_id}", request)


def _asked(request: mindex.Search | SearchNearby) -> dict[str, Any]:
    return rest("", request) | {"types": commas(request.types or ())}
