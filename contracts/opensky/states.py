"""Where aircraft are."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.opensky.values import Callsign, Icao24

Aircraft = Annotated[list[Icao24], Field(min_length=1, max_length=100)]

Receivers = Annotated[list[Annotated[int, Field(ge=0, lt=2**63)]], Field(max_length=100)]
"""Serial numbers of receivers."""

AtMost = Annotated[int, Field(ge=1, le=20_000)]


class StateVector(Result):
    """What is known of one aircraft at one moment; None is unknown."""

    icao24: str
    callsign: Callsign
    origin_country: str
    """As its transponder's address tells."""
    time_position: Utc | None
    """When its position was last heard."""
    last_contact: Utc
    """When anything was last heard of it."""
    longitude: float | None
    latitude: float | None
    baro_altitude_m: float | None
    """By air pressure."""
    on_ground: bool
    velocity_m_s: float | None
    """Over ground."""
    true_track_deg: float | None
    """Clockwise from north."""
    vertical_rate_m_s: float | None
    """Above 0 it climbs."""
    sensors: list[int] | None = None
    """The receivers that heard it, where receivers were asked for."""
    geo_altitude_m: float | None
    """Above the WGS 84 ellipsoid."""
    squawk: str | None
    """Transponder code of four octal digits; 7500, 7600 and 7700 are emergencies."""
    spi: bool
    """Whether the pilot identifies on request."""
    position_source: str | None
    """``ADS-B``, ``ASTERIX``, ``MLAT`` or ``FLARM``."""
    category: str | None = None
    """Kind of aircraft: ``Light``, ``Rotorcraft``, ``Glider`` …; None where it does not say."""


class States(Result):
    """Aircraft at one moment."""

    time: Utc
    states: list[StateVector]
    total: int
    """How many there were, before `limit`."""


class GetStates(Request[States]):
    """Where aircraft are. A box costs 1 to 4 credits by its area, the whole world 4."""

    icao24: Aircraft | None = None
    """Only these aircraft."""
    south: Latitude | None = None
    west: Longitude | None = None
    north: Latitude | None = None
    east: Longitude | None = None
    """A box: all four sides or none. One across the antimeridian is asked for in two parts."""
    time: Utc | None = None
    """Within the last hour; without, now. Resolution is 5 s, without a key 10 s and only now."""
    limit: AtMost = 500
    """Only the first so many."""

    @model_validator(mode="after")
    def _whole_box(self) -> Self:
        sides = (self.south, self.west, self.north, self.east)
        given = [side for side in sides if side is not None]
        if len(given) not in {0, len(sides)}:
            raise ValueError("a box has four sides: south, west, north, east")
        if given and (given[0] > given[2] or given[1] > given[3]):
            raise ValueError("south must not lie north of north, nor west east of east")
        return self


class GetOwnStates(Request[States]):
    """Where the aircraft are that one's own receivers hear. Free of credits; needs a key."""

    icao24: Aircraft | None = None
    """Only these aircraft."""
    serials: Receivers | None = None
    """Only what these own receivers hear."""
    time: Utc | None = None
    """Without, now."""
    limit: AtMost = 500
    """Only the first so many."""
