"""Earth-2: weather models on the platform's own graphics card, asked through the MAS."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts._model import Request, Result
from contracts._types import Latitude, Longitude, Utc
from contracts.natureos.parameters import Short


class ModelRun(Result):
    """A run of a model."""

    run_id: str
    status: str
    model: str
    message: str = ""


class GetEarth2Forecast(Request[ModelRun]):
    """A weather forecast, up to 15 days ahead: it occupies the graphics card."""

    start_time: Utc | None = None
    """Absent: now."""
    end_time: Utc | None = None
    forecast_hours: Annotated[int, Field(ge=1, le=360)] | None = None
    """In place of `end_time`."""
    forecast_days: Annotated[int, Field(ge=1, le=15)] | None = None
    """In place of `end_time`; without any of the three: 7."""
    step_hours: Annotated[int, Field(ge=1, le=24)] = 6
    variables: Annotated[list[Short], Field(min_length=1, max_length=100)] = [
        "t2m",
        "u10",
        "v10",
        "tp",
    ]
    """ECMWF's short names."""
    pressure_levels: Annotated[
        list[Annotated[int, Field(ge=1, le=1100)]], Field(min_length=1, max_length=40)
    ] = [850, 500]
    """Hectopascals."""
    ensemble_members: Annotated[int, Field(ge=1, le=50)] = 1
    resolution: Annotated[float, Field(gt=0, le=5)] = 0.25
    """Degrees."""
    min_lat: Latitude | None = None
    max_lat: Latitude | None = None
    min_lon: Longitude | None = None
    max_lon: Longitude | None = None

    @model_validator(mode="after")
    def _plain(self) -> Self:
        ends = (self.end_time, self.forecast_hours, self.forecast_days)
        if sum(one is not None for one in ends) > 1:
            raise ValueError("give one of end_time, forecast_hours, forecast_days, or none")
        box = (self.min_lat, self.max_lat, self.min_lon, self.max_lon)
        if None in box and any(one is not None for one in box):
            raise ValueError("give all of min_lat, max_lat, min_lon, max_lon, or none")
        return self


class RunState(Result):
    """How far a run has come."""

    run_id: str
    status: str
    """``pending``, ``running``, ``completed`` or ``failed``."""
    model: str
    run_type: str
    requested_by: str
    request_timestamp: Utc
    started_at: Utc | None = None
    completed_at: Utc | None = None
    compute_time_seconds: float | None = None
    output_path: str | None = None
    """Where its output lies on the MAS."""
    error_message: str | None = None


class GetEarth2Run(Request[RunState]):
    """How far a run has come."""

    run_id: Annotated[str, Field(min_length=1, max_length=64)]
