"""OpenAQ v3: measurements of the world's air.  https://docs.openaq.org."""

from functools import partial
from typing import Any

from clients._auth import Key
from clients._client import Client
from clients._limits import HOUR, MINUTE, Rate
from clients._operation import operation
from clients._signals import Dialect
from clients._target import Query, commas
from clients._upstream import Upstream
from clients._verdict import Manners
from contracts.environmental import (
    Countries,
    GetAirQualityMeasurements,
    GetOpenaqCountries,
    GetOpenaqLatest,
    GetOpenaqLocation,
    GetOpenaqLocations,
    GetOpenaqParameterLatest,
    GetOpenaqParameters,
    GetOpenaqProviders,
    GetOpenaqSensors,
    LatestValues,
    Measurements,
    OpenaqLocation,
    OpenaqLocations,
    OpenaqSensors,
    Parameters,
    Providers,
)

_LIMITS = "https://docs.openaq.org/using-the-api/rate-limits"


class OpenAq(Client):
    """api.openaq.org: its givers' terms ask to be named."""

    openaq = Upstream(
        "https://api.openaq.org/v3",
        auth=Key("X-API-Key", ("OPENAQ_API_KEY",)),
        limits=[Rate(60, per=MINUTE, source=_LIMITS), Rate(2000, per=HOUR, source=_LIMITS)],
        dialects=(Dialect("x-ratelimit-remaining", "x-ratelimit-reset"),),
        # 403 is a blocked key: https://docs.openaq.org/errors/about
        manners=Manners(unauthorized=frozenset({401, 403})),
        probe="/parameters?limit=1",
    )

    @operation("safe", ttl=300)
    async def get_openaq_locations(self, request: GetOpenaqLocations) -> OpenaqLocations:
        """Return where the air is measured: around a point, in a box or in a country."""
        query = {**_area(request), **_paged(request)}
        read = partial(_page, name="locations", asked=request)
        return await self.openaq.get("/locations", request, query=query, read=read)

    @operation("safe", ttl=300)
    async def get_openaq_location(self, request: GetOpenaqLocation) -> OpenaqLocation:
        """Return one location with its sensors."""
        path = "/locations/{location_id}"
        return await self.openaq.get(path, request, read=lambda raw: raw["results"][0])

    @operation("safe", ttl=60)
    async def get_openaq_latest(self, request: GetOpenaqLatest) -> LatestValues:
        """Return the latest value of each sensor of a location."""
        path, read = "/locations/{location_id}/latest", partial(_page, name="values", asked=request)
        return await self.openaq.get(path, request, query=_paged(request), read=read)

    @operation("safe", ttl=60)
    async def get_openaq_parameter_latest(self, request: GetOpenaqParameterLatest) -> LatestValues:
        """Return the latest values of one parameter, everywhere."""
        path = "/parameters/{parameter_id}/latest"
        read = partial(_page, name="values", asked=request)
        return await self.openaq.get(path, request, query=_paged(request), read=read)

    @operation("safe", ttl=300)
    async def get_openaq_sensors(self, request: GetOpenaqSensors) -> OpenaqSensors:
        """Return the sensors of a location, with their latest values."""
        path = "/locations/{location_id}/sensors"
        return await self.openaq.get(path, request, read=partial(_page, name="sensors"))

    @operation("safe", ttl=60)
    async def get_air_quality_measurements(
        self, request: GetAirQualityMeasurements
    ) -> Measurements:
        """Return what one sensor measured: each value, or averages."""
        query = {**_span(request), **_paged(request)}
        read = partial(_page, name="measurements", asked=request)
        path = "/sensors/{sensor_id}/{average}"
        return await self.openaq.get(path, request, query=query, read=read)

    @operation("safe", ttl=3600)
    async def get_openaq_parameters(self, request: GetOpenaqParameters) -> Parameters:
        """Return what is measured, with the numbers that other operations ask by."""
        read = partial(_page, name="parameters", asked=request)
        return await self.openaq.get("/parameters", request, query=_paged(request), read=read)

    @operation("safe", ttl=3600)
    async def get_openaq_countries(self, request: GetOpenaqCountries) -> Countries:
        """Return the countries that there are measurements of."""
        read = partial(_page, name="countries", asked=request)
        return await self.openaq.get("/countries", request, query=_paged(request), read=read)

    @operation("safe", ttl=3600)
    async def get_openaq_providers(self, request: GetOpenaqProviders) -> Providers:
        """Return who gives measurements."""
        read = partial(_page, name="providers", asked=request)
        return await self.openaq.get("/providers", request, query=_paged(request), read=read)


_Paged = (
    GetOpenaqLocations
    | GetOpenaqLatest
    | GetOpenaqParameterLatest
    | GetAirQualityMeasurements
    | GetOpenaqParameters
    | GetOpenaqCountries
    | GetOpenaqProviders
)


def _paged(request: _Paged) -> Query:
    return {"limit": request.limit, "page": request.page}


def _area(request: GetOpenaqLocations) -> Query:
    box, point = request.box, None
    if request.lat is not None and request.lon is not None:
        point = (request.lat, request.lon)
    return {
        "coordinates": point and commas(point),
        "radius": point and request.radius_m,
        "bbox": box and commas(round(box[side], 4) for side in (1, 0, 3, 2)),
        "iso": request.country,
        "parameters_id": request.parameter_ids,
        "providers_id": request.provider_ids,
        "monitor": request.monitor,
        "mobile": request.mobile,
    }


def _span(request: GetAirQualityMeasurements) -> Query:
    """Return the interval: of days and years the parameters have other names."""
    if request.average in {"measurements", "hours"}:
        return {"datetime_from": request.begin, "datetime_to": request.end}
    return {
        "date_from": request.begin and request.begin.date(),
        "date_to": request.end and request.end.date(),
    }


def _page(raw: Any, name: str, asked: _Paged | None = None) -> dict[str, Any]:  # noqa: ANN401
    """Return one page; ``found`` may be the text ``>1000``, so a full page may have a next one."""
    rows, found = raw["results"], raw["meta"].get("found")
    full = asked is not None and len(rows) >= asked.limit
    return {
        name: rows,
        "found": None if found is None else int(str(found).lstrip(">")),
        "next_page": asked.page + 1 if asked and full else None,
    }
