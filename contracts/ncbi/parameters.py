"""Kinds of values that several Entrez operations share."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Result

Database = Annotated[str, Field(pattern=r"^[a-z0-9]{2,32}$", max_length=32, examples=["gene"])]
"""An Entrez database, as `list_databases` names it: ``pubmed``, ``nuccore``, ``taxonomy``."""

Uid = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", max_length=18, examples=["1234567"])]
"""A record's number in its database: of PubMed the PMID, of the taxonomy the TaxId."""

Accession = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,40}$", max_length=40)]
"""A record's number, or its accession with or without the version: ``NM_000546.6``."""

Query = Annotated[str, Field(min_length=1, max_length=20_000, examples=["Ganoderma[orgn]"])]
"""In Entrez's language: https://www.ncbi.nlm.nih.gov/books/NBK3837/."""

WebEnv = Annotated[str, Field(pattern=r"^[!-~]{8,512}$", max_length=512)]
"""A session on the History server, kept for some hours."""

QueryKey = Annotated[int, Field(ge=1, le=1000)]
"""Which list of that session."""


class History(Result):
    """A list of records that is kept on NCBI's History server."""

    web_env: str
    query_key: int


class Chosen(Contract):
    """Which records: by number, or out of a list on the History server."""

    web_env: WebEnv | None = None
    """In place of `ids`, with `query_key`: the list that `search` or `post_ids` made."""
    query_key: QueryKey | None = None
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """How many of that list to pass over: `next_offset` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 20
    """How many of that list to answer at most."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ids = bool(getattr(self, "ids", None))
        if (self.web_env is None) is not (self.query_key is None):
            raise ValueError("web_env and query_key belong together")
        if ids is (self.web_env is not None):
            raise ValueError("give either ids, or web_env and query_key")
        return self
