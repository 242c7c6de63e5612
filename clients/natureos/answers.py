"""NatureOS's answers put into the contracts' shape."""

from typing import Any, Final

import orjson

from clients._http import HttpResponse
from contracts import UpstreamRejected
from contracts.natureos import DeviceAnomalies, Readings

Record = dict[str, Any]

_STATUSES: Final = ("Unknown", "Online", "Offline", "Maintenance", "Error")
_PLAIN: Final = frozenset({400, 404, 409})
NOT_IMPLEMENTED: Final = 501


def device(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return a device whose status is a name: the server writes the place in its list."""
    status = raw["status"]
    name = _STATUSES[status] if isinstance(status, int) else status
    return {**raw, "status": name}


def devices(raw: Any) -> Record:  # noqa: ANN401
    """Return all devices."""
    return {"items": [device(one) for one in raw["items"]]}


def listed(raw: Any) -> Record:  # noqa: ANN401
    """Return a bare list as the results."""
    return {"results": raw}


def scored(readings: Readings, kind: str, raw: Any) -> DeviceAnomalies:  # noqa: ANN401
    """Return readings, oldest first, each with what the detection says of it."""
    pairs = zip(readings.results, raw["isAnomaly"], raw["anomalyScores"], strict=True)
    found = [
        {"timestamp": one.timestamp, "value": one.value, "is_anomaly": odd, "score": score}
        for one, odd, score in pairs
    ]
    return DeviceAnomalies.model_validate(
        {
            "device_id": readings.results[0].device_id,
            "sensor_type": kind,
            "readings": found,
            "anomaly_count": raw["anomalyCount"],
            "message": raw.get("message"),
        }
    )


def refusal(response: HttpResponse) -> UpstreamRejected | None:
    """Return the refusal that is a bare text, a list of faults, in a 200, or a plain 501."""
    if response.status == NOT_IMPLEMENTED:
        return UpstreamRejected(f"HTTP 501: {orjson.loads(response.body)['message']}")
    if response.status in _PLAIN:
        return _plain(response.status, orjson.loads(response.body))
    if not (response.body.startswith(b"{") and b"Unknown function" in response.body):
        return None
    said = orjson.loads(response.body).get("error")
    told = isinstance(said, str) and said.startswith("Unknown function")
    return UpstreamRejected(f"HTTP {response.status}: {said}.") if told else None


def _plain(status: int, said: Any) -> UpstreamRejected | None:  # noqa: ANN401
    if isinstance(said, str):
        return UpstreamRejected(f"HTTP {status}: {said}")
    faults = said.get("errors")
    if not isinstance(faults, dict):
        return None
    told = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in faults.items())
    return UpstreamRejected(f"HTTP {status}: {told}")
