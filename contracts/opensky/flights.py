"""Flights, and the ways they took."""

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from contracts._model import Contract, Request, Result
from contracts._types import Utc
from contracts.opensky.values import Callsign, Icao24

Airport = Annotated[str, Field(pattern=r"^[A-Z0-9]{4}$", max_length=4, examples=["EDDF"])]
"""An airport's ICAO code."""


class Flight(Result):
    """One flight, as the network estimates it afterwards."""

    icao24: str
    callsign: Callsign = None
    first_seen: Utc = Field(alias="firstSeen")
    """Estimated departure."""
    last_seen: Utc = Field(alias="lastSeen")
    """Estimated arrival."""
    departure_airport: str | None = Field(alias="estDepartureAirport", default=None)
    """ICAO code."""
    arrival_airport: str | None = Field(alias="estArrivalAirport", default=None)
    """ICAO code."""
    departure_horizontal_m: float | None = Field(
        alias="estDepartureAirportHorizDistance", default=None
    )
    """From the departure airport to the first airborne position, along the ground."""
    departure_vertical_m: float | None = Field(
        alias="estDepartureAirportVertDistance", default=None
    )
    """The same, in height."""
    arrival_horizontal_m: float | None = Field(alias="estArrivalAirportHorizDistance", default=None)
    """From the last airborne position to the arrival airport, along the ground."""
    arrival_vertical_m: float | None = Field(alias="estArrivalAirportVertDistance", default=None)
    """The same, in height."""
    departure_candidates: int | None = Field(alias="departureAirportCandidatesCount", default=None)
    """Other airports near the first position."""
    arrival_candidates: int | None = Field(alias="arrivalAirportCandidatesCount", default=None)
    """Other airports near the last position."""


class Flights(Result):
    """Flights of an interval; none is an empty list."""

    flights: list[Flight]


class Interval(Contract):
    """From one moment to another, as far apart as the vendor allows."""

    longest: ClassVar[timedelta] = timedelta(days=2)

    begin: Utc
    end: Utc

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.begin:
            raise ValueError("end lies before begin: swap them")
        if self.end - self.begin > self.longest:
            raise ValueError(f"from begin to end at most {self.longest}: ask in parts")
        return self


class GetFlights(Interval, Request[Flights]):
    """All flights of an interval of at most two hours."""

    longest: ClassVar[timedelta] = timedelta(hours=2)


class GetAircraftFlights(Interval, Request[Flights]):
    """Flights of one aircraft, of at most two days; those of today are not there yet."""

    icao24: Icao24


class GetArrivals(Interval, Request[Flights]):
    """Flights that arrived at an airport, of at most two days; those of today are not there yet."""

    airport: Airport


class GetDepartures(Interval, Request[Flights]):
    """Flights that left an airport, of at most two days."""

    airport: Airport


class Waypoint(Result):
    """One point of a track: at a turn of 2.5°, a climb of 100 m, or 15 minutes."""

    time: Utc
    latitude: float | None
    longitude: float | None
    baro_altitude_m: float | None
    true_track_deg: float | None
    """Clockwise from north."""
    on_ground: bool


class Track(Result):
    """The way of one flight."""

    icao24: str
    callsign: Callsign = Field(alias="calllsign", default=None)
    start_time: Utc = Field(alias="startTime")
    end_time: Utc = Field(alias="endTime")
    path: list[Waypoint]


class GetTrack(Request[Track]):
    """The way of an aircraft's flight, of at most 30 days ago. Experimental, says the vendor."""

    icao24: Icao24
    time: Utc | None = None
    """Any moment of the flight; without, the flight that is under way."""
