"""Routes API, in place of the older Directions and Distance Matrix services.

https://developers.google.com/maps/documentation/routes/choose_fields
"""

from collections.abc import Mapping
from typing import Any, Final

from clients._auth import Key
from clients._client import Client
from clients._limits import MINUTE, Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.google.geocoding import KEYS
from contracts.google import (
    Directions,
    GetDirections,
    GetRouteMatrix,
    RouteMatrix,
    Travel,
    Waypoint,
)

_LIMITS: Final = "https://developers.google.com/maps/documentation/routes/faq"
_WHAT_IT_IS: Final = "/$discovery/rest?version=v2"
_FIELDS: Final = (
    "distanceMeters",
    "duration",
    "staticDuration",
    "description",
    "warnings",
    "polyline.encodedPolyline",
    "legs.distanceMeters",
    "legs.duration",
    "legs.staticDuration",
)
_STEPS: Final = (
    "legs.steps.distanceMeters",
    "legs.steps.staticDuration",
    "legs.steps.navigationInstruction",
    "legs.steps.travelMode",
)
_ORDER: Final = ("optimizedIntermediateWaypointIndex",)
_PAIR: Final = (
    "originIndex,destinationIndex,status,condition,distanceMeters,duration,staticDuration"
)
_TRAFFIC: Final[Mapping[str, str]] = {
    "unaware": "TRAFFIC_UNAWARE",
    "aware": "TRAFFIC_AWARE",
    "optimal": "TRAFFIC_AWARE_OPTIMAL",
}


class Routes(Client):
    """Routes are limited by the call, a matrix by its pairs; both for the whole project."""

    routes = Upstream(
        "https://routes.googleapis.com",
        auth=Key("X-Goog-Api-Key", KEYS),
        limits=[Rate(3000, per=MINUTE, source=_LIMITS)],
        probe=_WHAT_IT_IS,
    )
    route_matrix = Upstream(
        "https://routes.googleapis.com",
        auth=Key("X-Goog-Api-Key", KEYS),
        limits=[Rate(3000, per=MINUTE, source=_LIMITS)],
        probe=_WHAT_IT_IS,
        headers={"X-Goog-FieldMask": _PAIR},
    )

    @operation("safe")
    async def get_directions(self, request: GetDirections) -> Directions:
        """Return routes from a place to another, the best first."""
        body = _travel(request) | {
            "origin": _waypoint(request.origin),
            "destination": _waypoint(request.destination),
        }
        if request.intermediates:
            body["intermediates"] = [_waypoint(one) for one in request.intermediates]
        if request.arrival_time:
            body["arrivalTime"] = request.arrival_time
        if request.alternatives:
            body["computeAlternativeRoutes"] = True
        if request.optimize_order:
            body["optimizeWaypointOrder"] = True
        if request.avoid:
            body["routeModifiers"] = {f"avoid{one.capitalize()}": True for one in request.avoid}
        api = self.routes.saying({"X-Goog-FieldMask": _mask(request)})
        return await api.post("/directions/v2:computeRoutes", request, json=body)

    @operation("safe", cost=lambda request: request.pairs)
    async def get_route_matrix(self, request: GetRouteMatrix) -> RouteMatrix:
        """Return distances and times from each origin to each destination."""
        body = _travel(request) | {
            "origins": [{"waypoint": _waypoint(one)} for one in request.origins],
            "destinations": [{"waypoint": _waypoint(one)} for one in request.destinations],
        }
        path = "/distanceMatrix/v2:computeRouteMatrix"
        return await self.route_matrix.post(path, request, json=body, read=_elements)


def _travel(request: Travel) -> dict[str, Any]:
    driven = request.travel_mode in {"drive", "two_wheeler"}
    said = {
        "travelMode": request.travel_mode.upper(),
        "routingPreference": _TRAFFIC[request.traffic] if driven else None,
        "departureTime": request.departure_time,
        "languageCode": request.language,
        "regionCode": request.region,
    }
    return {name: value for name, value in said.items() if value is not None}


def _waypoint(one: Waypoint) -> dict[str, Any]:
    if one.address is not None:
        return {"address": one.address}
    if one.place_id is not None:
        return {"placeId": one.place_id}
    return {"location": {"latLng": {"latitude": one.latitude, "longitude": one.longitude}}}


def _mask(request: GetDirections) -> str:
    fields = (
        *_FIELDS,
        *(_STEPS if request.steps else ()),
        *(_ORDER if request.optimize_order else ()),
    )
    return ",".join(f"routes.{one}" for one in fields)


def _elements(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    return {"elements": said}
