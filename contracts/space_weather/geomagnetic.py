"""The disturbance of Earth's magnetic field, and the aurora.

https://www.swpc.noaa.gov/products
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.space_weather.series import Sample


class KpSample(Sample):
    """The index of one three-hour interval."""

    kp: float | None
    """Planetary K index, 0 to 9, in thirds; 5 and more is a geomagnetic storm."""
    a_running: float | None = None
    """Running A index, the linear equivalent of K."""
    station_count: int | None = None
    """Observatories that contributed."""


class KpIndex(Result):
    """The planetary K index."""

    samples: list[KpSample]
    """Oldest first; `time` is the beginning of the three hours."""


class GetKpIndex(Request[KpIndex]):
    """The planetary K index of the last seven days, every three hours."""


class KpForecastSample(Sample):
    """One three-hour interval, past or to come."""

    kp: float | None
    """Planetary K index, 0 to 9, in thirds."""
    status: str = Field(alias="observed")
    """``observed``, ``estimated`` or ``predicted``."""
    noaa_scale: str | None = None
    """Geomagnetic storm scale, ``G1`` to ``G5``; null below."""


class KpForecast(Result):
    """The planetary K index, with what is expected."""

    samples: list[KpForecastSample]
    """Oldest first: about seven days back and three ahead."""


class GetKpForecast(Request[KpForecast]):
    """The planetary K index of the last seven days and its forecast for three."""


class EstimatedKpSample(Sample):
    """The estimate of one minute."""

    kp_index: int | None
    """Estimate as a whole number, 0 to 9."""
    estimated_kp: float | None
    """Estimate with its fraction; starts from 0 in every three hours."""
    kp: str | None = None
    """The same in thirds: ``2M`` 1.67, ``2Z`` 2, ``2P`` 2.33."""


class EstimatedKp(Result):
    """The running estimate of the planetary K index."""

    samples: list[EstimatedKpSample]
    """Oldest first, one a minute, about six hours."""


class GetEstimatedKp(Request[EstimatedKp]):
    """The planetary K index as it is estimated minute by minute."""


AuroraCell = tuple[int, int, float]
"""A square of one degree: degrees north, degrees east (-180 to 179), and how likely aurora is
overhead there, 0 to 100 (OVATION's value, mostly read as percent)."""


class AuroraForecast(Result):
    """SWPC's map of where aurora is to be expected."""

    observed_at: Utc
    """When the solar wind was measured that the model used."""
    forecast_at: Utc
    """For when the map holds: 30 to 100 minutes later."""
    cells: list[AuroraCell]
    """``[latitude, longitude, aurora]``, from south-west to north-east; one cell for a point."""


class GetAuroraForecast(Request[AuroraForecast]):
    """Where aurora is likely in the next hour: at a point, in a box, or on the whole Earth.

    The map has 65,160 cells: ask for a point (`lat`, `lon`), or for a box, to keep the reply small.
    """

    lat: Latitude | None = None
    """Point, degrees north; with `lon`. The answer is the one nearest cell."""
    lon: Longitude | None = None
    """Point, degrees east; with `lat`."""
    south: Latitude = -90.0
    """Southern edge of the box, degrees north."""
    north: Latitude = 90.0
    """Northern edge, degrees north."""
    west: Longitude = -180.0
    """Western edge, degrees east; larger than `east` for a box across the 180th meridian."""
    east: Longitude = 180.0
    """Eastern edge, degrees east."""
    minimum: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] = 5.0
    """Cells below this value are left out of a box; 0 returns all."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a point needs both lat and lon")
        if self.south > self.north:
            raise ValueError("south lies north of north: swap them")
        if self.lat is not None and self.model_fields_set - {"lat", "lon"}:
            raise ValueError("ask for a point (lat, lon) or for a box, not for both")
        return self
