"""Kinds of parameters that several Notion operations share."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from contracts._model import Part
from contracts._types import Name

Id = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$",
        max_length=36,
        examples=["be633bf1-dfa0-436d-b259-571129a590e5"],
    ),
]
"""A Notion id: 32 hex digits, as in the page's address, with or without dashes."""

PageSize = Annotated[int, Field(ge=1, le=100)]
"""How many to answer at most, 1 to 100."""

PropertyIds = Annotated[list[Name], Field(min_length=1, max_length=100)]
"""Ids of properties, as a page or a data source shows them (``M%3BBw``)."""

Json = dict[str, JsonValue]
"""An object in the vendor's own shape."""

Values = Annotated[Json, Field(max_length=500)]
"""Property values by name or id: https://developers.notion.com/reference/page-property-values."""

Schema = Annotated[Json, Field(max_length=500)]
"""Property schemas by name or id: https://developers.notion.com/reference/property-object."""

BlockList = Annotated[list[Json], Field(min_length=1, max_length=100)]
"""Blocks, 1 to 100: https://developers.notion.com/reference/block."""

Text = Annotated[str, Field(min_length=1, max_length=2000)]
"""Plain text, up to the vendor's 2,000 characters."""

RichTexts = Annotated[list[Json], Field(min_length=1, max_length=100)]
"""Rich text, 1 to 100 pieces: https://developers.notion.com/reference/rich-text."""

Markdown = Annotated[str, Field(max_length=200_000)]
"""Enhanced Markdown: https://developers.notion.com/guides/data-apis/enhanced-markdown."""

Direction = Literal["ascending", "descending"]


class Sort(Part):
    """One order of rows: by a property, or by a time."""

    property: Name | None = None
    """Name or id of a property."""
    timestamp: Literal["created_time", "last_edited_time"] | None = None
    direction: Direction

    @model_validator(mode="after")
    def _one(self) -> "Sort":
        exactly_one(property=self.property, timestamp=self.timestamp)
        return self


def exactly_one(**given: object) -> None:
    """Return if one of these parameters is given, and no other.

    Raises:
        ValueError: none is, or several are; names them all.
    """
    if sum(value is not None for value in given.values()) != 1:
        raise ValueError(f"give exactly one of {', '.join(given)}")
