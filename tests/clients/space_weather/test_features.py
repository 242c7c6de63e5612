from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clients.space_weather import features
from contracts import UpstreamRejected
from contracts.space_weather import GetWeatherAlerts, WeatherForecast


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (-0.00001, "0"),
        (40.0, "40"),
        (39.74, "39.74"),
        (39.74561, "39.7456"),
        (-97.08921, "-97.0892"),
        (-122.66361111, "-122.6636"),
        (100.0, "100"),
        (180, "180"),
    ],
)
def test_a_coordinate_has_four_decimals_and_no_spare_zero(value: float, text: str) -> None:
    assert features.degrees(value) == text


@given(st.floats(-180, 180))
def test_a_coordinate_stays_where_it_is(value: float) -> None:
    text = features.degrees(value)
    assert abs(float(text) - value) <= 0.00005 + 1e-9
    assert text == features.degrees(float(text))


def point(**more: object) -> dict[str, Any]:
    return {"properties": {"gridId": "TOP", "gridX": 32, "gridY": 81, **more}}


@pytest.mark.parametrize(
    "odd",
    [
        {"gridId": "../x"},
        {"gridId": "TOP/1,2/forecast?"},
        {"gridId": ""},
        {"gridX": -1},
        {"gridY": "evil"},
    ],
)
def test_a_cell_that_is_no_part_of_an_address_is_refused(odd: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        features.Cell.model_validate(features.cell(point(**odd)))


def test_a_point_without_a_grid_is_refused_in_words() -> None:
    with pytest.raises(UpstreamRejected, match="at sea or outside the US"):
        features.cell(point(gridId=None))


def test_a_forecast_has_its_cell_and_plain_percentages() -> None:
    period = {
        "startTime": "2026-08-07T18:00:00-05:00",
        "endTime": "2026-08-08T06:00:00-05:00",
        "isDaytime": False,
        "temperature": 66,
        "temperatureUnit": "F",
        "shortForecast": "Mostly Clear",
    }
    said = {
        "generatedAt": "2026-08-07T10:42:26+00:00",
        "updateTime": "2026-08-07T09:39:46+00:00",
        "periods": [
            {**period, "probabilityOfPrecipitation": {"value": 20}},
            {**period, "probabilityOfPrecipitation": {"value": None}},
            {**period, "probabilityOfPrecipitation": None},
            period,
        ],
    }
    cell = features.Cell.model_validate(features.cell(point(gridY=0)))
    found = WeatherForecast.model_validate(features.forecast({"properties": said}, cell))
    assert (found.office, found.grid_x, found.grid_y) == ("TOP", 32, 0)
    assert [p.precipitation_percent for p in found.periods] == [20, None, None, None]
    assert found.periods[0].start_time.isoformat() == "2026-08-07T23:00:00+00:00"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, {"area": None, "severity": None}),
        ({"state": "KS", "severity": "Severe"}, {"area": "KS", "severity": "Severe"}),
        ({"lat": 0.0, "lon": 0.0}, {"area": None, "severity": None, "point": "0,0"}),
        (
            {"active": False, "limit": 7, "cursor": "abc"},
            {"area": None, "severity": None, "limit": 7, "cursor": "abc"},
        ),
    ],
)
def test_a_question_for_alerts_in_the_words_of_the_nws(
    asked: dict[str, Any], said: dict[str, object]
) -> None:
    assert features.wanted(GetWeatherAlerts(**asked)) == said


def alerts(*sent: str, following: str | None = None, limit: int = 2) -> dict[str, Any]:
    raw: dict[str, Any] = {"features": [{"properties": {"sent": time}} for time in sent]}
    if following is not None:
        raw["pagination"] = {"next": following}
    return features.alerts(raw, limit)


def test_alerts_are_newest_first_across_time_zones_and_cut() -> None:
    found = alerts(
        "2026-08-07T16:00:00-05:00", "2026-08-07T15:30:00-08:00", "2026-08-07T12:00:00-05:00"
    )
    assert [one["sent"][11:16] for one in found["alerts"]] == ["15:30", "16:00"]


PAGE = "https://api.weather.gov/alerts?limit=2&cursor=eyJ0IjoxfQ%3D%3D"


@pytest.mark.parametrize(
    ("count", "following", "cursor"),
    [
        (2, PAGE, "eyJ0IjoxfQ=="),
        (1, PAGE, None),
        (2, None, None),
        (2, "", None),
        (2, "https://evil.example/?x=1", None),
    ],
)
def test_of_the_next_page_only_the_cursor_is_read(
    count: int, following: str | None, cursor: str | None
) -> None:
    found = alerts(*["2026-08-07T16:00:00-05:00"] * count, following=following)
    assert found["next_cursor"] == cursor
