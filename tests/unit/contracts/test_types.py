from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts._types import Latitude, Longitude, Utc

MOMENT = TypeAdapter[datetime](Utc)


@pytest.mark.parametrize(
    "text",
    [
        "2024-05-08T01:33Z",
        "2024-05-08T01:33:00",
        "2024-05-08 01:33:00.000",
        "2024-05-08T03:33:00+02:00",
    ],
)
def test_a_moment_is_in_utc(text: str) -> None:
    assert MOMENT.validate_python(text) == datetime(2024, 5, 8, 1, 33, tzinfo=UTC)
    assert MOMENT.validate_python(text).tzinfo is UTC


@pytest.mark.parametrize("value", [91, -91, float("nan"), float("inf")])
def test_coordinates_are_bounded(value: float) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Latitude).validate_python(value)


def test_zero_is_a_coordinate() -> None:
    assert TypeAdapter(Longitude).validate_python(0.0) == 0.0
