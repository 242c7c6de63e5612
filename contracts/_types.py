"""Kinds of values that several contracts share."""

import base64
import re
from binascii import Error
from datetime import UTC, date, datetime
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

_HOURS: Final = re.compile(r":\d\d(\.\d+)?[+-]\d\d$")
_BLANK: Final = frozenset({"", "-", "--", ".", "MM", "N/A", "NA", "NaN", "None", "null"})


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _whole_zone(value: object) -> object:
    return f"{value}:00" if isinstance(value, str) and _HOURS.search(value) else value


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (Error, ValueError):
        raise ValueError("must be Base64 (RFC 4648, section 4), with its padding") from None


def _present(value: object) -> object:
    return None if isinstance(value, str) and value.strip() in _BLANK else value


Utc = Annotated[datetime, BeforeValidator(_whole_zone), AfterValidator(_aware)]
"""A moment in UTC; what names no zone is UTC. PostgreSQL's zones of whole hours are read, too."""

Day = date
"""A calendar day, ``YYYY-MM-DD``."""

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
"""Degrees north, WGS 84."""

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
"""Degrees east, WGS 84."""

Name = Annotated[str, Field(min_length=1, max_length=255)]
"""A short text that names something."""

Cursor = Annotated[str, Field(min_length=1, max_length=2048)]
"""Where the next page begins, as the page before said."""

Binary = Annotated[
    bytes,
    BeforeValidator(_decoded),
    PlainSerializer(lambda data: base64.b64encode(data).decode(), str, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""Bytes; Base64 (RFC 4648, section 4) in JSON."""

Upload = Annotated[
    Binary,
    Field(min_length=1, max_length=180_000),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "maxLength": 240_000}),
]
"""Bytes that an agent sends, as many as fit into a request: Base64 of up to 180 000 bytes."""

MaybeFloat = Annotated[float | None, BeforeValidator(_present)]
"""A number, also as text; what vendors write for no value is None."""

MaybeInt = Annotated[int | None, BeforeValidator(_present)]
"""A whole number, also as text; what vendors write for no value is None."""
