"""What the Sun sends out: X-rays, protons, radio waves.

https://www.swpc.noaa.gov/products
"""

from typing import Literal

from pydantic import Field

from contracts._model import Request, Result
from contracts._types import Utc
from contracts.space_weather.series import GoesPeriod, Sample

Band = Literal["0.05-0.4nm", "0.1-0.8nm"]
"""GOES's short and long X-ray band; the long one gives a flare its class."""

ProtonEnergy = Literal[
    ">=1 MeV",
    ">=5 MeV",
    ">=10 MeV",
    ">=30 MeV",
    ">=50 MeV",
    ">=60 MeV",
    ">=100 MeV",
    ">=500 MeV",
]


class XraySample(Sample):
    """One minute in one band."""

    satellite: int | None = None
    """Number of the GOES satellite."""
    energy: str
    """The band: ``0.05-0.4nm`` or ``0.1-0.8nm``."""
    flux_w_m2: float | None = Field(alias="flux")
    """Flux corrected for electrons, W/m2; 1e-5 in the long band is a flare of class M1."""
    observed_flux_w_m2: float | None = Field(alias="observed_flux", default=None)
    """Flux as measured, W/m2."""
    electron_correction_w_m2: float | None = Field(alias="electron_correction", default=None)
    """What was taken off for electrons, W/m2."""
    electron_contamination: bool | None = Field(alias="electron_contaminaton", default=None)
    """Whether electrons disturbed the measurement (SWPC misspells the key)."""


class XrayFlux(Result):
    """The Sun's X-rays."""

    samples: list[XraySample]
    """Oldest first."""


class GetXrayFlux(Request[XrayFlux]):
    """The Sun's X-ray flux as the primary GOES satellite measures it, every minute."""

    period: GoesPeriod = "1-day"
    """How far back."""
    energy: Band | None = None
    """Only this band; both by default."""


class XrayFlare(Sample):
    """One flare; its times and classes are null while they are not known."""

    satellite: int | None = None
    """Number of the GOES satellite."""
    begin_time: Utc | None = None
    begin_class: str | None = None
    """X-ray class at its beginning: ``C1.2``."""
    max_time: Utc | None = None
    max_class: str | None = None
    """X-ray class at its peak: what the flare is called by."""
    max_flux_w_m2: float | None = Field(alias="max_xrlong", default=None)
    """Peak flux in the long band, W/m2."""
    end_time: Utc | None = None
    end_class: str | None = None


class XrayFlares(Result):
    """Flares that GOES saw."""

    flares: list[XrayFlare]
    """Oldest first."""


class GetXrayFlares(Request[XrayFlares]):
    """The flares of the last seven days, from the X-rays alone."""


class ProtonSample(Sample):
    """Five minutes above one energy."""

    satellite: int | None = None
    """Number of the GOES satellite."""
    energy: str
    """Least energy that is counted: ``>=10 MeV``."""
    flux_pfu: float | None = Field(alias="flux")
    """Protons per cm2, second and steradian (pfu); 10 pfu above 10 MeV is a storm of scale S1."""


class ProtonFlux(Result):
    """Energetic protons near Earth."""

    samples: list[ProtonSample]
    """Oldest first."""


class GetProtonFlux(Request[ProtonFlux]):
    """The flux of energetic protons as the primary GOES satellite measures it."""

    period: GoesPeriod = "1-day"
    """How far back."""
    energy: ProtonEnergy | None = None
    """Only above this energy; all by default."""


class F107Sample(Sample):
    """One measurement of the solar radio flux."""

    frequency_mhz: float | None = Field(alias="frequency", default=None)
    """Frequency, MHz; 2800 is 10.7 cm."""
    flux_sfu: float | None = Field(alias="flux")
    """Radio flux in solar flux units, 1e-22 W/m2/Hz."""
    schedule: str | None = Field(alias="reporting_schedule", default=None)
    """``Morning``, ``Noon`` or ``Afternoon``; noon is the one that counts for the day."""
    mean_90_days_sfu: float | None = Field(alias="ninety_day_mean", default=None)
    """Mean of the 90 days before; only at noon."""


class F107(Result):
    """The Sun's radio flux at 10.7 cm."""

    samples: list[F107Sample]
    """Oldest first (SWPC's file is in no order), three a day."""


class GetF107(Request[F107]):
    """The Sun's radio flux at 10.7 cm, three times a day: the measure of its activity."""
