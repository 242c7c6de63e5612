"""Kinds of values that several NatureOS operations share."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from contracts._model import Result

Short = Annotated[str, Field(min_length=1, max_length=255)]

DeviceId = Annotated[str, Field(min_length=1, max_length=128)]
"""The device's id or serial number."""

Json = dict[str, JsonValue]
"""An object whose fields its source decides."""

Metadata = Annotated[Json, Field(max_length=200)]
"""Whatever else is to be kept of it, by name."""

Number = Annotated[float, Field(ge=-1e300, le=1e300, allow_inf_nan=False)]

Series = Annotated[list[Number], Field(min_length=1, max_length=10_000)]
"""Values in the order of their times, evenly spaced."""

Onward = Annotated[str, Field(min_length=1, max_length=8000)]
"""Where the next page begins, as the page before said; NatureOS's may be long."""

SensorType = Literal["temperature", "humidity", "pressure", "gas_resistance"]
"""Degrees Celsius, percent, hectopascals, ohms."""


class Place(Result):
    """A place."""

    latitude: float
    longitude: float
    elevation: float | None = None
    """Metres above the sea."""
    accuracy: float | None = None
    """Metres."""


class Taxonomy(Result):
    """Where something stands in the tree of life."""

    kingdom: str | None = None
    phylum: str | None = None
    family: str | None = None
    genus: str | None = None
    species: str | None = None
    scientific_name: str | None = None
