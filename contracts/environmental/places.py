"""Points, boxes and pages, as several services are asked for them."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Contract
from contracts._types import Latitude, Longitude

PageNumber = Annotated[int, Field(ge=1, le=100_000)]
"""Which page, from 1."""

Size = Annotated[int, Field(ge=1, le=1000)]
"""How many to answer at most, 1 to 1000."""

Id = Annotated[int, Field(ge=0, lt=2**63)]

Place = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""The name of a place."""


class Point(Contract):
    """A place; 0.0 is a coordinate like any other."""

    lat: Latitude
    lon: Longitude


class MaybePoint(Contract):
    """A place, or none."""

    lat: Latitude | None = None
    lon: Longitude | None = None
    """Both or neither."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a place has both lat and lon")
        return self


class Box(Contract):
    """A box; one across the antimeridian is asked for in two parts."""

    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _check(self.south, self.west, self.north, self.east)
        return self


class MaybeBox(Contract):
    """A box, or none; one across the antimeridian is asked for in two parts."""

    south: Latitude | None = None
    west: Longitude | None = None
    north: Latitude | None = None
    east: Longitude | None = None
    """All four sides or none."""

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """South, west, north, east."""
        south, west, north, east = self.south, self.west, self.north, self.east
        if south is None or west is None or north is None or east is None:
            return None
        return south, west, north, east

    @model_validator(mode="after")
    def _whole(self) -> Self:
        sides = {self.south, self.west, self.north, self.east}
        if self.box:
            _check(*self.box)
        elif sides != {None}:
            raise ValueError("a box has four sides: south, west, north, east")
        return self


def _check(south: float, west: float, north: float, east: float) -> None:
    if south > north or west > east:
        raise ValueError("south must not lie north of north, nor west east of east")
