"""What NatureOS computes, with MATLAB or, where there is none, simpler means of its own."""

from typing import Annotated

from pydantic import Field, JsonValue

from contracts._model import Content, Request, Result
from contracts._types import Utc
from contracts.natureos.parameters import DeviceId, Json, Metadata, SensorType, Series, Short

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]
"""Of a MATLAB function."""


class Anomalies(Result):
    """Which values of a series stand out."""

    is_anomaly: list[bool] = Field(alias="isAnomaly")
    """One for each value, as is `anomaly_scores`."""
    anomaly_scores: list[float] = Field(alias="anomalyScores")
    """Distance from the mean in standard deviations, where MATLAB has not its own measure."""
    anomaly_count: int = Field(alias="anomalyCount")
    message: str | None = None
    """How it was found out."""


class AnomalyDetectionTimeseries(Request[Anomalies]):
    """Which values of a series stand out."""

    time_series: Series


class ScoredReading(Result):
    """One value of a sensor, and whether it stands out."""

    timestamp: Utc
    value: float
    is_anomaly: bool
    score: float


class DeviceAnomalies(Result):
    """Which values of one sensor of a device stand out."""

    device_id: str
    sensor_type: str
    readings: list[ScoredReading]
    """Oldest first."""
    anomaly_count: int
    message: str | None = None
    """How it was found out."""


class RunAnomalyDetection(Request[DeviceAnomalies]):
    """Which of a sensor's last values stand out; two calls: the server itself has none for it."""

    device_id: DeviceId
    sensor_type: SensorType = "temperature"
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000
    """How many values, the last ones."""


class Forecast(Result):
    """What is to come."""

    predictions: list[float]
    timestamps: list[Utc]
    """One for each prediction."""
    confidence_interval: float = Field(alias="confidenceInterval")
    """Level of it: 0.95."""


class ForecastEnvironmental(Request[Forecast]):
    """The next hours of a quantity."""

    metric: Short
    """What it is: ``temperature``."""
    hours: Annotated[int, Field(ge=1, le=8760)] = 24
    historical_data: Series | None = None
    """Its last values by the hour; without MATLAB nothing is foretold from none but zeros."""


class Candidate(Result):
    """A species that it may be."""

    species: str
    confidence: float
    """0 to 1."""


class Morphology(Result):
    """What a signal says of the species."""

    top_species: str | None = Field(default=None, alias="topSpecies")
    """``Unknown`` without MATLAB."""
    confidence: float
    """0 to 1."""
    alternatives: list[Candidate]


class ClassifyMorphology(Request[Morphology]):
    """The species that a signal tells of."""

    signal_vector: Series


class Plot(Content):
    """A picture; without MATLAB one empty pixel."""


class GenerateVisualization(Request[Plot]):
    """A plot, as PNG."""

    plot_type: Short
    data: Metadata = {}
    """What to plot, as the kind of plot wants it."""


class Analysis(Result):
    """What a function answers."""

    success: bool
    outputs: Json
    """As the function names them."""
    error: str | None = None
    """What went wrong in it."""
    timestamp: Utc


class ExecuteAnalysis(Request[Analysis]):
    """A MATLAB function, by name; without MATLAB there is only ``calculateBiodiversityIndices``."""

    function_name: Name
    args: Annotated[list[JsonValue], Field(max_length=100)] = []
    """In order, as the function wants them."""


class RunSimulation(Request[Analysis]):
    """A simulation, by the name of its MATLAB function."""

    simulation_type: Name
    params: Metadata = {}
    """Its one argument."""


class MatlabHealth(Result):
    """Whether MATLAB is there."""

    available: bool
    mode: str
    """``ProductionServer``, or ``Fallback`` for the server's own simpler means."""
    message: str | None = None


class GetMatlabHealth(Request[MatlabHealth]):
    """Whether MATLAB is there."""
