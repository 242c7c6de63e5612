"""Compounds and genetic sequences."""

from typing import Any

from clients._api import HttpCall
from clients._body import fields, json_of
from clients._operation import operation
from clients.mindex import answers, server
from contracts import mindex
from contracts.mindex import (
    Compound,
    GetCompound,
    GetCompounds,
    GetCompoundsForTaxon,
    GetGenetics,
    GetGeneticSequence,
    SearchCompounds,
    Sequence,
    Sequences,
    TaxonCompounds,
)


class Compounds(server.Server):
    """What living things are made of."""

    @operation("safe")
    async def get_compounds(self, request: GetCompounds) -> mindex.Compounds:
        """Return a page of compounds."""
        query = fields(request, "offset") | _from(request)
        return await self.api.get("/api/mindex/compounds", request, query=query, read=answers.page)

    @operation("safe")
    async def get_compound(self, request: GetCompound) -> Compound:
        """Return one compound with its activities."""
        return await self.api.get("/api/mindex/compounds/{compound_id}", request)

    @operation("safe")
    async def search_compounds(self, request: SearchCompounds) -> mindex.Compounds:
        """Return a page of compounds by structure, formula or mass."""
        wanted = json_of(fields(request, "offset", "limit"))
        query = {"limit": request.limit} | _from(request)
        call = HttpCall("POST", "/api/mindex/compounds/search", {}, query, body=wanted)
        return self.api.parse(await self.api.send(call), mindex.Compounds, answers.page)

    @operation("safe")
    async def get_compounds_for_taxon(self, request: GetCompoundsForTaxon) -> TaxonCompounds:
        """Return the compounds of one taxon."""
        return await self.api.get("/api/mindex/compounds/for-taxon/{taxon_id}", request)

    @operation("safe")
    async def get_genetics(self, request: GetGenetics) -> Sequences:
        """Return a page of genetic sequences."""
        return await self.api.get("/api/mindex/genetics", request, read=answers.page)

    @operation("safe")
    async def get_genetic_sequence(self, request: GetGeneticSequence) -> Sequence:
        """Return one sequence by its accession."""
        return await self.api.get("/api/mindex/genetics/accession/{accession}", request)


def _from(request: GetCompounds | SearchCompounds) -> dict[str, Any]:
    return {"skip": request.offset}
