"""A series of measurements: its line, and how far it reaches back."""

from typing import Literal

from pydantic import ConfigDict, Field

from contracts._model import Result
from contracts._types import Utc

Period = Literal["5-minute", "1-hour", "2-hour", "6-hour", "1-day"]
"""How far back from the newest sample."""

GoesPeriod = Literal["6-hour", "1-day", "3-day", "7-day"]
"""The spans for which SWPC publishes GOES data."""


class Sample(Result):
    """One line of a series. A day has some 1,440: what is not named here is left out."""

    model_config = ConfigDict(extra="ignore")

    time: Utc = Field(alias="time_tag")
    """When it was measured, or what it is valid for; UTC."""
