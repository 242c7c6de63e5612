"""What NatureOS and Earth-2 compute."""

from datetime import datetime
from typing import Any, Final

from clients._api import HttpCall
from clients._body import fields, json_of
from clients._operation import operation
from clients.natureos import answers, server
from contracts import Facts, UpstreamRejected
from contracts.natureos import (
    Analysis,
    Anomalies,
    AnomalyDetectionTimeseries,
    ClassifyMorphology,
    DeviceAnomalies,
    ExecuteAnalysis,
    Forecast,
    ForecastEnvironmental,
    GenerateVisualization,
    GetEarth2Forecast,
    GetEarth2Run,
    GetMatlabHealth,
    MatlabHealth,
    ModelRun,
    Morphology,
    Plot,
    Readings,
    RunAnomalyDetection,
    RunSimulation,
    RunState,
)

_ANOMALIES: Final = "/api/Matlab/anomaly-detection"
_ACTS: Final = "What it did depends on the function; nothing shows it."
_ALMOST_ZERO: Final = 1e-9


class Computing(server.Server):
    """Numbers in, numbers out; arrays go bare, as the server wants them."""

    @operation("safe", timeout=60)
    async def anomaly_detection_timeseries(self, request: AnomalyDetectionTimeseries) -> Anomalies:
        """Find the values of a series that stand out."""
        return await self.api.post(_ANOMALIES, request, json=request.time_series)

    @operation("safe", timeout=60)
    async def run_anomaly_detection(self, request: RunAnomalyDetection) -> DeviceAnomalies:
        """Find the values of a device's sensor that stand out."""
        readings = await self._last(request)
        values = json_of([one.value for one in readings.results])
        answer = await self.api.send(HttpCall("POST", _ANOMALIES, body=values))
        return self.api.parse(
            answer,
            DeviceAnomalies,
            lambda raw: answers.scored(readings, request.sensor_type, raw),
        )

    @operation("safe", timeout=60)
    async def forecast_environmental(self, request: ForecastEnvironmental) -> Forecast:
        """Foretell the next hours of a quantity."""
        body: dict[str, Any] = {"metric": request.metric, "horizonHours": request.hours}
        if request.historical_data:
            body["historicalData"] = request.historical_data
        return await self.api.post("/api/Matlab/forecast", request, json=body)

    @operation("safe", timeout=60)
    async def classify_morphology(self, request: ClassifyMorphology) -> Morphology:
        """Tell the species from a signal."""
        path = "/api/Matlab/classification"
        return await self.api.post(path, request, json=request.signal_vector)

    @operation("safe", timeout=60)
    async def generate_visualization(self, request: GenerateVisualization) -> Plot:
        """Draw a plot."""
        body = {"plotType": request.plot_type, "data": request.data}
        return await self.api.post("/api/Matlab/visualization", request, json=body)

    @operation("unsafe", timeout=120, look=_ACTS)  # what a function does is its own affair
    async def execute_analysis(self, request: ExecuteAnalysis) -> Analysis:
        """Run a MATLAB function."""
        path = "/api/Matlab/analysis/{function_name}"
        return await self.api.post(path, request, json=request.args)

    @operation("unsafe", timeout=120, look=_ACTS)
    async def run_simulation(self, request: RunSimulation) -> Analysis:
        """Run a simulation."""
        path = "/api/Matlab/analysis/{simulation_type}"
        return await self.api.post(path, request, json=[request.params])

    @operation("safe")
    async def get_matlab_health(self, request: GetMatlabHealth) -> MatlabHealth:
        """Return whether MATLAB is there."""
        return await self.api.get("/api/Matlab/health", request)

    @operation("unsafe", timeout=300, look="Nothing lists runs: a repeat is a second one.")
    async def get_earth2_forecast(self, request: GetEarth2Forecast) -> ModelRun:
        """Run a weather model."""
        edges = ("min_lat", "max_lat", "min_lon", "max_lon")
        body = fields(request, "start_time", "end_time", *edges)
        given = {name: value for name in edges if (value := getattr(request, name)) is not None}
        # the MAS takes an edge of 0 as not given, and forecasts the whole Earth
        body |= {name: value or _ALMOST_ZERO for name, value in given.items()}
        times = {"start_time": request.start_time, "end_time": request.end_time}
        body |= {name: _naive(moment) for name, moment in times.items() if moment}
        return await self.mas.post("/api/earth2/forecast", request, json=body)

    @operation("safe")
    async def get_earth2_run(self, request: GetEarth2Run) -> RunState:
        """Return how far a run of a weather model has come."""
        return await self.mas.get("/api/earth2/forecast/{run_id}", request)

    async def _last(self, request: RunAnomalyDetection) -> Readings:
        query = {"sensor_type": request.sensor_type, "limit": request.limit}
        path = "/devices/{device_id}/sensor-data"
        answer = await self.api.send(HttpCall("GET", path, vars(request), query))
        found = self.api.parse(answer, Readings)
        if not found.results:
            text = f"{request.device_id} has no {request.sensor_type} to look at."
            raise UpstreamRejected(text, Facts(upstream_status=answer.status))
        return found.model_copy(update={"results": found.results[::-1]})


def _naive(moment: datetime) -> str:
    """Return UTC without its zone: the MAS counts from a now without one."""
    return moment.replace(tzinfo=None).isoformat()
