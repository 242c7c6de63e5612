"""What may be asked of the greenhouse."""

from typing import Annotated

from pydantic import Field

from contracts import Request, Result
from contracts._types import Utc


class Climate(Result):
    """The air over a bed."""

    temperature_c: float = Field(alias="temp")
    humidity_percent: float = Field(alias="rh")
    measured_at: Utc = Field(alias="at")


class GetClimate(Request[Climate]):
    """The air over one bed."""

    bed: Annotated[str, Field(min_length=1, max_length=32)]
    """As painted on its frame: ``north-2``."""
