"""IQAir (AirVisual): air quality and weather by city.  https://api-docs.iqair.com."""

from functools import partial
from typing import Any, Final

from clients._auth import QueryKey
from clients._client import Client
from clients._limits import DAY, MINUTE, MONTH, Rate
from clients._operation import operation
from clients._upstream import Upstream
from clients.environmental.rows import rows
from contracts.environmental import (
    CityAir,
    GetIqairCities,
    GetIqairCity,
    GetIqairCountries,
    GetIqairNearest,
    GetIqairStates,
    IqairNames,
)

_PLANS: Final = "https://www.iqair.com/us/air-pollution-data-api"
_POLLUTANTS: Final = {"p1": "pm10", "p2": "pm2.5", "n2": "no2", "s2": "so2"}


class IqAir(Client):
    """api.airvisual.com, with the limits of the Community plan."""

    iqair = Upstream(
        "https://api.airvisual.com/v2",
        auth=QueryKey("key", ("IQAIR_API_KEY",)),
        limits=[
            Rate(5, per=MINUTE, source=_PLANS),
            Rate(500, per=DAY, source=_PLANS),
            Rate(10_000, per=MONTH, source=_PLANS),
        ],
        probe="/countries",
    )

    @operation("safe", ttl=600)
    async def get_iqair_nearest(self, request: GetIqairNearest) -> CityAir:
        """Return the air of the city nearest to a point."""
        return await self.iqair.get("/nearest_city", request, read=_city)

    @operation("safe", ttl=600)
    async def get_iqair_city(self, request: GetIqairCity) -> CityAir:
        """Return the air of one city."""
        return await self.iqair.get("/city", request, read=_city)

    @operation("safe", ttl=86_400)
    async def get_iqair_countries(self, request: GetIqairCountries) -> IqairNames:
        """Return the countries that IQAir knows."""
        return await self.iqair.get("/countries", request, read=partial(_names, kind="country"))

    @operation("safe", ttl=86_400)
    async def get_iqair_states(self, request: GetIqairStates) -> IqairNames:
        """Return the states of a country that IQAir knows."""
        return await self.iqair.get("/states", request, read=partial(_names, kind="state"))

    @operation("safe", ttl=86_400)
    async def get_iqair_cities(self, request: GetIqairCities) -> IqairNames:
        """Return the cities of a state that IQAir knows."""
        return await self.iqair.get("/cities", request, read=partial(_names, kind="city"))


def _city(raw: Any) -> dict[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    found = raw["data"]
    longitude, latitude = found["location"]["coordinates"]
    air, weather = found["current"]["pollution"], found["current"].get("weather")
    main = {name: air.get(name) for name in ("mainus", "maincn")}
    named = {name: _POLLUTANTS.get(code, code) for name, code in main.items()}
    return {
        **{name: found[name] for name in ("city", "state", "country")},
        "latitude": latitude,
        "longitude": longitude,
        "pollution": {**air, **named},
        "weather": weather,
    }


def _names(raw: Any, kind: str) -> dict[str, Any]:  # noqa: ANN401
    return {"names": [one[kind] for one in rows(raw["data"])]}
