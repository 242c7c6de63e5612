"""EarthScope's (IRIS's) event service: rows between bars, degrees instead of kilometres.

https://service.iris.edu/fdsnws/event/1/
"""

from datetime import datetime
from typing import Any, Final

from clients._api import HttpCall
from clients._client import Client
from clients._http import HttpResponse
from clients._limits import Rate
from clients._operation import operation
from clients._reading import Whole, positions
from clients._target import Query
from clients._upstream import Upstream
from clients.earth_science import places
from contracts.earth_science import GetSeismicEvents, SeismicEvent, SeismicEvents

_DOCS: Final = "https://service.iris.edu/fdsnws/event/1/"
_KM_PER_DEGREE: Final = 111.195


class Iris(Client):
    """service.iris.edu: open to all, no limit is published."""

    iris = Upstream(
        "https://service.iris.edu/fdsnws/event/1",
        limits=[Rate(1, per=1, burst=3, source=_DOCS)],
        probe="/version",
    )

    @operation("safe", ttl=300)
    async def get_seismic_events(self, request: GetSeismicEvents) -> SeismicEvents:
        """Return events of EarthScope's catalogue."""
        found: dict[str, SeismicEvent] = {}
        for part in places.searches(request):
            query = {**_wanted(request), **_box(part)}
            answer = await self.iris.send(HttpCall("GET", "/query", query=query))
            events = self.iris.parse(answer, SeismicEvents, Whole(_events)).events
            found |= {one.id: one for one in events}
        newest = sorted(found.values(), key=lambda one: one.time, reverse=True)
        return SeismicEvents(events=newest[: request.limit])


def _wanted(request: GetSeismicEvents) -> Query:
    radius = request.radius_km
    return {
        "format": "text",
        "orderby": "time",
        "limit": request.limit,
        "starttime": _utc(request.start_time),
        "endtime": _utc(request.end_time),
        "minmagnitude": request.min_magnitude,
        "maxmagnitude": request.max_magnitude,
        "latitude": request.lat,
        "longitude": request.lon,
        "maxradius": None if radius is None else round(min(180, radius / _KM_PER_DEGREE), 4),
    }


def _box(part: places.Sides | None) -> Query:
    if part is None:
        return {}
    return {
        "minlatitude": part.south,
        "maxlatitude": part.north,
        "minlongitude": part.west,
        "maxlongitude": part.east,
    }


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}"


def _events(answer: HttpResponse) -> dict[str, Any]:
    """Return the rows; nothing found is an empty 204."""
    lines = [line for line in answer.body.decode().splitlines() if line.strip()]
    if not lines:
        return {"events": []}
    if not lines[0].startswith("#"):
        raise ValueError("a table was expected, with its names behind #")
    names = _cells(lines[0].lstrip("#"))
    return {"events": [positions(names, _cells(line)) for line in lines[1:]]}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]
