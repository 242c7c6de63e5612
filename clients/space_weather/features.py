"""The NWS's GeoJSON put into the contracts' shape, and questions put into its words."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import Field

from contracts import Facts, Result, UpstreamRejected
from contracts.space_weather import GetWeatherAlerts

Record = dict[str, Any]


class Cell(Result):
    """A grid cell of one office, fit to be part of an address."""

    office: str = Field(alias="gridId", pattern=r"^[A-Z]{3,4}$")
    grid_x: int = Field(alias="gridX", ge=0, le=10_000)
    grid_y: int = Field(alias="gridY", ge=0, le=10_000)


def degrees(value: float) -> str:
    """Return a coordinate as the NWS takes it without a redirect: 4 decimals, no spare zeros."""
    plain = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def cell(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return the grid cell of a point.

    Raises:
        UpstreamRejected: no office forecasts there.
    """
    found: Record = raw["properties"]
    if found["gridId"] is None:
        text = "The NWS has no forecast for this place: it lies at sea or outside the US."
        raise UpstreamRejected(text, Facts(upstream_status=200))
    return found


def forecast(raw: Any, cell: Cell) -> Record:  # noqa: ANN401
    """Return a forecast, with the cell that it is for."""
    said = raw["properties"]
    periods = [_period(one) for one in said["periods"]]
    return {**said, **vars(cell), "periods": periods}


def wanted(request: GetWeatherAlerts) -> Record:
    """Return the parameters of a question for alerts."""
    query: Record = {"area": request.state, "severity": request.severity}
    if request.lat is not None and request.lon is not None:
        query["point"] = f"{degrees(request.lat)},{degrees(request.lon)}"
    if request.active:
        return query
    return {**query, "limit": request.limit, "cursor": request.cursor}


def alerts(raw: Any, limit: int) -> Record:  # noqa: ANN401
    """Return at most so many alerts, newest first, and where the next page begins."""
    found = [one["properties"] for one in raw["features"]]
    found.sort(key=lambda one: datetime.fromisoformat(one["sent"]), reverse=True)
    return {"alerts": found[:limit], "next_cursor": _cursor(raw) if len(found) >= limit else None}


def _cursor(raw: Record) -> str | None:
    following = (raw.get("pagination") or {}).get("next") or ""
    return parse_qs(urlsplit(following).query).get("cursor", [None])[0]


def _period(one: Record) -> Record:
    chance = (one.get("probabilityOfPrecipitation") or {}).get("value")
    return {**one, "precipitation_percent": chance}
