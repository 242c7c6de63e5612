"""What Entrez has: its databases, their fields and links."""

from datetime import date

from pydantic import Field

from contracts._model import Request, Result
from contracts.ncbi.parameters import Database


class Databases(Result):
    """The names of all databases."""

    databases: list[str]


class ListDatabases(Request[Databases]):
    """List all Entrez databases."""


class SearchField(Result):
    """A field that a query may name in brackets."""

    name: str
    """Short: ``TITL``."""
    full_name: str = Field(alias="fullname")
    description: str = ""


class LinkKind(Result):
    """A kind of links to another database."""

    name: str
    """``pubmed_gene``."""
    database: str = Field(alias="dbto")
    """Where it leads."""
    description: str = ""


class DatabaseInfo(Result):
    """One database: what it holds, how to search it, where it leads."""

    name: str
    title: str
    """As menus show it: ``PubMed``."""
    description: str
    count: int | None
    """Records in it."""
    build: str | None
    last_update: date | None
    fields: list[SearchField]
    links: list[LinkKind]


class GetDatabase(Request[DatabaseInfo]):
    """Describe one database: its fields for queries, its kinds of links."""

    database: Database
