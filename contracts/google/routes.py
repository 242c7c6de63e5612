"""Ways from place to place: https://developers.google.com/maps/documentation/routes."""

from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts._model import Contract, Part, Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.google.parameters import Language, PlaceId, Region

_MOST_ELEMENTS: Final = 625
_MOST_DEAR: Final = 100
_MOST_NAMED: Final = 50


def _seconds(value: object) -> object:
    return value.removesuffix("s") if isinstance(value, str) else value


Seconds = Annotated[float, BeforeValidator(_seconds)]
"""A duration; the vendor writes ``165s``."""

TravelMode = Literal["drive", "bicycle", "walk", "two_wheeler", "transit"]

Traffic = Literal["unaware", "aware", "optimal"]
"""Whether live traffic counts; ``aware`` and ``optimal`` are billed higher."""


class Waypoint(Part):
    """A place: by address, by place id, or by coordinates."""

    address: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    place_id: PlaceId | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("give latitude and longitude together")
        given = (self.address, self.place_id, self.latitude)
        if sum(one is not None for one in given) != 1:
            raise ValueError("give exactly one of address, place_id, latitude and longitude")
        return self


class Travel(Contract):
    """How, and when."""

    travel_mode: TravelMode = "drive"
    traffic: Traffic = "unaware"
    """For ``drive`` and ``two_wheeler`` only."""
    departure_time: Utc | None = None
    """Absent: now."""
    language: Language | None = None
    region: Region | None = None

    @model_validator(mode="after")
    def _driven(self) -> Self:
        if self.traffic != "unaware" and self.travel_mode not in {"drive", "two_wheeler"}:
            raise ValueError("traffic counts for drive and two_wheeler only")
        return self


class Polyline(Result):
    """A line on the map."""

    encoded: str = Field(alias="encodedPolyline")
    """https://developers.google.com/maps/documentation/utilities/polylinealgorithm."""


class Instruction(Result):
    """What to do."""

    maneuver: str | None = None
    instructions: str | None = None


class Step(Result):
    """One piece of a leg."""

    distance_m: int = Field(default=0, alias="distanceMeters")
    static_duration_s: Seconds = Field(default=0.0, alias="staticDuration")
    instruction: Instruction | None = Field(default=None, alias="navigationInstruction")
    travel_mode: str | None = Field(default=None, alias="travelMode")


class Leg(Result):
    """A route from one waypoint to the next."""

    distance_m: int = Field(default=0, alias="distanceMeters")
    duration_s: Seconds = Field(default=0.0, alias="duration")
    static_duration_s: Seconds | None = Field(default=None, alias="staticDuration")
    steps: list[Step] = []


class Route(Result):
    """One way to go."""

    distance_m: int = Field(default=0, alias="distanceMeters")
    """Metres; the vendor leaves out 0."""
    duration_s: Seconds = Field(alias="duration")
    """Seconds, in the traffic that was asked for."""
    static_duration_s: Seconds | None = Field(default=None, alias="staticDuration")
    """Seconds, without traffic."""
    description: str | None = None
    warnings: list[str] = []
    polyline: Polyline | None = None
    legs: list[Leg] = []
    order: list[int] = Field(default=[], alias="optimizedIntermediateWaypointIndex")
    """The intermediates in their best order, by their place in the request from 0."""


class Directions(Result):
    """Routes, the best first; where there is none, an empty list."""

    routes: list[Route] = []


class GetDirections(Travel, Request[Directions]):
    """How to get from a place to another.

    https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRoutes
    """

    origin: Waypoint
    destination: Waypoint
    intermediates: Annotated[list[Waypoint], Field(max_length=25)] = []
    """In this order, unless `optimize_order`; more than ten are billed higher."""
    arrival_time: Utc | None = None
    """For ``transit`` only, in place of `departure_time`."""
    alternatives: bool = False
    avoid: Annotated[
        list[Literal["tolls", "highways", "ferries", "indoor"]], Field(max_length=4)
    ] = []
    optimize_order: bool = False
    """Whether the intermediates may change places; billed higher."""
    steps: bool = False
    """Whether each leg comes with its steps."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.arrival_time and (self.travel_mode != "transit" or self.departure_time):
            raise ValueError("arrival_time is for transit, without departure_time")
        if self.intermediates and (self.alternatives or self.travel_mode == "transit"):
            raise ValueError("with intermediates there are no alternatives, and no transit")
        return self


class MatrixElement(Result):
    """The way from one origin to one destination."""

    origin: int = Field(default=0, alias="originIndex")
    """Place in the request's list, from 0."""
    destination: int = Field(default=0, alias="destinationIndex")
    condition: str | None = None
    """``ROUTE_EXISTS`` or ``ROUTE_NOT_FOUND``."""
    distance_m: int | None = Field(default=None, alias="distanceMeters")
    duration_s: Seconds | None = Field(default=None, alias="duration")
    """Seconds, in the traffic that was asked for."""
    static_duration_s: Seconds | None = Field(default=None, alias="staticDuration")


class RouteMatrix(Result):
    """All ways, in no order."""

    elements: list[MatrixElement]


class GetRouteMatrix(Travel, Request[RouteMatrix]):
    """Distances and times from each origin to each destination; each pair is billed.

    https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRouteMatrix
    """

    origins: Annotated[list[Waypoint], Field(min_length=1, max_length=625)]
    destinations: Annotated[list[Waypoint], Field(min_length=1, max_length=625)]
    """At most 625 pairs; 100 with ``optimal`` traffic or ``transit``."""

    @property
    def pairs(self) -> int:
        """How many ways are asked for."""
        return len(self.origins) * len(self.destinations)

    @model_validator(mode="after")
    def _few(self) -> Self:
        dear = self.traffic == "optimal" or self.travel_mode == "transit"
        if self.pairs > (most := _MOST_DEAR if dear else _MOST_ELEMENTS):
            raise ValueError(f"that is {self.pairs} pairs, more than {most}")
        both = (*self.origins, *self.destinations)
        if sum(one.latitude is None for one in both) > _MOST_NAMED:
            raise ValueError("at most 50 places may be addresses or place ids")
        return self
