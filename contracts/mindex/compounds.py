"""Chemical compounds and genetic sequences of what lives."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.mindex.parameters import Json, Limit, Offset, Page, Short

Structure = Annotated[str, Field(min_length=1, max_length=2000)]
Mass = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
"""Grams per mole."""
Length = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""Bases."""


class Activity(Result):
    """What a compound does to life."""

    activity_id: UUID
    activity_name: str
    category: str | None = None
    potency: str | None = None
    evidence_level: str | None = None


class Compound(Result):
    """A compound."""

    id: UUID
    name: str
    iupac_name: str | None = None
    formula: str | None = None
    molecular_weight: float | None = None
    """Grams per mole."""
    monoisotopic_mass: float | None = None
    """Daltons."""
    smiles: str | None = None
    inchi: str | None = None
    inchikey: str | None = None
    chemspider_id: int | None = None
    pubchem_id: int | None = None
    cas_number: str | None = None
    chebi_id: str | None = None
    chemical_class: str | None = None
    compound_type: str | None = None
    source: str
    activities: list[Activity] = []
    """Only of a compound that was asked for alone; so is `species_count`."""
    species_count: int = 0
    metadata: Json = {}
    """What its source told besides."""
    created_at: Utc
    updated_at: Utc | None = None


class Compounds(Page):
    """A page of compounds, by name."""

    results: list[Compound]


class GetCompounds(Request[Compounds]):
    """Compounds by name, class or kingdom."""

    search: Short | None = None
    """Part of the name."""
    chemical_class: Short | None = None
    compound_type: Short | None = None
    kingdom: Short | None = None
    """Only of this kingdom's taxa."""
    limit: Limit = 100
    offset: Offset = 0


class GetCompound(Request[Compound]):
    """One compound with its activities."""

    compound_id: UUID


class SearchCompounds(Request[Compounds]):
    """Compounds by structure, formula or mass."""

    query: Short | None = None
    """Part of the name."""
    formula: Short | None = None
    smiles: Structure | None = None
    """Exactly as MINDEX writes it."""
    inchikey: Annotated[str, Field(pattern=r"^[A-Z]{14}-[A-Z]{10}-[A-Z]$")] | None = None
    chemical_class: Short | None = None
    compound_type: Short | None = None
    min_molecular_weight: Mass | None = None
    max_molecular_weight: Mass | None = None
    limit: Limit = 100
    offset: Offset = 0

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_dump(exclude={"limit", "offset"}, exclude_none=True):
            raise ValueError("say what to look for; get_compounds lists them all")
        return self


class TaxonCompound(Result):
    """A compound that a taxon has."""

    compound_id: UUID
    name: str
    formula: str | None = None
    molecular_weight: float | None = None
    """Grams per mole."""
    chemspider_id: int | None = None
    relationship_type: str
    """``produces`` …"""
    evidence_level: str
    tissue_location: str | None = None


class TaxonCompounds(Result):
    """What is found in a taxon."""

    taxon_id: UUID
    canonical_name: str
    common_name: str | None = None
    compounds: list[TaxonCompound]


class GetCompoundsForTaxon(Request[TaxonCompounds]):
    """The compounds of one taxon."""

    taxon_id: UUID


class Sequence(Result):
    """A genetic sequence."""

    id: int
    accession: str
    species_name: str | None = None
    gene: str | None = None
    region: str | None = None
    sequence: str
    sequence_length: int
    """Bases."""
    sequence_type: str | None = None
    source: str
    source_url: str | None = None
    definition: str | None = None
    organism: str | None = None
    pubmed_id: int | None = None
    doi: str | None = None


class Sequences(Page):
    """A page of sequences, by species."""

    results: list[Sequence]


class GetGenetics(Request[Sequences]):
    """Sequences by species, gene or length; each comes in full, so ask for few."""

    search: Short | None = None
    """Part of species, gene or accession."""
    gene: Short | None = None
    """Exactly: ``ITS``, ``LSU``, ``RPB2`` …"""
    species: Short | None = None
    """Part of the name."""
    source: Short | None = None
    kingdom: Short | None = None
    min_length: Length | None = None
    max_length: Length | None = None
    limit: Limit = 20
    offset: Offset = 0


class GetGeneticSequence(Request[Sequence]):
    """One sequence by its accession."""

    accession: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,32}$")]
    """Of GenBank: ``AF123456``."""
