"""What SWPC says of the state of space weather: scales and alerts.

https://www.swpc.noaa.gov/noaa-scales-explanation
"""

from pydantic import ConfigDict, Field

from contracts._model import Request, Result
from contracts._types import Utc


class Scale(Result):
    """One NOAA scale on one day; what does not apply is null."""

    model_config = ConfigDict(extra="ignore")

    scale: int | None = Field(alias="Scale", default=None)
    """0 (none) to 5 (extreme)."""
    text: str | None = Field(alias="Text", default=None)
    """``none``, ``minor``, ``moderate``, ``strong``, ``severe``, ``extreme``."""
    minor_percent: float | None = Field(alias="MinorProb", default=None)
    """Of `radio_blackout`: chance of R1 or R2, percent."""
    major_percent: float | None = Field(alias="MajorProb", default=None)
    """Of `radio_blackout`: chance of R3 or more, percent."""
    percent: float | None = Field(alias="Prob", default=None)
    """Of `radiation_storm`: chance of S1 or more, percent."""


class ScaleDay(Result):
    """The three scales of one day."""

    model_config = ConfigDict(extra="ignore")

    time: Utc
    """When this was valid, or begins to be."""
    radio_blackout: Scale = Field(alias="R")
    """R1 to R5, from flares."""
    radiation_storm: Scale = Field(alias="S")
    """S1 to S5, from protons."""
    geomagnetic_storm: Scale = Field(alias="G")
    """G1 to G5."""


class NoaaScales(Result):
    """The NOAA space weather scales."""

    past: ScaleDay
    """The highest of the last 24 hours."""
    current: ScaleDay
    forecast: list[ScaleDay]
    """Today and the next days, in order."""


class GetNoaaScales(Request[NoaaScales]):
    """The NOAA scales R, S and G: of the last day, now, and expected."""


class SpaceWeatherAlert(Result):
    """One message of SWPC."""

    product_id: str
    """Kind of message: ``K04A``."""
    issued: Utc = Field(alias="issue_datetime")
    code: str | None = None
    """Message code of the text: ``ALTK04`` an alert, ``WAR…`` a warning, ``WAT…`` a watch."""
    message: str
    """The text as SWPC wrote it, lines ended by ``\\n``."""


class SpaceWeatherAlerts(Result):
    """SWPC's alerts, warnings and watches."""

    alerts: list[SpaceWeatherAlert]
    """Newest first, about a month."""


class GetSpaceWeatherAlerts(Request[SpaceWeatherAlerts]):
    """The alerts, warnings and watches that SWPC issued in about the last month."""
