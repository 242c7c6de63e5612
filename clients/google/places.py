"""Places API (New): each call names its fields, and the dearest of them sets the price.

https://developers.google.com/maps/documentation/places/web-service/data-fields
"""

from collections.abc import Mapping
from typing import Any, Final

from clients._api import Api
from clients._auth import Key
from clients._client import Client
from clients._limits import Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.google.geocoding import KEYS
from contracts import google
from contracts.google import (
    AutocompletePlaces,
    Circle,
    GetPlace,
    GetPlacePhoto,
    PhotoLink,
    Place,
    SearchPlaces,
    SearchPlacesNearby,
    Suggestions,
)

_LIMITS: Final = (
    "https://developers.google.com/maps/documentation/places/web-service/usage-and-billing"
)
_ESSENTIALS: Final = ("id", "formattedAddress", "location", "types", "photos")
_PRO: Final = (
    *_ESSENTIALS,
    "displayName",
    "primaryType",
    "businessStatus",
    "googleMapsUri",
    "utcOffsetMinutes",
)
_ENTERPRISE: Final = (
    *_PRO,
    "rating",
    "userRatingCount",
    "priceLevel",
    "websiteUri",
    "internationalPhoneNumber",
    "regularOpeningHours",
)
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "ids": ("id",),
    "essentials": _ESSENTIALS,
    "pro": _PRO,
    "enterprise": _ENTERPRISE,
}


class Places(Client):
    """The vendor shows each project's own limits in its console only: these are careful."""

    places = Upstream(
        "https://places.googleapis.com/v1",
        auth=Key("X-Goog-Api-Key", KEYS),
        limits=[Rate(10, per=1, burst=20, source=_LIMITS)],
        probe="/places/ChIJj61dQgK6j4AR4GeTYWZsWWw?fields=id",  # ids alone are free
    )

    @operation("safe")
    async def search_places(self, request: SearchPlaces) -> google.Places:
        """Return a page of the places that words may mean."""
        body = _given(
            textQuery=request.query,
            locationBias=_around(request.near),
            locationRestriction=_inside(request),
            includedType=request.type,
            openNow=request.open_now,
            minRating=request.min_rating,
            pageSize=request.page_size,
            pageToken=request.page_token,
            languageCode=request.language,
            regionCode=request.region,
        )
        api = self._masked(request.tier, "places.", "nextPageToken")
        return await api.post("/places:searchText", request, json=body)

    @operation("safe")
    async def search_places_nearby(self, request: SearchPlacesNearby) -> google.Places:
        """Return the places in a circle, at most 20."""
        centre = {"latitude": request.latitude, "longitude": request.longitude}
        body = _given(
            locationRestriction={"circle": {"center": centre, "radius": request.radius_m}},
            includedTypes=request.types or None,
            excludedTypes=request.excluded_types or None,
            maxResultCount=request.max_results,
            rankPreference=request.rank_by.upper(),
            languageCode=request.language,
            regionCode=request.region,
        )
        api = self._masked(request.tier, "places.")
        return await api.post("/places:searchNearby", request, json=body)

    @operation("safe")
    async def get_place(self, request: GetPlace) -> Place:
        """Return one place by its id."""
        query = {
            "sessionToken": request.session_token,
            "languageCode": request.language,
            "regionCode": request.region,
        }
        api = self._masked(request.tier)
        return await api.get("/places/{place_id}", request, query=query)

    @operation("safe")
    async def autocomplete_places(self, request: AutocompletePlaces) -> Suggestions:
        """Return places that begin like what was typed."""
        body = _given(
            input=request.input,
            locationBias=_around(request.near),
            includedPrimaryTypes=request.types or None,
            includedRegionCodes=request.regions or None,
            sessionToken=request.session_token,
            languageCode=request.language,
            regionCode=request.region,
        )
        path = "/places:autocomplete"
        return await self.places.post(path, request, json=body, read=_suggestions)

    @operation("safe")
    async def get_place_photo(self, request: GetPlacePhoto) -> PhotoLink:
        """Return where a photo of a place can be fetched."""
        path = "/places/{place_id}/photos/{photo_id}/media"
        query = {"maxWidthPx": request.max_width_px, "skipHttpRedirect": True}
        return await self.places.get(path, request, query=query)

    def _masked(self, tier: str, prefix: str = "", *more: str) -> Api:
        fields = (*(prefix + one for one in _FIELDS[tier]), *more)
        return self.places.saying({"X-Goog-FieldMask": ",".join(fields)})


def _given(**values: object) -> dict[str, object]:
    return {name: value for name, value in values.items() if value is not None}


def _around(circle: Circle | None) -> dict[str, Any] | None:
    if circle is None:
        return None
    centre = {"latitude": circle.latitude, "longitude": circle.longitude}
    return {"circle": {"center": centre, "radius": circle.radius_m}}


def _inside(request: SearchPlaces) -> dict[str, Any] | None:
    box = request.inside
    if box is None:
        return None
    low = {"latitude": box.south, "longitude": box.west}
    high = {"latitude": box.north, "longitude": box.east}
    return {"rectangle": {"low": low, "high": high}}


def _suggestions(said: Any) -> dict[str, Any]:  # noqa: ANN401  (JSON)
    found = [one["placePrediction"] for one in said.get("suggestions", [])]
    return {"suggestions": [_suggestion(one) for one in found]}


def _suggestion(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "place_id": one["placeId"],
        "text": one["text"]["text"],
        "types": one.get("types", []),
        "distance_m": one.get("distanceMeters"),
    }
