"""NCBI Entrez: literature, sequences, taxa, by the E-utilities.

https://www.ncbi.nlm.nih.gov/books/NBK25499/
"""

from datetime import date
from functools import partial
from typing import Any, Final, TypeVar

from clients import _target
from clients._auth import FirstOf, NoAuth, QueryKey
from clients._body import form
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import SECOND, Rate
from clients._operation import operation
from clients._reading import Reading, Whole
from clients._signals import Dialect
from clients._upstream import Upstream
from clients.ncbi import answers, documents, refusals
from contracts import Failure, Request, Result
from contracts.ncbi import (
    Articles,
    ArticleSummaries,
    CheckSpelling,
    DatabaseInfo,
    Databases,
    FetchPubmedArticles,
    FetchPubmedSummary,
    FetchRecords,
    FetchSequences,
    FetchTaxa,
    Found,
    GetDatabase,
    GetLinks,
    GetSummaries,
    History,
    Links,
    ListDatabases,
    PostIds,
    Records,
    Search,
    SearchGenbank,
    SearchPubmed,
    Sequences,
    Spelling,
    Summaries,
    Taxa,
)

R = TypeVar("R", bound=Result)

_LIMITS: Final = "https://support.nlm.nih.gov/kbArticle/?pn=KA-05510"
_TOOL: Final = "integration-hub"
_LONGEST: Final = 2000
"""Characters of a query in the address, about 200 ids; what is longer is posted."""


class Ncbi(Client):
    """NCBI's databases: 3 calls a second for an address, 10 with a key.

    NCBI_TOOL and NCBI_EMAIL, else MYCA_EMAIL, tell who calls: NCBI writes there before it blocks
    an address. Set one: without it NCBI blocks and writes to nobody.
    """

    api = Upstream(
        "https://eutils.ncbi.nlm.nih.gov/entrez/eutils",
        auth=FirstOf((QueryKey("api_key", ("NCBI_API_KEY",)), NoAuth())),
        limits=[Rate(3, per=SECOND, source=_LIMITS)],
        limits_with_key=[Rate(10, per=SECOND, source=_LIMITS)],
        dialects=(Dialect("x-ratelimit-remaining"),),
        probe=f"/einfo.fcgi?retmode=json&tool={_TOOL}",
    )
    variables = ("NCBI_EMAIL", "MYCA_EMAIL", "NCBI_TOOL")
    samples = {"NCBI_EMAIL": "hub@example.org", "NCBI_TOOL": _TOOL}

    @operation("safe", ttl=300)
    async def search_pubmed(self, request: SearchPubmed) -> Found:
        """Return the PMIDs that a search of PubMed finds, a page of them."""
        return await self._search(request, "pubmed", {"sort": request.sort})

    @operation("safe", ttl=300)
    async def search_genbank(self, request: SearchGenbank) -> Found:
        """Return the numbers of the nucleotide records that a search finds, a page of them."""
        return await self._search(request, "nucleotide", {})

    @operation("safe", ttl=300)
    async def search(self, request: Search) -> Found:
        """Return the numbers that a search of any database finds, a page of them."""
        keep = "y" if request.keep else None
        more = {"sort": request.sort, "field": request.field, "usehistory": keep}
        return await self._search(request, request.database, more)

    @operation("safe", ttl=3600)
    async def check_spelling(self, request: CheckSpelling) -> Spelling:
        """Return how a query is spelled, if otherwise."""
        values = {"db": request.database, "term": request.query}
        return await self._ask("espell", request, values, Whole(documents.spelling))

    @operation("idempotent")
    async def post_ids(self, request: PostIds) -> History:
        """Keep a list of records on the History server; again makes another list."""
        values = {"db": request.database, "id": _target.commas(request.ids)}
        return await self._ask("epost", request, values, Whole(documents.history))

    @operation("safe", ttl=3600)
    async def get_links(self, request: GetLinks) -> Links:
        """Return where some records lead to."""
        together = _target.commas(request.ids)
        values = {
            "dbfrom": request.from_database,
            "db": request.database,
            "id": request.ids if request.one_by_one else together,
            "cmd": "neighbor_score" if request.scores else "neighbor",
            "linkname": request.name,
            "retmode": "json",
        }
        return await self._ask("elink", request, values, answers.links)

    @operation("safe", ttl=3600)
    async def fetch_pubmed_summary(self, request: FetchPubmedSummary) -> ArticleSummaries:
        """Return what PubMed's lists show of some articles, in the order asked for."""
        values = {"db": "pubmed", "id": _target.commas(request.pmids), "retmode": "json"}
        read = partial(answers.articles, asked=request.pmids)
        return await self._ask("esummary", request, values, read)

    @operation("safe", ttl=3600)
    async def get_summaries(self, request: GetSummaries) -> Summaries:
        """Return summaries of any database: of some records, or a page of a kept list."""
        values = _chosen(request) | {"retmode": "json"}
        read = partial(answers.summaries, asked=request)
        return await self._ask("esummary", request, values, read)

    @operation("safe", ttl=3600)
    async def fetch_pubmed_articles(self, request: FetchPubmedArticles) -> Articles:
        """Return articles with abstracts, authors, identifiers and MeSH terms."""
        values = {"db": "pubmed", "id": _target.commas(request.pmids), "retmode": "xml"}
        return await self._ask("efetch", request, values, Whole(documents.articles))

    @operation("safe", ttl=3600)
    async def fetch_sequences(self, request: FetchSequences) -> Sequences:
        """Return sequences of nucleotides or proteins, or a part of each."""
        values = {
            "db": request.database,
            "id": _target.commas(request.ids),
            "rettype": "fasta",
            "retmode": "text",
            "seq_start": request.start,
            "seq_stop": request.stop,
            "strand": 2 if request.reverse else None,
        }
        return await self._ask("efetch", request, values, Whole(documents.sequences))

    @operation("safe", ttl=3600)
    async def fetch_taxa(self, request: FetchTaxa) -> Taxa:
        """Return taxa with rank, lineage and other names."""
        values = {"db": "taxonomy", "id": _target.commas(request.tax_ids), "retmode": "xml"}
        return await self._ask("efetch", request, values, Whole(documents.taxa))

    @operation("safe", ttl=3600)
    async def fetch_records(self, request: FetchRecords) -> Records:
        """Return records in one of the database's own formats, as they stand."""
        values = _chosen(request) | {"rettype": request.format, "retmode": request.mode}
        return await self._ask("efetch", request, values, Whole(documents.text))

    @operation("safe", ttl=3600)
    async def list_databases(self, request: ListDatabases) -> Databases:
        """Return the names of all databases."""
        return await self._ask("einfo", request, {"retmode": "json"}, answers.databases)

    @operation("safe", ttl=3600)
    async def get_database(self, request: GetDatabase) -> DatabaseInfo:
        """Return what a database holds, its fields and its kinds of links."""
        values = {"db": request.database, "retmode": "json"}
        return await self._ask("einfo", request, values, answers.database)

    def refusal(self, response: HttpResponse) -> Failure | None:
        """A refusal may be in a 200, as JSON, XML or text."""
        return refusals.read(response)

    async def _search(
        self, request: SearchPubmed | SearchGenbank | Search, database: str, more: dict[str, Any]
    ) -> Found:
        values = {
            "db": database,
            "term": request.query,
            "retstart": request.offset,
            "retmax": request.limit,
            "datetype": request.date_type or ("pdat" if request.from_date else None),
            "mindate": _day(request.from_date),
            "maxdate": _day(request.to_date),
            "retmode": "json",
        }
        read = partial(answers.found, asked=request)
        return await self._ask("esearch", request, values | more, read)

    async def _ask(
        self, tool: str, request: Request[R], values: dict[str, Any], read: Reading
    ) -> R:
        path = f"/{tool}.fcgi"
        who = {
            "tool": self.env.get("NCBI_TOOL") or _TOOL,
            "email": self.env.get("NCBI_EMAIL", "MYCA_EMAIL"),
        }
        query = values | who
        if tool == "epost" or len(_target.said(query)) > _LONGEST:
            return await self.api.post(path, request, body=form(query), read=read)
        return await self.api.get(path, request, query=query, read=read)


def _chosen(request: GetSummaries | FetchRecords) -> dict[str, Any]:
    if request.web_env is None:
        return {"db": request.database, "id": _target.commas(request.ids or ())}
    return {
        "db": request.database,
        "WebEnv": request.web_env,
        "query_key": request.query_key,
        "retstart": request.offset,
        "retmax": request.limit,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y/%m/%d}"
