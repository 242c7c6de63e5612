"""Search over all that MINDEX knows, and over the literature."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, MaybeFloat
from contracts.mindex.parameters import Domains, Json, Offset, Page, Short, Words

PerDomain = Annotated[int, Field(ge=1, le=100)]
"""How many to answer of each domain, at most."""

Radius = Annotated[float, Field(gt=0, le=20_040, allow_inf_nan=False)]
"""Kilometres."""


class Hit(Result):
    """Something found, of any kind."""

    id: str
    domain: str
    """What it was found in: ``taxa``, ``earth_events`` …"""
    entity_type: str
    name: str
    description: str | None = None
    lat: float | None = None
    lng: float | None = None
    occurred_at: str | None = None
    """As its source writes it."""
    source: str | None = None
    image_url: str | None = None
    properties: Json = {}
    """What only its domain has."""


class Hits(Result):
    """What was found in all domains."""

    query: str
    results: list[Hit] = Field(alias="universal_results")
    total_count: int
    domains_searched: list[str]
    """A domain that failed is among them, without results."""
    timing_ms: int


class Search(Request[Hits]):
    """Everything that a text finds: life, events, infrastructure, devices, papers."""

    q: Words
    types: Domains | None = None
    """Only these; absent: all."""
    limit: PerDomain = 20
    lat: Latitude | None = None
    lng: Longitude | None = None
    radius: Radius = 100
    """Around `lat` and `lng`, kilometres."""
    toxicity: Short | None = None
    """Of taxa: ``poisonous``, ``edible`` or ``psychedelic``."""
    kingdom: Short | None = None
    """Of species."""
    facility_type: Short | None = None
    """Of facilities: ``factory``, ``power_plant`` …"""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise ValueError("give lat and lng, or neither")
        return self


class NearbyPlace(Result):
    """Where was searched."""

    lat: float
    lng: float
    radius_km: float


class Neighbour(Result):
    """Something near a place; what else there is depends on the domain."""

    id: str | int | None = None
    name: str | None = None
    entity_type: str | None = None
    lat: MaybeFloat = None
    lng: MaybeFloat = None
    source: str | None = None


class Neighbours(Result):
    """What is near a place."""

    location: NearbyPlace
    results: dict[str, list[Neighbour]]
    """By domain."""
    total_count: int
    domains_searched: list[str]
    timing_ms: int


class SearchNearby(Request[Neighbours]):
    """Everything within some kilometres of a place."""

    lat: Latitude
    lng: Longitude
    radius: Radius = 50
    types: Domains | None = None
    """Only these; absent: all that have a place."""
    limit: PerDomain = 20


class SearchDomains(Result):
    """What can be searched."""

    domains: list[str]
    groups: dict[str, list[str]]
    """Domains by the group's name."""
    total_domains: int


class GetSearchDomains(Request[SearchDomains]):
    """The domains of `search` and their groups."""


class Chunk(Result):
    """A piece of text for a model to read."""

    content: str
    source_id: str
    collection: str
    """Its domain."""
    timestamp: str | None = None
    """As its source writes it."""
    score: float


class Chunks(Result):
    """Pieces of text for a question."""

    query: str
    chunks: list[Chunk]
    retrieval_mode: str
    domains_searched: list[str]
    total_chunks: int
    timing_ms: int


class RetrieveChunks(Request[Chunks]):
    """Pieces of text for a question, found by its words."""

    query: Annotated[str, Field(min_length=2, max_length=4000)]
    types: Domains | None = None
    """Only these; absent: research, life, compounds and genetics."""
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    """Of each domain."""


class Author(Result):
    """Who wrote it."""

    name: str
    institution: str | None = None
    orcid: str | None = None


class Paper(Result):
    """A paper, from OpenAlex."""

    id: str
    title: str
    authors: list[Author] = []
    """The first ten."""
    abstract: str | None = None
    publication_date: date | None = None
    journal: str | None = None
    doi: str | None = None
    url: str | None = None
    open_access_url: str | None = None
    citation_count: int = 0
    concepts: list[str] = []


class Papers(Page):
    """A page of papers."""

    results: list[Paper]
    query: str


Year = Annotated[int, Field(ge=1600, le=2200)]


class SearchResearch(Request[Papers]):
    """Papers on fungi; the server adds that to the question, and asks OpenAlex."""

    search: Words
    year_from: Year | None = None
    year_to: Year | None = None
    open_access_only: bool = False
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    offset: Offset = 0
    """A multiple of `limit`: the server knows whole pages only."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.offset % self.limit:
            raise ValueError("offset must be a multiple of limit")
        return self


class GetPaper(Request[Paper]):
    """One paper."""

    paper_id: Annotated[str, Field(pattern=r"^W[0-9]{1,15}$", max_length=16)]
    """OpenAlex's id: ``W2741809807``."""
