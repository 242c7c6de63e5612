"""Taxa and observations of them; MINDEX counts all kingdoms of life."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts._model import Part, Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.mindex.parameters import (
    Degrees,
    Json,
    Limit,
    Metadata,
    Offset,
    Page,
    Point,
    Short,
)


class Trait(Result):
    """One trait of a taxon."""

    trait_name: str
    value_text: str | None = None
    value_numeric: float | None = None
    value_unit: str | None = None
    source: str | None = None


class Taxon(Result):
    """A taxon, with how much is known of it."""

    id: UUID
    canonical_name: str
    rank: str
    common_name: str | None = None
    author: str | None = None
    description: str | None = None
    source: str | None = None
    kingdom: str | None = None
    lineage: list[str] | None = None
    """Names from the kingdom down."""
    external_ids: Json = {}
    """Ids elsewhere, by source."""
    metadata: Json = {}
    """What its source told besides."""
    obs_count: int | None = None
    image_count: int | None = None
    genome_count: int | None = None
    compound_link_count: int | None = None
    traits: list[Trait] = []
    """Only of a taxon that was asked for alone."""
    created_at: Utc
    updated_at: Utc | None = None


class Taxa(Page):
    """A page of taxa."""

    results: list[Taxon]


class GetTaxa(Request[Taxa]):
    """Taxa by name, rank, source or kingdom."""

    q: Short | None = None
    """Part of the scientific or common name."""
    ids: Annotated[list[UUID], Field(min_length=1, max_length=40)] | None = None
    """Only these."""
    rank: Short | None = None
    """Exactly: ``species``, ``genus`` …"""
    source: Short | None = None
    """Exactly: ``inat``, ``gbif``, ``mycobank`` …"""
    prefix: Short | None = None
    """Beginning of the scientific name."""
    kingdom: Short | None = None
    """Exactly: ``Fungi``, ``Plantae`` … Absent: all."""
    lineage_contains: Short | None = None
    """Part of a name somewhere above it."""
    order_by: Literal["canonical_name", "observations_count"] = "canonical_name"
    order: Literal["asc", "desc"] = "asc"
    limit: Limit = 100
    offset: Offset = 0


class GetTaxon(Request[Taxon]):
    """One taxon with its traits; the server completes a poor record afterwards."""

    taxon_id: UUID


class Observation(Result):
    """Something seen somewhere."""

    id: UUID
    taxon_id: UUID | None = None
    source: str
    source_id: str | None = None
    observer: str | None = None
    observed_at: Utc
    accuracy_m: float | None = None
    """Metres."""
    media: list[Json] = []
    """Pictures and sounds, as the source describes them."""
    notes: str | None = None
    location: Point | None = None
    metadata: Json = {}
    """Names of the taxon, and what the source told besides."""


class Observations(Page):
    """A page of observations, the newest first."""

    results: list[Observation]


class GetObservations(Request[Observations]):
    """Observations by taxon, kingdom, time or place."""

    taxon_id: UUID | None = None
    kingdom: Short | None = None
    start: Utc | None = None
    end: Utc | None = None
    bbox: Annotated[list[Degrees], Field(min_length=4, max_length=4)] | None = None
    """West, south, east, north, in degrees; the antimeridian cannot lie inside."""
    include_total: bool = False
    """Whether to count all: slow."""
    limit: Limit = 100
    offset: Offset = 0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        west, south, east, north = self.bbox or (0, 0, 1, 1)
        if west >= east or south >= north:
            raise ValueError("bbox is west, south, east, north, west below east, south below north")
        return self


class NewObservation(Part):
    """An observation to add."""

    source: Short
    source_id: Short
    """Its id there: with `source`, what tells it from others."""
    observed_at: Utc | None = None
    """Absent: now."""
    observer: Short | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    taxon_name: Short | None = None
    """Scientific name; an unknown one becomes a new species."""
    taxon_common_name: Short | None = None
    taxon_inat_id: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None
    iconic_taxon_name: Short | None = None
    """``Fungi``, ``Plantae`` …"""
    photos: Annotated[list[Metadata], Field(max_length=50)] = []
    """Each as its source describes it."""
    notes: Annotated[str, Field(max_length=10_000)] | None = None
    metadata: Metadata = {}

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lat is None) != (self.lng is None):
            raise ValueError("give lat and lng, or neither")
        return self


class Added(Result):
    """What became of what was to be added."""

    inserted: int
    skipped: int
    """Were there already, and are up to date now."""
    errors: int
    """Each has undone those before it in the same request, which are counted nevertheless."""


class AddObservations(Request[Added]):
    """Observations into MINDEX; the same `source` and `source_id` again is an update."""

    observations: Annotated[list[NewObservation], Field(min_length=1, max_length=500)]


class KingdomCount(Result):
    """How many taxa one kingdom has."""

    kingdom: str
    taxon_count: int


class KingdomStats(Result):
    """How many taxa each kingdom has, the largest first."""

    results: list[KingdomCount]


class GetKingdomStats(Request[KingdomStats]):
    """Taxa by kingdom."""
