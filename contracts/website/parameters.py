"""Kinds of values that several operations of the website share."""

from typing import Annotated

from pydantic import Field, JsonValue

Short = Annotated[str, Field(min_length=1, max_length=255)]

Json = dict[str, JsonValue]
"""An object whose fields its source decides."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$")]
"""Of a dataset or bundle, as the catalog has it: ``crep.live.environmental.earthquakes``."""

Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]

Box = Annotated[list[Degrees], Field(min_length=4, max_length=4)]
"""West, south, east, north, in degrees."""
