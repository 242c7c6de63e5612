"""The wind from the Sun, measured 1.5 million km ahead of Earth.

https://www.swpc.noaa.gov/products/real-time-solar-wind
"""

from typing import Annotated

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.space_weather.series import Period, Sample

SpacecraftName = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9_-]+$")]


class Spacecraft(Result):
    """One source of the measurements."""

    name: str
    """``SOLAR1``, ``ACE``, ``IMAP`` …"""
    active: bool
    """Whether SWPC uses it now."""
    newest: Utc
    """Its newest sample; more than 30 minutes ago: the feed is stale."""


class _WindSample(Sample):
    spacecraft: str | None = Field(alias="source", default=None)
    """Who measured it; null in the old product."""
    active: bool | None = None
    """Whether SWPC used this spacecraft then."""
    quality: int | None = Field(alias="overall_quality", default=None)
    """0 is good, 1 suspect; null: not said."""


class PlasmaSample(_WindSample):
    """One minute of plasma."""

    speed_km_s: float | None = Field(alias="proton_speed")
    """Bulk speed of protons, km/s."""
    density_per_cm3: float | None = Field(alias="proton_density")
    """Protons per cubic centimetre."""
    temperature_k: float | None = Field(alias="proton_temperature")
    """Temperature of protons, K."""


class MagSample(_WindSample):
    """One minute of the interplanetary magnetic field, in GSM coordinates."""

    bt_nt: float | None = Field(alias="bt")
    """Strength, nT."""
    bx_gsm_nt: float | None = Field(alias="bx_gsm")
    """Towards the Sun, nT."""
    by_gsm_nt: float | None = Field(alias="by_gsm")
    """Towards dusk, nT."""
    bz_gsm_nt: float | None = Field(alias="bz_gsm")
    """Northward, nT; strongly negative values drive geomagnetic storms."""
    theta_gsm_deg: float | None = Field(alias="theta_gsm", default=None)
    """Latitude of the field's direction, degrees."""
    phi_gsm_deg: float | None = Field(alias="phi_gsm", default=None)
    """Longitude of the field's direction, degrees."""


class SolarWind(Result):
    """Speed, density and temperature of the solar wind."""

    samples: list[PlasmaSample]
    """Oldest first, one a minute and spacecraft."""
    spacecraft: list[Spacecraft]
    """All that the product has, asked for or not: empty samples and none active means that SWPC
    names no spacecraft of choice now."""


class SolarWindMag(Result):
    """The magnetic field that the solar wind carries."""

    samples: list[MagSample]
    """Oldest first, one a minute and spacecraft."""
    spacecraft: list[Spacecraft]
    """All that the product has, asked for or not."""


class GetSolarWind(Request[SolarWind]):
    """Speed, density and temperature of the solar wind, minute by minute.

    SWPC stopped ``products/solar-wind/plasma-*.json`` in 2026; this reads its successor
    ``json/rtsw/rtsw_wind_1m.json``, which reaches back one day.
    """

    period: Period = "1-day"
    """How far back from the newest sample."""
    spacecraft: SpacecraftName = "active"
    """``active``: the one SWPC uses; ``all``; or a name, such as ``ACE``."""


class GetSolarWindMag(Request[SolarWindMag]):
    """The magnetic field of the solar wind, minute by minute; in place of ``mag-*.json``."""

    period: Period = "1-day"
    """How far back from the newest sample."""
    spacecraft: SpacecraftName = "active"
    """``active``: the one SWPC uses; ``all``; or a name, such as ``ACE``."""


class GetAceMag(Request[SolarWindMag]):
    """The magnetic field of the solar wind as ACE measures it.

    The platform's path ``products/ace/mag_*.json`` is unknown to SWPC; these are ACE's lines of
    ``json/rtsw/rtsw_mag_1m.json``.
    """

    period: Period = "1-hour"
    """How far back from ACE's newest sample."""


class GetDscovrPlasma(Request[SolarWind]):
    """The plasma of the solar wind from the spacecraft that took DSCOVR's place.

    SWPC stopped DSCOVR in mid-2026 and with it ``products/dscovr/plasma-*.json``; these are the
    lines of the active spacecraft, now SOLAR-1, in ``json/rtsw/rtsw_wind_1m.json``.
    """

    period: Period = "1-day"
    """How far back from the newest sample."""
