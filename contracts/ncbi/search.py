"""Finding records: searches, spelling, links, lists that are kept."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Request, Result
from contracts.ncbi.parameters import Accession, Database, History, Query, Uid

REACH = 9_999
"""PubMed shows no search further than this."""


class Found(Result):
    """The numbers of the records that a search found, a page of them."""

    count: int
    """How many there are in all."""
    ids: list[str]
    next_offset: int | None
    """`offset` of the next page; None at the end."""
    query_translation: str | None = None
    """What the server made of the query."""
    warnings: list[str] = Field(default_factory=list)
    """Words and fields that it did not know, and what it left out."""
    history: History | None = None
    """The whole list on the History server, where that was asked for."""


class Dated(Contract):
    """A range of days."""

    date_type: Literal["pdat", "edat", "mdat", "crdt"] | None = None
    """Days of publication, of entry into Entrez, of change, or of creation."""
    from_date: date | None = None
    to_date: date | None = None
    """The last day; both ends or none."""

    @model_validator(mode="after")
    def _both_ends(self) -> Self:
        if (self.from_date is None) is not (self.to_date is None):
            raise ValueError("from_date and to_date belong together")
        if self.from_date and self.to_date and self.from_date > self.to_date:
            raise ValueError("from_date lies after to_date: swap them")
        return self


class SearchPubmed(Dated, Request[Found]):
    """Search PubMed. It shows the first 9,999 of a search: narrow it by date for more."""

    query: Query
    limit: Annotated[int, Field(ge=1, le=REACH)] = 20
    offset: Annotated[int, Field(ge=0, le=REACH - 1)] = 0
    """How many to pass over: `next_offset` of the page before."""
    sort: Literal["relevance", "pub_date", "Author", "JournalName"] | None = None
    """Without: the latest first."""

    @model_validator(mode="after")
    def _within_reach(self) -> Self:
        if self.offset + self.limit > REACH:
            raise ValueError(f"offset and limit together go no further than {REACH}")
        return self


class SearchGenbank(Dated, Request[Found]):
    """Search the nucleotide database, GenBank and what belongs to it."""

    query: Query
    limit: Annotated[int, Field(ge=1, le=10_000)] = 20
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """How many to pass over: `next_offset` of the page before."""


class Search(Dated, Request[Found]):
    """Search any Entrez database."""

    database: Database
    query: Query
    limit: Annotated[int, Field(ge=0, le=10_000)] = 20
    """How many to answer at most; 0 for the count alone."""
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """How many to pass over: `next_offset` of the page before. PubMed reaches to 9,999."""
    sort: Annotated[str, Field(pattern=r"^[A-Za-z0-9_ ]{1,40}$", max_length=40)] | None = None
    """An order of that database."""
    field: Annotated[str, Field(pattern=r"^[A-Za-z0-9_ ]{1,40}$", max_length=40)] | None = None
    """Search this field only, as `get_database` names it: ``TITL``."""
    keep: bool = False
    """Keep the whole list on the History server, for `get_summaries` and `fetch_records`."""


class Spelling(Result):
    """What a query should perhaps have been."""

    query: str
    corrected: str | None
    """None where nothing is to be corrected."""


class CheckSpelling(Request[Spelling]):
    """Ask how the words of a query are spelled."""

    database: Database = "pubmed"
    query: Annotated[str, Field(min_length=1, max_length=1000)]


class PostIds(Request[History]):
    """Keep a list of records on the History server, for `get_summaries` and `fetch_records`."""

    database: Database
    ids: Annotated[list[Uid], Field(min_length=1, max_length=10_000)]


class Link(Result):
    """A record that another one leads to."""

    id: str
    score: int | None = None
    """How near the two are, where that was asked for; compares within one answer only."""


class LinkSet(Result):
    """Links of one kind, of one record or of all that were asked for together."""

    ids: list[str]
    """From where."""
    database: str
    """To where."""
    name: str
    """The kind: ``pubmed_pubmed_citedin``."""
    links: list[Link]


class Links(Result):
    """The records that some records lead to."""

    link_sets: list[LinkSet]


class GetLinks(Request[Links]):
    """Find records of one database that records of another, or the same, lead to."""

    from_database: Database
    database: Database
    """Where the links lead."""
    ids: Annotated[list[Accession], Field(min_length=1, max_length=500)]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,80}$", max_length=80)] | None = None
    """Only links of this kind; `get_database` lists the kinds."""
    one_by_one: bool = True
    """Links of each record apart, not of all together."""
    scores: bool = False
    """Also tell how near they are; for links within one database."""
