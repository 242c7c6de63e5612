"""Kinds of values and parameters that ChemSpider's operations share."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Part

RecordId = Annotated[int, Field(ge=1, le=2_147_483_647)]
"""ChemSpider's number of a compound (CSID): 2157 is aspirin."""

Formula = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9().\[\]{}_+-]+$")]
"""A molecular formula, as text: ``C9H8O4``."""

Element = Annotated[str, Field(pattern=r"^[A-Z][a-z]{0,2}$", max_length=3)]
"""The symbol of an element: ``C``, ``Br``."""

InChIKey = Annotated[str, Field(pattern=r"^[A-Z]{14}-[A-Z]{8,10}(-[A-Z])?$", max_length=27)]
"""The hash of an InChI: ``BSYNRYMUTXBXSQ-UHFFFAOYSA-N``."""

InChI = Annotated[str, Field(pattern=r"^InChI=", min_length=8, max_length=10_000)]
"""``InChI=1S/…``."""

Structure = Annotated[str, Field(min_length=1, max_length=100_000)]
"""A structure as text, in one of the formats of `convert`."""

Mass = Annotated[float, Field(ge=1, le=11_000, allow_inf_nan=False)]
"""Daltons."""

MassRange = Annotated[float, Field(ge=0.0001, le=100, allow_inf_nan=False)]
"""Daltons to either side."""

DataSources = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^,]+$")]],
    Field(min_length=1, max_length=20),
]
"""Names as `get_data_sources` has them; fewer make an answer faster."""

QueryId = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{8,64}$", max_length=64)]
"""What ChemSpider calls a search that it was given."""

Order = Literal[
    "recordId",
    "massDefect",
    "molecularWeight",
    "referenceCount",
    "dataSourceCount",
    "pubMedCount",
    "rscCount",
]
Complexity = Literal["any", "single", "multiple"]
Isotopic = Literal["any", "labeled", "unlabeled"]
StructureFormat = Literal["SMILES", "InChI", "InChIKey", "Mol"]
CompoundField = Literal[
    "SMILES",
    "Formula",
    "InChI",
    "InChIKey",
    "StdInChI",
    "StdInChIKey",
    "AverageMass",
    "MolecularWeight",
    "MonoisotopicMass",
    "NominalMass",
    "CommonName",
    "ReferenceCount",
    "DataSourceCount",
    "PubMedCount",
    "RSCCount",
    "Mol2D",
    "Mol3D",
]

WITHOUT_MOL: list[CompoundField] = [
    "SMILES",
    "Formula",
    "StdInChI",
    "StdInChIKey",
    "AverageMass",
    "MolecularWeight",
    "MonoisotopicMass",
    "NominalMass",
    "CommonName",
    "ReferenceCount",
    "DataSourceCount",
    "PubMedCount",
    "RSCCount",
]
"""All that is short."""

CompoundFields = Annotated[list[CompoundField], Field(min_length=1, max_length=17)]


class Page(Contract):
    """Which of the found compounds are returned."""

    start: Annotated[int, Field(ge=0, le=9_999)] = 0
    """How many of the first to leave out."""
    max_results: Annotated[int, Field(ge=1, le=10_000)] = 100
    """At most so many; ChemSpider itself ends at 10 000."""


class Sorted(Page):
    """In which order."""

    order_by: Order = "recordId"
    """What they are sorted by."""
    order_direction: Literal["ascending", "descending"] = "ascending"


class Kinds(Sorted):
    """Which kinds of compounds."""

    complexity: Complexity = "any"
    """``multiple``: more than one disconnected system, or a metal atom or ion."""
    isotopic: Isotopic = "any"
    """With or without isotopes named."""


class MassWithin(Part):
    """A mass, and how far from it."""

    mass: Mass
    range: MassRange = 0.5


class Properties(Contract):
    """What can be asked of a compound itself; all that is given has to be true."""

    formula: Formula | None = None
    molecular_weight: MassWithin | None = None
    """Average mass by the elements' mixture on Earth, daltons."""
    nominal_mass: MassWithin | None = None
    """Of the most frequent isotopes, in whole numbers, daltons."""
    average_mass: MassWithin | None = None
    """Daltons."""
    monoisotopic_mass: MassWithin | None = None
    """Of the most frequent isotopes, daltons."""

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if all(getattr(self, name) is None for name in Properties.model_fields):
            raise ValueError("give a formula or a mass, or several")
        return self
