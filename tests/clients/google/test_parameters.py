"""What Google would refuse, or take for something else, is refused before it leaves."""

from typing import Any, Final

import pytest
from pydantic import ValidationError

from contracts import google

POINT: Final = {"latitude": 0.0, "longitude": 0.0}
SPAN: Final = {"time_min": "2026-02-02T00:00:00Z", "time_max": "2026-02-01T00:00:00Z"}
TIMES: Final = {"start": "2026-02-01T09:00:00Z", "end": "2026-02-01T10:00:00Z"}
DAYS: Final = {"start_date": "2026-02-03", "end_date": "2026-02-04"}
HERE: Final = {"address": "here"}
WAY: Final = {"origin": HERE, "destination": HERE}
AROUND: Final = {**POINT, "radius_m": 1}
SEA: Final = {"south": 0, "west": 0, "north": 1, "east": 1}
BOX: Final = {"south": 1, "west": 0, "north": 0, "east": 1}
WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (google.Geocode, {}, "give address, components or both"),
    (google.Geocode, {"address": "x", "place_id": "y"}, "place_id alone"),
    (google.Geocode, {"components": {"country": "a|route:b"}}, "country"),
    (google.GetElevation, {"locations": [POINT], "samples": 3}, "two locations"),
    (google.GetElevation, {"locations": [{**POINT, "latitude": 91}]}, "latitude"),
    (google.GetDirections, {**WAY, "origin": {"latitude": 0}}, "together"),
    (google.GetDirections, {**WAY, "origin": {**HERE, **POINT}}, "exactly one of"),
    (google.GetDirections, {**WAY, "origin": {}}, "exactly one of"),
    (google.GetDirections, {**WAY, "travel_mode": "walk", "traffic": "aware"}, "drive and two"),
    (google.GetDirections, {**WAY, "arrival_time": TIMES["end"]}, "for transit"),
    (google.GetDirections, {**WAY, "intermediates": [HERE], "alternatives": True}, "no altern"),
    (google.GetRouteMatrix, {"origins": [POINT] * 26, "destinations": [POINT] * 25}, "650 pairs"),
    (google.GetRouteMatrix, {"origins": [HERE] * 50, "destinations": [HERE]}, "at most 50"),
    (google.SearchPlaces, {"query": "x", "inside": BOX}, "south must not"),
    (google.SearchPlaces, {"query": "x", "inside": SEA, "near": AROUND}, "not both"),
    (google.ListEvents, SPAN, "time_min must be"),
    (google.GetFreeBusy, SPAN, "time_min must be"),
    (google.CreateEvent, {"summary": "x"}, "give start and end, or"),
    (google.CreateEvent, {"summary": "x", "start": TIMES["start"]}, "start and end together"),
    (google.CreateEvent, {"summary": "x", "end_date": "2026-02-04"}, "end_date together"),
    (google.CreateEvent, {"summary": "x", **TIMES, **DAYS}, "not both"),
    (google.CreateEvent, {"summary": "x", **TIMES, "end": "2026-01-01"}, "start must not"),
    (google.CreateEvent, {"summary": "x", **DAYS, "end_date": "2026-02-03"}, "must be before"),
    (google.UpdateEvent, {"event_id": "x", "notify": "all"}, "something to change"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
