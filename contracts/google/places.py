"""Places API (New): https://developers.google.com/maps/documentation/places/web-service."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts._model import Part, Request, Result
from contracts._types import Cursor, Latitude, Longitude
from contracts.google.parameters import Language, PlaceId, PlaceType, Region

SearchTier = Literal["ids", "pro", "enterprise"]
"""Which fields of a place are answered, and so what it costs: ``ids`` its id alone."""

Radius = Annotated[float, Field(gt=0, le=50_000)]
"""Metres."""

Session = Annotated[str, Field(pattern=r"^[A-Za-z0-9_=-]+$", max_length=36)]
"""One token for all that a person types until the place is chosen: billed as one."""


class Circle(Part):
    """Around a place."""

    latitude: Latitude
    longitude: Longitude
    radius_m: Radius


class Box(Part):
    """Between two parallels and two meridians; west of 180 degrees to east of it may be one."""

    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude

    @model_validator(mode="after")
    def _upright(self) -> "Box":
        if self.south > self.north:
            raise ValueError("south must not be above north")
        return self


class Location(Result):
    """Coordinates in degrees, WGS 84."""

    latitude: float = 0.0
    longitude: float = 0.0


class LocalText(Result):
    """A text in a language."""

    text: str
    language: str | None = Field(default=None, alias="languageCode")


class Photo(Result):
    """A photo's name, for `get_place_photo`."""

    name: str
    """``places/<place_id>/photos/<photo_id>``."""
    width_px: int | None = Field(default=None, alias="widthPx")
    height_px: int | None = Field(default=None, alias="heightPx")


class OpeningHours(Result):
    """When it is open."""

    open_now: bool | None = Field(default=None, alias="openNow")
    weekdays: list[str] = Field(default=[], alias="weekdayDescriptions")
    """Monday first, as text."""


class Place(Result):
    """A place, as far as the tier goes."""

    id: str
    address: str | None = Field(default=None, alias="formattedAddress")
    location: Location | None = None
    types: list[str] = []
    name: LocalText | None = Field(default=None, alias="displayName")
    primary_type: str | None = Field(default=None, alias="primaryType")
    business_status: str | None = Field(default=None, alias="businessStatus")
    maps_url: str | None = Field(default=None, alias="googleMapsUri")
    utc_offset_minutes: int | None = Field(default=None, alias="utcOffsetMinutes")
    photos: list[Photo] = []
    rating: float | None = None
    """1.0 to 5.0."""
    rating_count: int | None = Field(default=None, alias="userRatingCount")
    price_level: str | None = Field(default=None, alias="priceLevel")
    website: str | None = Field(default=None, alias="websiteUri")
    phone: str | None = Field(default=None, alias="internationalPhoneNumber")
    opening_hours: OpeningHours | None = Field(default=None, alias="regularOpeningHours")


class Places(Result):
    """Places, the most fitting first; nothing is an empty list."""

    places: list[Place] = []
    next_page_token: str | None = Field(default=None, alias="nextPageToken")


class SearchPlaces(Request[Places]):
    """Places by words.

    https://developers.google.com/maps/documentation/places/web-service/text-search
    """

    query: Annotated[str, Field(min_length=1, max_length=1000)]
    tier: SearchTier = "pro"
    near: Circle | None = None
    """Preferred, not required."""
    inside: Box | None = None
    """Required, in place of `near`."""
    type: PlaceType | None = None
    open_now: bool | None = None
    min_rating: Annotated[float, Field(ge=0, le=5, multiple_of=0.5)] | None = None
    page_size: Annotated[int, Field(ge=1, le=20)] = 20
    page_token: Cursor | None = None
    """From the page before; all else must be the same."""
    language: Language | None = None
    region: Region | None = None

    @model_validator(mode="after")
    def _one(self) -> "SearchPlaces":
        if self.near and self.inside:
            raise ValueError("give near or inside, not both")
        return self


class SearchPlacesNearby(Request[Places]):
    """Places in a circle.

    https://developers.google.com/maps/documentation/places/web-service/nearby-search
    """

    latitude: Latitude
    longitude: Longitude
    radius_m: Radius
    tier: Literal["pro", "enterprise"] = "pro"
    types: Annotated[list[PlaceType], Field(max_length=50)] = []
    """Any of these; absent: all."""
    excluded_types: Annotated[list[PlaceType], Field(max_length=50)] = []
    max_results: Annotated[int, Field(ge=1, le=20)] = 20
    rank_by: Literal["popularity", "distance"] = "popularity"
    language: Language | None = None
    region: Region | None = None


class GetPlace(Request[Place]):
    """One place by its id.

    https://developers.google.com/maps/documentation/places/web-service/place-details
    """

    place_id: PlaceId
    tier: Literal["ids", "essentials", "pro", "enterprise"] = "pro"
    """Which fields are answered, and so what it costs; ``ids`` proves the id, and is free."""
    session_token: Session | None = None
    language: Language | None = None
    region: Region | None = None


class Suggestion(Result):
    """A place that may be meant."""

    place_id: str
    text: str
    types: list[str] = []
    distance_m: int | None = None
    """From `near`."""


class Suggestions(Result):
    """At most five, the likeliest first."""

    suggestions: list[Suggestion] = []


class AutocompletePlaces(Request[Suggestions]):
    """Places that begin like what was typed.

    https://developers.google.com/maps/documentation/places/web-service/place-autocomplete
    """

    input: Annotated[str, Field(min_length=1, max_length=500)]
    near: Circle | None = None
    """Preferred, not required."""
    types: Annotated[list[PlaceType], Field(max_length=5)] = []
    regions: Annotated[list[Region], Field(max_length=15)] = []
    session_token: Session | None = None
    language: Language | None = None
    region: Region | None = None


class PhotoLink(Result):
    """Where a photo can be fetched, for a short time and without a key."""

    name: str
    url: str = Field(alias="photoUri")


class GetPlacePhoto(Request[PhotoLink]):
    """The address of a photo.

    https://developers.google.com/maps/documentation/places/web-service/place-photos
    """

    place_id: PlaceId
    photo_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=2048)]
    """The end of the photo's name."""
    max_width_px: Annotated[int, Field(ge=1, le=4800)] = 1600
