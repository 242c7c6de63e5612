"""Boxes as services take them; the 180th meridian may run through one."""

from collections.abc import Sequence
from typing import NamedTuple

from contracts.earth_science.places import Box


class Sides(NamedTuple):
    """A box that the 180th meridian does not cut."""

    south: float
    west: float
    north: float
    east: float

    def has(self, latitude: float, longitude: float) -> bool:
        """Tell whether a point lies in it."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


def sides(box: Box) -> list[Sides]:
    """Return a box as one, or as two on both sides of the 180th meridian; none of no box."""
    south, west, north, east = box.south, box.west, box.north, box.east
    if south is None or west is None or north is None or east is None:
        return []
    if west <= east:
        return [Sides(south, west, north, east)]
    return [Sides(south, west, north, 180.0), Sides(south, -180.0, north, east)]


def searches(box: Box) -> Sequence[Sides | None]:
    """Return the sides of a box, each a search of its own; one of all without a box."""
    return sides(box) or (None,)


def inside(box: Box, latitude: float, longitude: float) -> bool:
    """Tell whether a point lies in a box; no box is the whole Earth."""
    parts = sides(box)
    return not parts or any(one.has(latitude, longitude) for one in parts)
