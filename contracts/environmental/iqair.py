"""IQAir (AirVisual): air quality and weather by city.  https://api-docs.iqair.com."""

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.environmental.places import Place, Point


class CityPollution(Result):
    """The air quality index of a city."""

    time: Utc = Field(alias="ts")
    aqi_us: int = Field(alias="aqius")
    main_us: str | None = Field(alias="mainus", default=None)
    """Pollutant that decides: ``pm2.5``, ``pm10``, ``o3``, ``no2``, ``so2``, ``co``."""
    aqi_cn: int | None = Field(alias="aqicn", default=None)
    """By China's standard."""
    main_cn: str | None = Field(alias="maincn", default=None)


class CityWeather(Result):
    """The weather of a city."""

    time: Utc = Field(alias="ts")
    temperature_c: float | None = Field(alias="tp", default=None)
    pressure_hpa: float | None = Field(alias="pr", default=None)
    humidity_percent: float | None = Field(alias="hu", default=None)
    wind_speed_m_s: float | None = Field(alias="ws", default=None)
    wind_from_deg: float | None = Field(alias="wd", default=None)
    """0 is north, 90 east."""
    icon: str | None = Field(alias="ic", default=None)
    """``01d`` clear day … ``50d`` mist."""


class CityAir(Result):
    """The air of one city."""

    city: str
    state: str
    country: str
    latitude: float
    longitude: float
    pollution: CityPollution
    weather: CityWeather | None = None


class GetIqairNearest(Point, Request[CityAir]):
    """The air of the city nearest to a point."""


class GetIqairCity(Request[CityAir]):
    """The air of one city, by its names as IQAir has them."""

    city: Place
    state: Place
    country: Place


class IqairNames(Result):
    """Names of places, as other operations ask by."""

    names: list[str]


class GetIqairCountries(Request[IqairNames]):
    """The countries that IQAir knows."""


class GetIqairStates(Request[IqairNames]):
    """The states of a country that IQAir knows."""

    country: Place


class GetIqairCities(Request[IqairNames]):
    """The cities of a state that IQAir knows."""

    country: Place
    state: Place
