"""NASA's Earth Observatory Natural Event Tracker.

https://eonet.gsfc.nasa.gov/docs/v3
"""

from functools import partial
from typing import Any, Final

from clients._api import HttpCall
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._target import Query, commas
from clients._upstream import Upstream
from clients.earth_science import places
from contracts.earth_science import (
    EventCategories,
    EventSources,
    GetEventCategories,
    GetEventSources,
    GetNaturalEvent,
    GetNaturalEvents,
    NaturalEvent,
    NaturalEvents,
)

Record = dict[str, Any]
Ring = list[list[float]]

_POLE: Final = 90


class Eonet(Client):
    """eonet.gsfc.nasa.gov: open to all, no limit is published; slow at times."""

    eonet = Upstream(
        "https://eonet.gsfc.nasa.gov/api/v3",
        limits=[Rate(1, per=2, burst=3, source="https://eonet.gsfc.nasa.gov/docs/v3")],
        probe="/categories",
    )

    @operation("safe", ttl=600)
    async def get_natural_events(self, request: GetNaturalEvents) -> NaturalEvents:
        """Return natural events."""
        found: dict[str, NaturalEvent] = {}
        read = partial(_events, most=request.footprints)
        for part in places.searches(request):
            query = {**_wanted(request), "bbox": _bbox(part)}
            answer = await self.eonet.send(HttpCall("GET", "/events", query=query))
            found |= {one.id: one for one in self.eonet.parse(answer, NaturalEvents, read).events}
        events = sorted(found.values(), key=lambda one: one.footprints[-1].time, reverse=True)
        return NaturalEvents(events=events[: request.limit])

    @operation("safe", ttl=600)
    async def get_natural_event(self, request: GetNaturalEvent) -> NaturalEvent:
        """Return one natural event."""
        read = partial(_event, most=request.footprints)
        return await self.eonet.get("/events/{event_id}", request, query={}, read=read)

    @operation("safe", ttl=86_400)
    async def get_event_categories(self, request: GetEventCategories) -> EventCategories:
        """Return the kinds of natural events."""
        return await self.eonet.get("/categories", request)

    @operation("safe", ttl=86_400)
    async def get_event_sources(self, request: GetEventSources) -> EventSources:
        """Return who reports natural events."""
        return await self.eonet.get("/sources", request)


def _wanted(request: GetNaturalEvents) -> Query:
    return {
        "status": request.status,
        "category": commas(request.categories),
        "source": commas(request.sources),
        "days": request.days,
        "start": request.start_day,
        "end": request.end_day,
        "limit": request.limit,
    }


def _bbox(part: places.Sides | None) -> str | None:
    """Return upper left and lower right, as only this vendor has them."""
    return part and commas((part.west, part.north, part.east, part.south))


def _events(raw: Any, most: int) -> Record:  # noqa: ANN401  (a vendor's JSON)
    return {"events": [_event(one, most) for one in raw["events"] if one["geometry"]]}


def _event(raw: Any, most: int) -> Record:  # noqa: ANN401
    prints = sorted(map(_footprint, raw["geometry"]), key=lambda one: str(one["time"]))
    return {
        **raw,
        "categories": [one["id"] for one in raw["categories"]],
        "footprints": prints[-most:],
        "footprint_count": len(prints),
    }


def _footprint(raw: Record) -> Record:
    at = raw["coordinates"]
    ring: Ring = at[0] if raw["type"] == "Polygon" else [at]
    return {
        "time": raw["date"],
        "shape": raw["type"],
        "points": _right(ring),
        "magnitude": raw.get("magnitudeValue"),
        "magnitude_unit": raw.get("magnitudeUnit"),
    }


def _right(ring: Ring) -> list[tuple[float, float]]:
    """Return points east first; what would lie beyond a pole has come the other way round."""
    swapped = any(abs(north) > _POLE for _, north, *_ in ring)
    return [(one[1], one[0]) if swapped else (one[0], one[1]) for one in ring]
