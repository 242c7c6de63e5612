"""Fungi: events of them, their network, their spores, how many there are of each."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.natureos.events import Events
from contracts.natureos.parameters import Number, Onward, Place, Short, Taxonomy


class GetFungaEvents(Request[Events]):
    """Events of fungi; servers before 30 September 2026 ignore the bounds of humidity and pH."""

    source_device: Short | None = None
    phylum: Short | None = None
    substrate_type: Short | None = None
    temperature_min: Number | None = None
    """Degrees Celsius."""
    temperature_max: Number | None = None
    """Degrees Celsius."""
    humidity_min: Number | None = None
    """Percent."""
    humidity_max: Number | None = None
    """Percent."""
    ph_min: Number | None = None
    ph_max: Number | None = None
    mycorrhizal_only: bool = False
    start_time: Utc | None = None
    end_time: Utc | None = None
    page_size: Annotated[int, Field(ge=1, le=1000)] = 50
    cursor: Onward | None = None
    order: Literal["timestamp_desc", "timestamp_asc"] = "timestamp_desc"


class Node(Result):
    """A fungus, or a plant."""

    id: str
    """The device that tells of it."""
    type: str
    species: Taxonomy | None = None
    location: Place
    connection_count: int = Field(alias="connectionCount")


class Edge(Result):
    """A connection."""

    source_id: str = Field(alias="sourceId")
    target_id: str = Field(alias="targetId")
    strength: float
    """0 to 1: the nearer, the more."""
    type: str


class NetworkMetrics(Result):
    """Figures of a network."""

    node_count: int = Field(alias="nodeCount")
    edge_count: int = Field(alias="edgeCount")
    density: float
    clustering_coefficient: float = Field(alias="clusteringCoefficient")


class Network(Result):
    """The network of fungi around a place."""

    nodes: list[Node]
    edges: list[Edge]
    metrics: NetworkMetrics


class AnalyzeSymbiosisNetwork(Request[Network]):
    """The network of fungi around a place."""

    latitude: Latitude
    longitude: Longitude
    radius_meters: Annotated[float, Field(gt=0, le=100_000)] = 1000


class Pattern(Result):
    """How spores have spread."""

    source: Place
    targets: list[Place]
    distance: float
    """Metres."""
    concentration: float


class Wind(Result):
    """What the wind has to do with it."""

    direction: float
    """Degrees, where it comes from."""
    speed: float
    """Metres per second."""
    correlation: float


class Seasons(Result):
    """When spores spread."""

    peak_times: list[str] = Field(alias="peakTimes")
    """Of the day, UTC: ``05:00:00``."""
    seasonal_variations: dict[str, float] = Field(alias="seasonalVariations")
    """Factor by season."""


class Dispersal(Result):
    """How spores have spread around a place."""

    patterns: list[Pattern]
    wind_influence: Wind | None = Field(default=None, alias="windInfluence")
    temporal_pattern: Seasons | None = Field(default=None, alias="temporalPattern")


class TrackSpores(Request[Dispersal]):
    """How spores have spread around a place in some time."""

    latitude: Latitude
    longitude: Longitude
    start_time: Utc
    end_time: Utc

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_time >= self.end_time:
            raise ValueError("start_time must be before end_time")
        return self


class Biodiversity(Result):
    """How diverse the fungi are."""

    species_richness: int = Field(alias="speciesRichness")
    shannon_index: float = Field(alias="shannonIndex")
    simpson_index: float = Field(alias="simpsonIndex")
    evenness_index: float = Field(alias="evennessIndex")
    rare_species_count: int = Field(alias="rareSpeciesCount")


class GetBiodiversity(Request[Biodiversity]):
    """How diverse the fungi are; of fewer than two species the server fails (500)."""

    source_device: Short | None = None
    phylum: Short | None = None
    substrate_type: Short | None = None
    start_time: Utc | None = None
    end_time: Utc | None = None


class SpeciesCount(Result):
    """How often a species was seen."""

    species: str = Field(alias="key")
    count: int = Field(alias="value")


class Abundance(Result):
    """How often each species was seen."""

    total_observations: int = Field(alias="totalObservations")
    species_counts: dict[str, int] = Field(alias="speciesCounts")
    dominant_species: list[SpeciesCount] = Field(alias="dominantSpecies")
    """The ten most frequent."""
    rare_species: list[SpeciesCount] = Field(alias="rareSpecies")
    """Seen twice or less."""


class GetSpeciesAbundance(Request[Abundance]):
    """How often each species was seen."""

    genus: Short | None = None
    habitat: Short | None = None
    start_time: Utc | None = None
    end_time: Utc | None = None


class Range(Result):
    """From the least to the most."""

    min: float
    max: float


class Preferences(Result):
    """Where a species grows."""

    species_name: str = Field(alias="speciesName")
    temperature_range: Range | None = Field(default=None, alias="temperatureRange")
    """Degrees Celsius."""
    humidity_range: Range | None = Field(default=None, alias="humidityRange")
    """Percent."""
    ph_range: Range | None = Field(default=None, alias="pHRange")
    preferred_habitats: list[str] = Field(alias="preferredHabitats")
    """The five most frequent, as of `preferred_substrates`."""
    preferred_substrates: list[str] = Field(alias="preferredSubstrates")


class GetSpeciesPreferences(Request[Preferences]):
    """Where a species grows."""

    scientific_name: Short
