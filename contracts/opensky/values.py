"""Kinds of values that states, flights and tracks share."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field


def _trimmed(value: object) -> object:
    return (value.strip() or None) if isinstance(value, str) else value


Icao24 = Annotated[
    str,
    Field(pattern=r"^[0-9A-Fa-f]{6}$", max_length=6, examples=["3c6444"]),
    AfterValidator(str.lower),
]
"""A transponder's 24-bit address: six hex digits."""

Callsign = Annotated[str | None, BeforeValidator(_trimmed)]
"""Up to 8 characters; None where none was received."""
