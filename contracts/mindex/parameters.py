"""Kinds of values that several MINDEX operations share."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from contracts._model import Result

Limit = Annotated[int, Field(ge=1, le=1000)]
"""How many to answer at most; the server cuts more than 1000 without a word."""

Offset = Annotated[int, Field(ge=0, le=10_000_000)]
"""How many to pass over: `next_offset` of the page before."""

Words = Annotated[str, Field(min_length=2, max_length=500)]
"""What to look for, two characters or more."""

Short = Annotated[str, Field(min_length=1, max_length=255)]

Slug = Annotated[str, Field(min_length=1, max_length=128)]
"""The device's own name, as in the envelopes it sends."""

Json = dict[str, JsonValue]
"""An object whose fields its source decides."""

Metadata = Annotated[Json, Field(max_length=200)]
"""Whatever else is to be kept of it, by name."""

Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

Domains = Annotated[list[Short], Field(min_length=1, max_length=50)]
"""Domains or groups of them, as `get_search_domains` names them."""

DeviceType = Literal["mycobrain_v1", "mushroom_1", "sporebase", "custom_sensor", "gateway"]


class Page(Result):
    """Base of pages."""

    total: int | None
    """How many there are in all; None where the server has not counted."""
    next_offset: int | None
    """`offset` of the next page; None at the end."""


class Point(Result):
    """A GeoJSON geometry (RFC 7946): of a point, longitude before latitude."""

    type: str
    coordinates: JsonValue
    """Degrees, WGS 84: a pair, or lists of them for what is no point."""
