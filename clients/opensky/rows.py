"""OpenSky's rows, whose places say what they are, put into the contracts' shape."""

from collections.abc import Mapping
from typing import Any, Final

from clients._reading import positions

_VECTOR: Final = (
    "icao24",
    "callsign",
    "origin_country",
    "time_position",
    "last_contact",
    "longitude",
    "latitude",
    "baro_altitude_m",
    "on_ground",
    "velocity_m_s",
    "true_track_deg",
    "vertical_rate_m_s",
    "sensors",
    "geo_altitude_m",
    "squawk",
    "spi",
    "position_source",
)
_WAYPOINT: Final = (
    "time",
    "latitude",
    "longitude",
    "baro_altitude_m",
    "true_track_deg",
    "on_ground",
)
_SOURCES: Final = dict(enumerate(("ADS-B", "ASTERIX", "MLAT", "FLARM")))
_CATEGORIES: Final = {
    2: "Light",
    3: "Small",
    4: "Large",
    5: "High vortex large",
    6: "Heavy",
    7: "High performance",
    8: "Rotorcraft",
    9: "Glider",
    10: "Lighter than air",
    11: "Parachutist",
    12: "Ultralight",
    14: "Unmanned",
    15: "Space",
    16: "Emergency vehicle",
    17: "Service vehicle",
    18: "Point obstacle",
    19: "Cluster obstacle",
    20: "Line obstacle",
}


def states(raw: Any, limit: int) -> Mapping[str, Any]:  # noqa: ANN401  (a vendor's JSON)
    """Return at most so many aircraft; where there are none the vendor says null."""
    rows = raw["states"] or []
    found = [_vector(row) for row in rows[:limit]]
    return {"time": raw["time"], "states": found, "total": len(rows)}


def track(raw: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Return a track, its points by name."""
    return {**raw, "path": [positions(_WAYPOINT, point) for point in raw["path"]]}


def _vector(row: list[Any]) -> Mapping[str, Any]:
    known = positions(_VECTOR, row)
    category: Any = row[len(_VECTOR)] if len(row) > len(_VECTOR) else None
    source = _SOURCES.get(known["position_source"])
    return {**known, "position_source": source, "category": _CATEGORIES.get(category)}
