"""Kinds of values that several contracts share."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


Utc = Annotated[datetime, AfterValidator(_aware)]
"""A moment in UTC; what names no zone is UTC."""

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
