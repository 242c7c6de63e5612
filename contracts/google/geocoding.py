"""Addresses, heights and time zones: https://developers.google.com/maps/documentation."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from contracts._model import Part, Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.google.parameters import Language, PlaceId, PlaceType, Point, Region

_Value = Annotated[str, Field(pattern=r"^[^|:]+$", max_length=200)]


class AddressPart(Result):
    """One part of an address."""

    long_name: str
    short_name: str
    types: list[str] = []


class GeocodedPlace(Result):
    """An address and where it is."""

    place_id: str
    formatted_address: str
    latitude: float
    """Degrees north, WGS 84."""
    longitude: float
    """Degrees east, WGS 84."""
    location_type: str | None = None
    """``ROOFTOP``, ``RANGE_INTERPOLATED``, ``GEOMETRIC_CENTER`` or ``APPROXIMATE``."""
    types: list[str] = []
    address_components: list[AddressPart] = []
    partial_match: bool = False
    """Whether only a part of what was asked for was found."""


class Geocoded(Result):
    """What was found, the best first; nothing is an empty list."""

    results: list[GeocodedPlace]


class AddressFilter(Part):
    """What results have to be in."""

    country: _Value | None = None
    """Name or ISO 3166-1 code."""
    postal_code: _Value | None = None
    administrative_area: _Value | None = None
    locality: _Value | None = None
    route: _Value | None = None


class Geocode(Request[Geocoded]):
    """Where an address or a place is.

    https://developers.google.com/maps/documentation/geocoding/requests-geocoding
    """

    address: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    components: AddressFilter | None = None
    """Alone, or besides an address."""
    place_id: PlaceId | None = None
    """In place of address and components."""
    language: Language | None = None
    region: Region | None = None
    """Top-level domain of the country that is more likely meant (``uk``)."""

    @model_validator(mode="after")
    def _one(self) -> "Geocode":
        if (self.place_id is None) == (self.address is None and self.components is None):
            raise ValueError("give address, components or both, or place_id alone")
        return self


class ReverseGeocode(Request[Geocoded]):
    """Addresses at a place.

    https://developers.google.com/maps/documentation/geocoding/requests-reverse-geocoding
    """

    latitude: Latitude
    longitude: Longitude
    result_types: Annotated[list[PlaceType], Field(max_length=20)] = []
    """Only such; absent: all."""
    location_types: Annotated[
        list[Literal["ROOFTOP", "RANGE_INTERPOLATED", "GEOMETRIC_CENTER", "APPROXIMATE"]],
        Field(max_length=4),
    ] = []
    """Only such; absent: all."""
    language: Language | None = None


class Elevation(Result):
    """The ground at one place."""

    elevation_m: float = Field(alias="elevation")
    """Metres above mean sea level; below it negative."""
    latitude: float
    longitude: float
    resolution_m: float | None = Field(default=None, alias="resolution")
    """Greatest distance in metres between the points it was worked out from."""


class Elevations(Result):
    """Heights in the order of the places that were asked for."""

    results: list[Elevation]


class GetElevation(Request[Elevations]):
    """Heights of places, or along a path.

    https://developers.google.com/maps/documentation/elevation/requests-elevation
    """

    locations: Annotated[list[Point], Field(min_length=1, max_length=512)]
    samples: Annotated[int, Field(ge=2, le=512)] | None = None
    """So many places at equal distances on the path through the locations; absent: at them."""

    @model_validator(mode="after")
    def _path(self) -> "GetElevation":
        if self.samples is not None and len(self.locations) == 1:
            raise ValueError("samples need two locations or more")
        return self


class TimeZone(Result):
    """The time of a place; local time is UTC and both offsets."""

    time_zone_id: str = Field(alias="timeZoneId")
    """In the tz database (``America/Los_Angeles``)."""
    name: str = Field(alias="timeZoneName")
    raw_offset_s: float = Field(alias="rawOffset")
    """Seconds from UTC, without daylight saving."""
    dst_offset_s: float = Field(alias="dstOffset")
    """Seconds for daylight saving at that moment."""


class GetTimeZone(Request[TimeZone]):
    """The time zone of a place on land.

    https://developers.google.com/maps/documentation/timezone/requests-timezone
    """

    latitude: Latitude
    longitude: Longitude
    at: Utc
    """Moment for which daylight saving is told."""
    language: Language | None = None
