"""Where on Earth: a box or a circle, as several services take it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Contract
from contracts._types import Latitude, Longitude


class Box(Contract):
    """A box between two parallels and two meridians; all four edges or none."""

    south: Latitude | None = None
    """Southern edge, degrees north."""
    west: Longitude | None = None
    """Western edge, degrees east; larger than `east` for a box across the 180th meridian."""
    north: Latitude | None = None
    """Northern edge, degrees north."""
    east: Longitude | None = None
    """Eastern edge, degrees east."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        edges = (self.south, self.west, self.north, self.east)
        if None in edges and any(one is not None for one in edges):
            raise ValueError("a box needs south, west, north and east")
        if self.south is not None and self.north is not None and self.south > self.north:
            raise ValueError("south lies north of north: swap them")
        return self


class Circle(Contract):
    """The surroundings of a point; all three or none."""

    lat: Latitude | None = None
    """Degrees north; with `lon` and `radius_km`."""
    lon: Longitude | None = None
    """Degrees east."""
    radius_km: Annotated[float, Field(gt=0, le=20_001.6, allow_inf_nan=False)] | None = None
    """Kilometres around the point."""

    @model_validator(mode="after")
    def _round(self) -> Self:
        parts = (self.lat, self.lon, self.radius_km)
        if None in parts and any(one is not None for one in parts):
            raise ValueError("a circle needs lat, lon and radius_km")
        return self


class Area(Circle, Box):
    """A circle or a box, or the whole Earth."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.lat is not None and self.south is not None:
            raise ValueError("ask for a circle or for a box, not for both")
        return self
