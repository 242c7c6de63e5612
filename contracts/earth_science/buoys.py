"""Buoys and coastal stations of the National Data Buoy Center.

https://www.ndbc.noaa.gov/faq/rt_data_access.shtml https://www.ndbc.noaa.gov/faq/measdes.shtml
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from contracts._model import Contract, Request, Result
from contracts._types import MaybeFloat, Utc
from contracts.earth_science.places import Box

BuoyId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]+$", min_length=4, max_length=8)]
"""``44013``, ``LJPC1``."""


class BuoyRow(Result):
    """What all rows have; what was not measured is null."""

    model_config = ConfigDict(extra="ignore")

    time: Utc


class BuoyObservation(BuoyRow):
    """Weather and waves at one time."""

    wind_direction_deg: MaybeFloat = Field(alias="WDIR")
    """Where it comes from, clockwise from north."""
    wind_speed_m_s: MaybeFloat = Field(alias="WSPD")
    gust_m_s: MaybeFloat = Field(alias="GST")
    wave_height_m: MaybeFloat = Field(alias="WVHT")
    """Significant height: the mean of the highest third."""
    dominant_period_s: MaybeFloat = Field(alias="DPD")
    average_period_s: MaybeFloat = Field(alias="APD")
    wave_direction_deg: MaybeFloat = Field(alias="MWD")
    """Where waves of the dominant period come from."""
    pressure_hpa: MaybeFloat = Field(alias="PRES")
    """At sea level."""
    pressure_tendency_hpa: MaybeFloat = Field(alias="PTDY")
    """Change in three hours."""
    air_temperature_c: MaybeFloat = Field(alias="ATMP")
    water_temperature_c: MaybeFloat = Field(alias="WTMP")
    dewpoint_c: MaybeFloat = Field(alias="DEWP")
    visibility_nmi: MaybeFloat = Field(alias="VIS")
    """Nautical miles."""
    tide_ft: MaybeFloat = Field(alias="TIDE")
    """Feet above or below mean lower low water."""


class BuoyData(Result):
    """Weather and waves at one station, newest first."""

    observations: list[BuoyObservation]


class OneBuoy(Contract):
    """Of which station, and how many rows."""

    station_id: BuoyId
    """As `get_buoy_stations` has it."""
    limit: Annotated[int, Field(ge=1, le=6600)] = 144
    """Newest rows; there are 45 days, every 10 to 60 minutes."""


class GetBuoyData(OneBuoy, Request[BuoyData]):
    """Standard measurements of one station: wind, waves, pressure, temperatures."""


class BuoyWave(BuoyRow):
    """Swell and wind waves at one time."""

    wave_height_m: MaybeFloat = Field(alias="WVHT")
    swell_height_m: MaybeFloat = Field(alias="SwH")
    swell_period_s: MaybeFloat = Field(alias="SwP")
    swell_direction: str | None = Field(alias="SwD")
    """Where it comes from: ``ESE``."""
    wind_wave_height_m: MaybeFloat = Field(alias="WWH")
    wind_wave_period_s: MaybeFloat = Field(alias="WWP")
    wind_wave_direction: str | None = Field(alias="WWD")
    steepness: str | None = Field(alias="STEEPNESS")
    """``VERY_STEEP``, ``STEEP``, ``AVERAGE`` or ``SWELL``."""
    average_period_s: MaybeFloat = Field(alias="APD")
    mean_direction_deg: MaybeFloat = Field(alias="MWD")


class BuoyWaves(Result):
    """Swell and wind waves at one station, newest first."""

    waves: list[BuoyWave]


class GetBuoyWaves(OneBuoy, Request[BuoyWaves]):
    """Swell and wind waves of one station, told apart."""


class BuoyWind(BuoyRow):
    """Wind of ten minutes."""

    wind_direction_deg: MaybeFloat = Field(alias="WDIR")
    wind_speed_m_s: MaybeFloat = Field(alias="WSPD")
    gust_direction_deg: MaybeFloat = Field(alias="GDR")
    gust_m_s: MaybeFloat = Field(alias="GST")
    """Strongest five seconds of the hour."""


class BuoyWinds(Result):
    """Wind at one station, newest first."""

    winds: list[BuoyWind]


class GetBuoyWinds(OneBuoy, Request[BuoyWinds]):
    """Wind of one station without a gap, every ten minutes."""


class BuoyOcean(BuoyRow):
    """The water at one time and depth."""

    depth_m: MaybeFloat = Field(alias="DEPTH")
    temperature_c: MaybeFloat = Field(alias="OTMP")
    conductivity_ms_cm: MaybeFloat = Field(alias="COND")
    """Millisiemens per centimetre."""
    salinity_psu: MaybeFloat = Field(alias="SAL")
    oxygen_percent: MaybeFloat = Field(alias="O2%")
    oxygen_ppm: MaybeFloat = Field(alias="O2PPM")
    chlorophyll_ug_l: MaybeFloat = Field(alias="CLCON")
    turbidity_ftu: MaybeFloat = Field(alias="TURB")
    ph: MaybeFloat = Field(alias="PH")
    redox_mv: MaybeFloat = Field(alias="EH")


class BuoyOceans(Result):
    """The water at one station, newest first."""

    samples: list[BuoyOcean]


class GetBuoyOcean(OneBuoy, Request[BuoyOceans]):
    """The water at one station: temperature, salt, oxygen, chlorophyll, acidity."""


class LatestBuoy(BuoyObservation):
    """The newest row of one station."""

    station_id: str = Field(alias="STN")
    latitude: float = Field(alias="LAT")
    longitude: float = Field(alias="LON")


class LatestBuoys(Result):
    """The newest row of each station."""

    stations: list[LatestBuoy]


class GetLatestBuoys(Box, Request[LatestBuoys]):
    """What all stations in a box, or on Earth (about 900), measured last."""


class BuoyStation(Result):
    """One station."""

    id: str
    latitude: float
    longitude: float
    name: str
    owner: str | None = None
    program: str | None = None
    type: str
    """``buoy``, ``fixed``, ``oilrig``, ``dart``, ``tao``, ``usv`` or ``other``."""
    elevation_m: MaybeFloat = None
    met: bool
    """Whether it measured weather in the last eight hours."""
    currents: bool
    """Likewise currents."""
    water_quality: bool
    """Likewise the water."""
    dart: bool
    """Whether it watched for tsunamis in the last day."""


class BuoyStations(Result):
    """Stations, as the network has them now."""

    created_at: Utc | None = None
    """When the list was made."""
    stations: list[BuoyStation]


class GetBuoyStations(Box, Request[BuoyStations]):
    """Active stations in a box, or on Earth (about 1300)."""

    type: Literal["buoy", "fixed", "oilrig", "dart", "tao", "usv", "other"] | None = None
    """Only of this kind."""
