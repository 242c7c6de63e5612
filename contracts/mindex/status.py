"""What MINDEX says of itself."""

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc


class Health(Result):
    """How it is."""

    status: str
    """``ok`` or ``degraded``."""
    db: str
    """Of the database: ``ok`` or ``error``."""
    timestamp: Utc
    service: str
    version: str
    git_sha: str | None = None


class GetHealth(Request[Health]):
    """Whether MINDEX and its database work; a broken database is an answer too."""


class DateRange(Result):
    """The first and the last."""

    earliest: Utc | None = None
    latest: Utc | None = None


class Stats(Result):
    """How much MINDEX has."""

    total_taxa: int
    total_observations: int
    total_external_ids: int
    taxa_by_source: dict[str, int]
    observations_by_source: dict[str, int]
    observations_with_location: int
    observations_with_images: int
    taxa_with_observations: int
    observed: DateRange = Field(alias="observation_date_range")
    etl_status: str
    """``running``, ``idle`` or ``unknown``."""
    genome_records: int = 0
    trait_records: int = 0
    synonym_records: int = 0


class GetStats(Request[Stats]):
    """Everything counted; slow: the server counts anew."""


class Completeness(Result):
    """How much is known of the species."""

    total_species: int
    with_images: int
    with_description: int
    with_genetics: int
    missing_images: int
    missing_description: int
    missing_genetics: int
    incomplete_count: int
    """Without image or description."""


class GetSpeciesCompleteness(Request[Completeness]):
    """Species by what is missing of them."""
