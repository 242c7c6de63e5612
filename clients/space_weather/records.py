"""NASA's answers put into the contracts' shape, and ranges of days put into its words."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from contracts.space_weather.days import DateRange

Record = dict[str, Any]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NAMED: Final = {"instruments": "displayName", "linkedEvents": "activityID"}


def days(asked: DateRange, start: str = "startDate", end: str = "endDate") -> Record:
    """Return a range as parameters, its open end closed as far away as it may be."""
    first, last = asked.start_date, asked.end_date
    return {start: first or _moved(last, -asked.span), end: last or _moved(first, asked.span)}


def events(raw: Any) -> Record:  # noqa: ANN401  (a vendor's JSON)
    """Return DONKI's records; nothing at all means that there are none."""
    if not isinstance(raw, list | None):
        raise TypeError("a list of records was expected")
    return {"results": [_event(one) for one in raw or []]}


def feed(raw: Any) -> Record:  # noqa: ANN401
    """Return NeoWs's days as one list."""
    found = [_object(one) for day in raw["near_earth_objects"].values() for one in day]
    found.sort(key=lambda one: one["close_approaches"][0]["time"])
    return {"element_count": raw["element_count"], "objects": found}


def page(raw: Any) -> Record:  # noqa: ANN401
    """Return one of NeoWs's pages, and the number of the next."""
    at, pages = raw["page"]["number"], raw["page"]["total_pages"]
    return {
        "objects": [_object(one) for one in raw["near_earth_objects"]],
        "page": at,
        "total_pages": pages,
        "total_objects": raw["page"]["total_elements"],
        "next_page": at + 1 if at + 1 < pages else None,
    }


def _moved(day: date | None, by: int) -> date | None:
    return day and day + timedelta(days=by)


def _event(record: Record) -> Record:
    plain = {
        name: [one[inner] for one in record[name]]
        for name, inner in _NAMED.items()
        if record.get(name)
    }
    return {**record, **plain}


def _object(record: Record) -> Record:
    metres = record.get("estimated_diameter", {}).get("meters", {})
    return {
        **record,
        "diameter_min_m": metres.get("estimated_diameter_min"),
        "diameter_max_m": metres.get("estimated_diameter_max"),
        "close_approaches": _approaches(record["close_approach_data"]),
    }


def _approaches(passages: Iterable[Record]) -> list[Record]:
    return [
        {
            "time": _EPOCH + timedelta(milliseconds=one["epoch_date_close_approach"]),
            "orbiting_body": one["orbiting_body"],
            "speed_km_s": one["relative_velocity"]["kilometers_per_second"],
            "miss_distance_km": one["miss_distance"]["kilometers"],
            "miss_distance_lunar": one["miss_distance"]["lunar"],
        }
        for one in passages
    ]
