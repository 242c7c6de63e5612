"""Searches: a query is handed in, asked after, and its results fetched; all in one operation."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import orjson
from pydantic import Field

from clients._api import HttpCall
from clients._body import json_of
from clients._http import HttpResponse
from clients._operation import operation
from clients.chemspider import server
from contracts import Facts, Result, UpstreamRejected, UpstreamUnavailable
from contracts.chemspider import (
    Found,
    FoundByFormulas,
    FoundByMasses,
    GetQueryResults,
    SearchByElements,
    SearchByFormula,
    SearchByFormulas,
    SearchByInchi,
    SearchByInchikey,
    SearchByMass,
    SearchByMasses,
    SearchByName,
    SearchByProperties,
    SearchBySmiles,
)
from contracts.chemspider.parameters import Kinds, Page, QueryId, Sorted

R = TypeVar("R", bound=Result)
Record = dict[str, Any]

_LONG: Final = 120.0
_PAUSE: Final = 10.0
"""Seconds between two looks, as the vendor asks; each costs a call."""
_FAILED: Final = frozenset({"Failed", "Not Found", "Suspended", "Unknown"})


class Ticket(Result):
    """What a query is called, fit to be part of an address."""

    query_id: QueryId = Field(alias="queryId")


class Status(Result):
    """How far a query has come."""

    status: str
    count: int | None = None
    message: str | None = None


class Searches(server.Server):
    """Find compounds; what a search found stays true for an hour."""

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_name(self, request: SearchByName) -> Found:
        """Find compounds by name."""
        return await self._search("/filter/name", request, {"name": request.name, **_by(request)})

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_formula(self, request: SearchByFormula) -> Found:
        """Find compounds by molecular formula."""
        query = {"formula": request.formula, "dataSources": request.data_sources, **_by(request)}
        return await self._search("/filter/formula", request, query)

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_mass(self, request: SearchByMass) -> Found:
        """Find compounds by monoisotopic mass."""
        within = {"mass": request.mass, "range": request.range}
        query = {**within, "dataSources": request.data_sources, **_by(request)}
        return await self._search("/filter/mass", request, query)

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_smiles(self, request: SearchBySmiles) -> Found:
        """Find the compound of a SMILES."""
        return await self._search("/filter/smiles", request, {"smiles": request.smiles})

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_inchi(self, request: SearchByInchi) -> Found:
        """Find the compound of an InChI."""
        return await self._search("/filter/inchi", request, {"inchi": request.inchi})

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_inchikey(self, request: SearchByInchikey) -> Found:
        """Find the compound of an InChIKey."""
        return await self._search("/filter/inchikey", request, {"inchikey": request.inchikey})

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_elements(self, request: SearchByElements) -> Found:
        """Find compounds by the elements in them."""
        options = {"includeAll": request.include_all, **_kinds(request)}
        elements = {"includeElements": request.include, "excludeElements": request.exclude}
        query = {**elements, "options": options, **_by(request)}
        return await self._search("/filter/element", request, query)

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_properties(self, request: SearchByProperties) -> Found:
        """Find compounds by formula and masses together."""
        masses = {
            "molecularWeight": request.molecular_weight,
            "nominalMass": request.nominal_mass,
            "averageMass": request.average_mass,
            "monoisotopicMass": request.monoisotopic_mass,
        }
        asked = {name: vars(one) for name, one in masses.items() if one is not None}
        query = {"formula": request.formula, **asked, "options": _kinds(request), **_by(request)}
        return await self._search("/filter/intrinsicproperty", request, query)

    @operation("safe", timeout=_LONG)
    async def get_query_results(self, request: GetQueryResults) -> Found:
        """Return more of what a search found."""
        return await self._results(request, request.query_id)

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_formulas(self, request: SearchByFormulas) -> FoundByFormulas:
        """Find compounds of several formulas."""
        query = {"formulas": request.formulas, "dataSources": request.data_sources, **_by(request)}
        return await self._batch("/filter/formula/batch", query, FoundByFormulas)

    @operation("safe", ttl=3600, timeout=_LONG)
    async def search_by_masses(self, request: SearchByMasses) -> FoundByMasses:
        """Find compounds of several masses."""
        masses = [vars(one) for one in request.masses]
        query = {"masses": masses, "dataSources": request.data_sources, **_by(request)}
        return await self._batch("/filter/mass/batch", query, FoundByMasses)

    async def _search(self, path: str, request: Page, query: Mapping[str, Any]) -> Found:
        return await self._results(request, await self._begin(path, query))

    async def _results(self, request: Page, query_id: str) -> Found:
        status = await self._done("/filter", query_id)
        told = {"count": status.count, "message": status.message, "query_id": query_id}
        part = {"start": request.start, "count": request.max_results}
        call = HttpCall("GET", "/filter/{query_id}/results", {"query_id": query_id}, part)
        answer = await self.api.send(call)
        return self.api.parse(answer, Found, lambda raw: {**raw, **told})

    async def _batch(self, path: str, query: Mapping[str, Any], into: type[R]) -> R:
        query_id = await self._begin(path, query)
        await self._done(path, query_id)
        values = {"query_id": query_id}
        answer = await self.api.send(HttpCall("GET", f"{path}/{{query_id}}/results", values))
        return self.api.parse(answer, into, lambda raw: {**raw, **values})

    async def _begin(self, path: str, query: Mapping[str, Any]) -> str:
        given = {name: value for name, value in query.items() if value is not None}
        answer = await self.api.send(HttpCall("POST", path, body=json_of(given)))
        return self.api.parse(answer, Ticket).query_id

    async def _done(self, path: str, query_id: str) -> Status:
        call = HttpCall("GET", f"{path}/{{query_id}}/status", {"query_id": query_id})
        polled = await self.api.poll(call, _over, every=_PAUSE)
        if not polled.done or polled.answer is None:
            text = f"ChemSpider is still searching: get_query_results has query {query_id} later."
            raise UpstreamUnavailable(text, Facts(outcome="sent"))
        status = self.api.parse(polled.answer, Status)
        if status.status in _FAILED:
            text = f"The query is {status.status}: {status.message or 'no reason is given'}."
            raise UpstreamRejected(text, Facts(upstream_status=polled.answer.status))
        return status


def _over(answer: HttpResponse) -> bool:
    return orjson.loads(answer.body)["status"] in {"Complete", *_FAILED}


def _by(request: Sorted) -> Record:
    return {"orderBy": request.order_by, "orderDirection": request.order_direction}


def _kinds(request: Kinds) -> Record:
    return {"complexity": request.complexity, "isotopic": request.isotopic}
