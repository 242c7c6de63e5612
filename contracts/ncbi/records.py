"""Records themselves: summaries, articles, sequences, taxa, or as they stand."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import MaybeInt
from contracts.ncbi.parameters import Accession, Chosen, Database, Uid

Pmids = Annotated[list[Uid], Field(min_length=1, max_length=500)]


class Author(Result):
    """Who wrote an article."""

    name: str
    """``Rauramo L``, or the name of a group."""


class ArticleSummary(Result):
    """What PubMed's lists show of an article; the fields as the vendor has them, and more."""

    pmid: str = Field(alias="uid")
    title: str
    authors: list[Author] = Field(default_factory=list)
    journal: str = Field(default="", alias="fulljournalname")
    journal_short: str = Field(default="", alias="source")
    publication_date: str = Field(default="", alias="pubdate")
    """As printed: ``1975``, ``2023 May-Jun``."""
    published: date | None = None
    """The first day that `publication_date` can mean."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str | None = None
    pmc: str | None = None
    """Its number in PubMed Central, where it can be read there."""
    publication_types: list[str] = Field(default_factory=list, alias="pubtype")
    cited_by: MaybeInt = Field(default=None, alias="pmcrefcount")
    """How many articles of PubMed Central cite it."""


class ArticleSummaries(Result):
    """Summaries in the order in which they were asked for."""

    articles: list[ArticleSummary]
    missing: list[str] = Field(default_factory=list)
    """PMIDs that PubMed does not know."""


class FetchPubmedSummary(Request[ArticleSummaries]):
    """Return what PubMed's lists show of some articles."""

    pmids: Pmids


class Summary(Result):
    """A summary; which fields it has besides its number is up to the database."""

    uid: str
    error: str | None = None
    """Why there is none."""


class Summaries(Result):
    """Summaries of any database, in the order in which they were asked for."""

    summaries: list[Summary]
    next_offset: int | None = None
    """Where the next page of a list on the History server may begin; None at its end."""


class GetSummaries(Chosen, Request[Summaries]):
    """Return summaries of any Entrez database."""

    database: Database
    ids: Annotated[list[Accession], Field(max_length=500)] | None = None


class Article(Result):
    """An article with its abstract."""

    pmid: str
    title: str
    abstract: str | None
    """Paragraphs with their headings: ``METHODS: …``. None where there is none."""
    authors: list[Author]
    journal: str | None
    year: int | None
    doi: str | None
    pmc: str | None
    language: list[str]
    publication_types: list[str]
    mesh_terms: list[str]
    """Headings, ``*`` before the major topics: ``*Castration``."""


class Articles(Result):
    """Articles; PMIDs that PubMed does not know are left out."""

    articles: list[Article]


class FetchPubmedArticles(Request[Articles]):
    """Return articles with abstracts, authors, identifiers and MeSH terms."""

    pmids: Annotated[list[Uid], Field(min_length=1, max_length=200)]


class Sequence(Result):
    """A sequence in FASTA."""

    id: str
    """Accession with version: ``NM_000546.6``; with a range ``NM_000546.6:1-60``."""
    description: str
    sequence: str
    """Nucleotides or amino acids (IUPAC letters)."""
    length: int


class Sequences(Result):
    """Sequences, in the order of the answer."""

    sequences: list[Sequence]


class FetchSequences(Request[Sequences]):
    """Return sequences of nucleotides or proteins. A whole chromosome is too large a reply."""

    database: Literal["nuccore", "protein"] = "nuccore"
    ids: Annotated[list[Accession], Field(min_length=1, max_length=200)]
    start: Annotated[int, Field(ge=1, le=10_000_000_000)] | None = None
    """The first base or residue, counted from 1."""
    stop: Annotated[int, Field(ge=1, le=10_000_000_000)] | None = None
    """The last one."""
    reverse: bool = False
    """The other strand, of nucleotides."""


class LineageTaxon(Result):
    """One of the taxa that another belongs to."""

    tax_id: str
    name: str
    rank: str


class Taxon(Result):
    """A taxon of NCBI's taxonomy."""

    tax_id: str
    name: str
    rank: str
    parent_id: str | None
    division: str | None
    lineage: list[LineageTaxon]
    """From the root down, without the taxon itself."""
    synonyms: list[str]
    common_names: list[str]


class Taxa(Result):
    """Taxa; numbers that are not known are left out."""

    taxa: list[Taxon]


class FetchTaxa(Request[Taxa]):
    """Return taxa with rank, lineage and other names."""

    tax_ids: Annotated[list[Uid], Field(min_length=1, max_length=200)]


class Records(Result):
    """Records as the database writes them."""

    text: str
    """XML or plain text, whole."""
    media_type: str


class FetchRecords(Chosen, Request[Records]):
    """Return records of any database in one of its own formats, as they stand.

    Which there are: https://www.ncbi.nlm.nih.gov/books/NBK25499/table/chapter4.T._valid_values_of__retmode_and/
    """

    database: Database
    ids: Annotated[list[Accession], Field(max_length=200)] | None = None
    format: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$", max_length=40)] | None = None
    """The vendor's ``rettype``: ``gb``, ``fasta``, ``abstract``, ``docsum``."""
    mode: Literal["text", "xml"] = "text"
