"""The aurora map: one degree a cell, longitudes from 0 to 359.

https://www.swpc.noaa.gov/products/aurora-30-minute-forecast
"""

from typing import Any

from contracts.space_weather import GetAuroraForecast
from contracts.space_weather.geomagnetic import AuroraCell


def forecast(raw: Any, asked: GetAuroraForecast) -> dict[str, Any]:  # noqa: ANN401  (their JSON)
    """Return the cells that were asked for."""
    cells = [(lat, _east(lon), value) for lon, lat, value in raw["coordinates"]]
    if asked.lat is None or asked.lon is None:
        chosen = [cell for cell in cells if _inside(cell, asked)]
    else:
        chosen = [_nearest(cells, asked.lat, asked.lon)]
    return {
        "observed_at": raw["Observation Time"],
        "forecast_at": raw["Forecast Time"],
        "cells": sorted(chosen),
    }


def _east(lon: int) -> int:
    return (lon + 180) % 360 - 180


def _nearest(cells: list[AuroraCell], lat: float, lon: float) -> AuroraCell:
    place = (round(lat), _east(round(lon)))
    for cell in cells:
        if cell[:2] == place:
            return cell
    raise LookupError("the map has no such cell")


def _inside(cell: AuroraCell, asked: GetAuroraForecast) -> bool:
    lat, lon, value = cell
    if value < asked.minimum or not asked.south <= lat <= asked.north:
        return False
    return _between(lon, asked) or (lon == -180 and _between(180, asked))  # noqa: PLR2004


def _between(lon: int, asked: GetAuroraForecast) -> bool:
    if asked.west <= asked.east:
        return asked.west <= lon <= asked.east
    return lon >= asked.west or lon <= asked.east
