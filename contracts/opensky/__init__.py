"""OpenSky Network: where aircraft are, their flights and tracks.

https://openskynetwork.github.io/opensky-api/rest.html
"""

from contracts.opensky.flights import (
    Flight,
    Flights,
    GetAircraftFlights,
    GetArrivals,
    GetDepartures,
    GetFlights,
    GetTrack,
    Interval,
    Track,
    Waypoint,
)
from contracts.opensky.states import GetOwnStates, GetStates, States, StateVector

__all__ = [
    "Flight",
    "Flights",
    "GetAircraftFlights",
    "GetArrivals",
    "GetDepartures",
    "GetFlights",
    "GetOwnStates",
    "GetStates",
    "GetTrack",
    "Interval",
    "StateVector",
    "States",
    "Track",
    "Waypoint",
]
