"""OpenAQ: measurements of the world's air, from official monitors and from low-cost sensors.

https://docs.openaq.org/resources/locations
"""

from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Id, MaybeBox, MaybePoint, PageNumber, Size


def _in_utc(said: object) -> object:
    return said.get("utc") if isinstance(said, dict) else said


Moment = Annotated[Utc, BeforeValidator(_in_utc)]
"""A moment in UTC; OpenAQ tells the local time with it."""


class Named(Result):
    """Somebody or something by number and name."""

    id: int | None = None
    name: str | None = None


class Country(Named):
    """A country."""

    code: str | None = None
    """ISO 3166-1, two letters."""


class Parameter(Result):
    """What is measured, in which unit: the same substance in another unit has another number."""

    id: int
    name: str
    """``pm25``, ``o3`` …"""
    units: str
    display_name: str | None = Field(alias="displayName", default=None)
    description: str | None = None


class Coordinates(Result):
    """A place, WGS 84."""

    latitude: float | None
    longitude: float | None


class SensorOfLocation(Result):
    """A sensor of a location: its number is what measurements are asked for by."""

    id: int
    name: str
    parameter: Parameter


class OpenaqLocation(Result):
    """A place where the air is measured."""

    id: int
    name: str | None = None
    locality: str | None = None
    timezone: str | None = None
    country: Country | None = None
    owner: Named | None = None
    provider: Named | None = None
    is_mobile: bool | None = Field(alias="isMobile", default=None)
    is_monitor: bool | None = Field(alias="isMonitor", default=None)
    """Whether of reference grade; else a low-cost sensor."""
    sensors: list[SensorOfLocation] = []
    coordinates: Coordinates | None = None
    distance_m: float | None = Field(alias="distance", default=None)
    """From the point that was asked for."""
    first_at: Moment | None = Field(alias="datetimeFirst", default=None)
    last_at: Moment | None = Field(alias="datetimeLast", default=None)
    """Of its measurements."""


class Paged(Result):
    """One page."""

    found: int | None = None
    """How many there are in all; of more than a thousand OpenAQ may tell only that."""
    next_page: int | None = None
    """None after the last."""


class OpenaqLocations(Paged):
    """One page of locations."""

    locations: list[OpenaqLocation]


class GetOpenaqLocations(MaybePoint, MaybeBox, Request[OpenaqLocations]):
    """Where the air is measured: around a point, in a box, in a country, or anywhere."""

    radius_m: Annotated[int, Field(ge=1, le=25_000)] = 25_000
    """Around `lat` and `lon`."""
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["FJ"])] | None = None
    """ISO 3166-1, two letters."""
    parameter_ids: Annotated[list[Id], Field(min_length=1, max_length=50)] | None = None
    """Only where one of these is measured: 2 is PM2.5 in µg/m³."""
    provider_ids: Annotated[list[Id], Field(min_length=1, max_length=50)] | None = None
    monitor: bool | None = None
    """Only reference grade monitors, or only low-cost sensors."""
    mobile: bool | None = None
    limit: Size = 100
    page: PageNumber = 1

    @model_validator(mode="after")
    def _one_area(self) -> Self:
        if self.lat is not None and self.box:
            raise ValueError("ask around a point or in a box, not both")
        return self


class GetOpenaqLocation(Request[OpenaqLocation]):
    """One location."""

    location_id: Id


class Parameters(Paged):
    """What OpenAQ knows measurements of."""

    parameters: list[Parameter]


class GetOpenaqParameters(Request[Parameters]):
    """What is measured, with the numbers that other operations ask by."""

    limit: Size = 100
    page: PageNumber = 1


class CountryOfParameters(Country):
    """A country with what is measured there."""

    parameters: list[Parameter] = []
    first_at: Moment | None = Field(alias="datetimeFirst", default=None)
    last_at: Moment | None = Field(alias="datetimeLast", default=None)


class Countries(Paged):
    """Countries with measurements."""

    countries: list[CountryOfParameters]


class GetOpenaqCountries(Request[Countries]):
    """The countries that there are measurements of."""

    limit: Size = 100
    page: PageNumber = 1


class Provider(Named):
    """Who gives measurements to OpenAQ."""

    source: str | None = Field(alias="sourceName", default=None)
    parameters: list[Parameter] = []
    first_at: Moment | None = Field(alias="datetimeFirst", default=None)
    last_at: Moment | None = Field(alias="datetimeLast", default=None)


class Providers(Paged):
    """Who gives measurements."""

    providers: list[Provider]


class GetOpenaqProviders(Request[Providers]):
    """Who gives measurements to OpenAQ; their terms ask to be named."""

    limit: Size = 100
    page: PageNumber = 1
