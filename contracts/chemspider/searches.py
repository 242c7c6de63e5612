"""Searches: each one is ChemSpider's flow of query, status and results.

https://developer.rsc.org/compounds-v1/apis
"""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts.chemspider.parameters import (
    DataSources,
    Element,
    Formula,
    InChI,
    InChIKey,
    Kinds,
    Mass,
    MassRange,
    MassWithin,
    Page,
    Properties,
    QueryId,
    Sorted,
    Structure,
)


class Found(Result):
    """Which compounds were found."""

    record_ids: list[int] = Field(alias="results")
    """Their numbers, in order; `get_compounds` tells what they are, a hundred at a time."""
    count: int
    """How many there are in all."""
    limited: bool = Field(default=False, alias="limitedToMaxAllowed")
    """Whether there are more than ChemSpider returns (10 000)."""
    query_id: str
    """For further pages by `get_query_results`, while ChemSpider remembers it."""
    message: str | None = None
    """What was matched, in ChemSpider's words: ``Found by approved synonym``."""


class SearchByName(Sorted, Request[Found]):
    """Find compounds by name, synonym or trade name.

    This and every other search costs three calls of the month's 1000, and one for each 10 seconds
    that it takes. One that takes longer than two minutes fails and names its query: ask
    `get_query_results` for that.
    """

    name: Annotated[str, Field(min_length=1, max_length=1000)]


class SearchByFormula(Sorted, Request[Found]):
    """Find compounds by molecular formula."""

    formula: Formula
    data_sources: DataSources | None = None


class SearchByMass(Sorted, Request[Found]):
    """Find compounds by monoisotopic mass."""

    mass: Mass
    range: MassRange = 0.5
    data_sources: DataSources | None = None


class SearchBySmiles(Page, Request[Found]):
    """Find the compound of a structure in SMILES."""

    smiles: Structure


class SearchByInchi(Page, Request[Found]):
    """Find the compound of an InChI."""

    inchi: InChI


class SearchByInchikey(Page, Request[Found]):
    """Find the compound of an InChIKey."""

    inchikey: InChIKey


class SearchByElements(Kinds, Request[Found]):
    """Find compounds by the elements in them."""

    include: Annotated[list[Element], Field(min_length=1, max_length=15)]
    """It has one of them."""
    exclude: Annotated[list[Element], Field(max_length=100)] = []
    """It has none of them."""
    include_all: bool = False
    """It has all that are included, not only one."""


class SearchByProperties(Properties, Kinds, Request[Found]):
    """Find compounds by formula and masses together."""


class GetQueryResults(Page, Request[Found]):
    """Return more of what a search found, or of one that took too long.

    Costs two calls. ChemSpider forgets a query after a while.
    """

    query_id: QueryId


class FormulaMatches(Result):
    """The compounds of one formula."""

    formula: str
    record_ids: list[int] = Field(alias="results")


class FoundByFormulas(Result):
    """Which compounds were found, formula by formula."""

    matches: list[FormulaMatches] = Field(alias="batchResults")
    """One for each formula."""
    query_id: str


class SearchByFormulas(Sorted, Request[FoundByFormulas]):
    """Find compounds of up to 100 formulas by one query, at the cost of one."""

    formulas: Annotated[list[Formula], Field(min_length=2, max_length=100)]
    data_sources: DataSources | None = None


class MassMatches(Result):
    """The compounds of one mass."""

    mass: float
    """Daltons."""
    range: float
    """Daltons to either side."""
    record_ids: list[int] = Field(alias="results")


class FoundByMasses(Result):
    """Which compounds were found, mass by mass."""

    matches: list[MassMatches] = Field(alias="batchResults")
    """One for each mass."""
    query_id: str


class SearchByMasses(Sorted, Request[FoundByMasses]):
    """Find compounds of up to 20 monoisotopic masses by one query, at the cost of one."""

    masses: Annotated[list[MassWithin], Field(min_length=2, max_length=20)]
    data_sources: DataSources | None = None
