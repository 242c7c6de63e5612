"""OpenSky Network: where aircraft are, their flights and tracks.

https://openskynetwork.github.io/opensky-api/rest.html
"""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final

from clients._api import Api
from clients._auth import Auth, FirstOf, NoAuth
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import DAY, MINUTE, Rate
from clients._oauth import ClientCredentials
from clients._operation import operation
from clients._signals import Dialect
from clients._target import Query
from clients._upstream import Upstream
from clients._verdict import Manners
from clients.opensky import rows
from contracts import Failure, UpstreamRejected
from contracts.opensky import (
    Flights,
    GetAircraftFlights,
    GetArrivals,
    GetDepartures,
    GetFlights,
    GetOwnStates,
    GetStates,
    GetTrack,
    Interval,
    States,
    Track,
)

_API: Final = "https://opensky-network.org/api"
_DOCS: Final = "https://openskynetwork.github.io/opensky-api/rest.html"
_BRIEF: Final = Rate(60, per=MINUTE, source=_DOCS)
"""Not the vendor's: what its header says is left counts for the shortest window, a day is long."""
_RETRY_AFTER: Final = ("x-rate-limit-retry-after-seconds", "retry-after")
_MANNERS: Final = Manners(unauthorized=frozenset({401, 403}))
_NOTHING: Final = "OpenSky knows of nothing for this question."


def _of_area(request: GetStates) -> float:
    """Return the credits of a box, by square degrees."""
    south, west, north, east = request.south, request.west, request.north, request.east
    if south is None or west is None or north is None or east is None:
        return 4
    area = (north - south) * (east - west)
    return 1 + sum(area > step for step in (25, 100, 400))


def _of_days(request: Interval) -> float:
    """Return the credits of an interval, by the midnights (UTC) in it: at most two."""
    return 4 if request.begin.date() == request.end.date() else 30


def _of_track(request: GetTrack) -> float:
    return 4 if request.time is None else 30


def _metered(user: Auth) -> Upstream:
    """Return a way with credits of its own; a key is optional."""
    return Upstream(
        _API,
        auth=FirstOf((user, NoAuth())),
        limits=[_BRIEF, Rate(400, per=DAY, source=_DOCS)],
        limits_with_key=[_BRIEF, Rate(4000, per=DAY, source=_DOCS)],
        dialects=(Dialect("x-rate-limit-remaining"),),
        retry_after=_RETRY_AFTER,
        manners=_MANNERS,
    )


class OpenSky(Client):
    """The OpenSky Network, for research and other non-commercial ends.

    Credits of a day: 4000 with a key, 400 without, 8000 for who feeds a receiver (set the limit).
    They are counted apart for states, flights and tracks: an upstream for each.
    """

    login = Upstream(
        "https://auth.opensky-network.org/auth/realms/opensky-network",
        limits=[Rate(1, per=1, burst=5, source=_DOCS)],
        probe="/.well-known/openid-configuration",
    )
    user = ClientCredentials(
        login,
        "/protocol/openid-connect/token",
        ("OPENSKY_CLIENT_ID",),
        ("OPENSKY_CLIENT_SECRET",),
    )
    states = _metered(user)
    flights = _metered(user)
    tracks = _metered(user)
    own = Upstream(
        _API,
        auth=user,
        limits=[Rate(1, per=1, burst=5, source=_DOCS)],  # free of credits
        retry_after=_RETRY_AFTER,
        manners=_MANNERS,
        probe="/states/own",
    )
    exempt = {"probe": "Only /states/own is free: a probe of the rest would eat a day's credits."}

    @operation("safe", ttl=5, cost=_of_area)
    async def get_states(self, request: GetStates) -> States:
        """Return where aircraft are: in a box, of some, or all."""
        box = {
            "lamin": request.south,
            "lomin": request.west,
            "lamax": request.north,
            "lomax": request.east,
        }
        query = {"time": _epoch(request.time), "icao24": request.icao24, **box, "extended": 1}
        read = partial(rows.states, limit=request.limit)
        return await self.states.get("/states/all", request, query=query, read=read)

    @operation("safe", ttl=5)
    async def get_own_states(self, request: GetOwnStates) -> States:
        """Return where the aircraft are that one's own receivers hear."""
        query = {
            "time": _epoch(request.time),
            "icao24": request.icao24,
            "serials": request.serials,
            "extended": 1,
        }
        read = partial(rows.states, limit=request.limit)
        return await self.own.get("/states/own", request, query=query, read=read)

    @operation("safe", ttl=300, cost=_of_days)
    async def get_flights(self, request: GetFlights) -> Flights:
        """Return all flights of an interval of at most two hours."""
        return await _found(self.flights, "/flights/all", request, {})

    @operation("safe", ttl=3600, cost=_of_days)
    async def get_aircraft_flights(self, request: GetAircraftFlights) -> Flights:
        """Return the flights of one aircraft; they are put together at night."""
        more: Query = {"icao24": request.icao24}
        return await _found(self.flights, "/flights/aircraft", request, more)

    @operation("safe", ttl=3600, cost=_of_days)
    async def get_arrivals(self, request: GetArrivals) -> Flights:
        """Return the flights that arrived at an airport; they are put together at night."""
        return await _found(self.flights, "/flights/arrival", request, {"airport": request.airport})

    @operation("safe", ttl=3600, cost=_of_days)
    async def get_departures(self, request: GetDepartures) -> Flights:
        """Return the flights that left an airport."""
        more: Query = {"airport": request.airport}
        return await _found(self.flights, "/flights/departure", request, more)

    @operation("safe", ttl=30, cost=_of_track)
    async def get_track(self, request: GetTrack) -> Track:
        """Return the way of one flight, as points where it turned or climbed."""
        query: Query = {"icao24": request.icao24, "time": _epoch(request.time) or 0}
        return await self.tracks.get("/tracks/all", request, query=query, read=rows.track)

    def refusal(self, response: HttpResponse) -> Failure | None:
        """An empty 404 says that nothing was found."""
        nothing = response.status == HTTPStatus.NOT_FOUND and not response.body
        return UpstreamRejected(_NOTHING) if nothing else None


async def _found(
    api: Api,
    path: str,
    request: GetFlights | GetAircraftFlights | GetArrivals | GetDepartures,
    more: Query,
) -> Flights:
    query = {**more, "begin": _epoch(request.begin), "end": _epoch(request.end)}
    try:
        return await api.get(path, request, query=query, read=lambda raw: {"flights": raw})
    except UpstreamRejected as failure:
        if failure.detail != _NOTHING:
            raise
        return Flights(flights=[])


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
