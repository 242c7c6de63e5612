"""Compounds, what is known of them, and tools for structures.

https://developer.rsc.org/compounds-v1/apis
"""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from contracts._model import Content, Request, Result
from contracts.chemspider.parameters import (
    WITHOUT_MOL,
    CompoundFields,
    DataSources,
    InChIKey,
    RecordId,
    Structure,
    StructureFormat,
)


class Compound(Result):
    """One compound; what was not asked for is null."""

    id: int
    """ChemSpider's number, CSID."""
    smiles: str | None = None
    formula: str | None = None
    """With subscripts written ``_{9}``: ``C_{9}H_{8}O_{4}``."""
    inchi: str | None = Field(default=None, alias="inChI")
    inchikey: str | None = Field(default=None, alias="inChIKey")
    std_inchi: str | None = Field(default=None, alias="stdInChI")
    std_inchikey: str | None = Field(default=None, alias="stdInChIKey")
    average_mass: float | None = Field(default=None, alias="averageMass")
    """Daltons."""
    molecular_weight: float | None = Field(default=None, alias="molecularWeight")
    """Daltons."""
    monoisotopic_mass: float | None = Field(default=None, alias="monoisotopicMass")
    """Daltons."""
    nominal_mass: float | None = Field(default=None, alias="nominalMass")
    """Daltons."""
    common_name: str | None = Field(default=None, alias="commonName")
    reference_count: int | None = Field(default=None, alias="referenceCount")
    data_source_count: int | None = Field(default=None, alias="dataSourceCount")
    pubmed_count: int | None = Field(default=None, alias="pubMedCount")
    rsc_count: int | None = Field(default=None, alias="rscCount")
    """Articles of the Royal Society of Chemistry."""
    mol_2d: str | None = Field(default=None, alias="mol2D")
    """A MOL file with flat coordinates."""
    mol_3d: str | None = Field(default=None, alias="mol3D")
    """A MOL file with coordinates in space."""


class GetCompoundDetails(Request[Compound]):
    """What ChemSpider knows of one compound."""

    record_id: RecordId
    fields: CompoundFields = WITHOUT_MOL


class Compounds(Result):
    """Several compounds."""

    compounds: list[Compound] = Field(alias="records")
    """Those that ChemSpider has: numbers that it does not know are left out."""


class GetCompounds(Request[Compounds]):
    """What ChemSpider knows of up to 100 compounds, by one call."""

    record_ids: Annotated[list[RecordId], Field(min_length=1, max_length=100)]
    fields: CompoundFields = WITHOUT_MOL


class Image(Content):
    """A drawing of a structure, PNG."""


class GetImage(Request[Image]):
    """A drawing of one compound."""

    record_id: RecordId


class Mol(Result):
    """A structure as an SDF file of one record, text."""

    sdf: str


class GetMol(Request[Mol]):
    """The structure of one compound, for programs that draw and compute."""

    record_id: RecordId


class ExternalReference(Result):
    """Where else a compound is found."""

    source: str
    source_url: str | None = Field(default=None, alias="sourceUrl")
    external_id: str | None = Field(default=None, alias="externalId")
    """Its name there."""
    external_url: str | None = Field(default=None, alias="externalUrl")


class ExternalReferences(Result):
    """Where else a compound is found."""

    references: list[ExternalReference] = Field(alias="externalReferences")


class GetExternalReferences(Request[ExternalReferences]):
    """Where else a compound is found: PubChem, Wikipedia, ….

    Of common substances there are more than 10 000: name sources.
    """

    record_id: RecordId
    data_sources: DataSources | None = None


class DataSourceNames(Result):
    """From where ChemSpider has its records."""

    data_sources: list[str] = Field(alias="dataSources")


class GetDataSources(Request[DataSourceNames]):
    """The names of all of ChemSpider's sources, more than 350."""


class Converted(Result):
    """A structure in another format."""

    output: str


_WAYS: Final = frozenset(
    {
        ("InChI", "InChIKey"),
        ("InChI", "Mol"),
        ("InChI", "SMILES"),
        ("InChIKey", "InChI"),
        ("InChIKey", "Mol"),
        ("Mol", "InChI"),
        ("Mol", "InChIKey"),
        ("SMILES", "InChI"),
    }
)


class Convert(Request[Converted]):
    """Write a structure in another format.

    From InChI to InChIKey, Mol or SMILES; from InChIKey to InChI or Mol; from Mol to InChI or
    InChIKey; from SMILES to InChI.
    """

    structure: Structure
    input_format: StructureFormat
    output_format: StructureFormat

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.input_format, self.output_format) not in _WAYS:
            ways = ", ".join(f"{one} to {other}" for one, other in sorted(_WAYS))
            raise ValueError(f"ChemSpider converts {ways} only")
        return self


class Validity(Result):
    """Whether a text is what it should be."""

    valid: bool


class ValidateInchikey(Request[Validity]):
    """Whether an InChIKey is well formed, its check character included."""

    inchikey: InChIKey
