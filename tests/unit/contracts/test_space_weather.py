from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from contracts import Request, Result
from contracts import space_weather as contracts

DATED = [
    contracts.GetCme,
    contracts.GetCmeAnalysis,
    contracts.GetGeomagneticStorms,
    contracts.GetHighSpeedStreams,
    contracts.GetInterplanetaryShocks,
    contracts.GetMagnetopauseCrossings,
    contracts.GetNotifications,
    contracts.GetRadiationBeltEnhancements,
    contracts.GetSolarEnergeticParticles,
    contracts.GetSolarFlares,
    contracts.GetWsaEnlilSimulations,
    contracts.GetNeoFeed,
]
REQUESTS = [
    found for name in contracts.__all__ if issubclass(found := getattr(contracts, name), Request)
]


def refused(request: type[Request[Result]], **asked: Any) -> str:  # noqa: ANN401
    with pytest.raises(ValidationError) as caught:
        request.model_validate(asked)
    return str(caught.value)


@pytest.mark.parametrize("request_class", DATED)
def test_days_are_in_order_and_a_range_is_bounded(request_class: type[Request[Result]]) -> None:
    span = 7 if request_class is contracts.GetNeoFeed else 30
    longest = {"start_date": "2024-05-01", "end_date": date(2024, 5, 1 + span).isoformat()}
    assert request_class.model_validate(longest).model_fields_set == {"start_date", "end_date"}
    assert request_class.model_validate({}).model_fields_set == set()
    backwards = refused(request_class, start_date="2024-05-02", end_date="2024-05-01")
    assert "end_date lies before start_date" in backwards
    long = refused(request_class, start_date="2024-04-30", end_date=longest["end_date"])
    assert f"{span + 1} days of at most {span}" in long


@pytest.mark.parametrize(
    "day", ["2024-13-01", "08.05.2024", "today", "1899-12-31", "2201-01-01", "2024-05-08T10:00"]
)
def test_a_day_is_a_real_day(day: str) -> None:
    assert "start_date" in refused(contracts.GetCme, start_date=day)


@pytest.mark.parametrize("request_class", REQUESTS)
def test_a_request_takes_nothing_that_it_does_not_know(
    request_class: type[Request[Result]],
) -> None:
    assert "Extra inputs" in refused(request_class, api_key="canary")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"lat": 60}, "a point needs both lat and lon"),
        ({"lon": 60}, "a point needs both lat and lon"),
        ({"south": 10, "north": 9}, "south lies north of north"),
        ({"lat": 0, "lon": 0, "south": 10}, "not for both"),
        ({"lat": 90.1, "lon": 0}, "less than or equal to 90"),
        ({"lat": "nan", "lon": 0}, "finite"),
        ({"minimum": 101}, "less than or equal to 100"),
    ],
)
def test_the_aurora_is_asked_for_a_point_or_a_box(asked: dict[str, Any], reason: str) -> None:
    assert reason in refused(contracts.GetAuroraForecast, **asked)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"lat": 60}, "a point needs both lat and lon"),
        ({"lat": 0, "lon": 0, "state": "KS"}, "not for both"),
        ({"cursor": "abc"}, "active alerts have one page"),
        ({"state": "ks"}, "pattern"),
        ({"limit": 501}, "less than or equal to 500"),
    ],
)
def test_alerts_are_asked_for_one_place(asked: dict[str, Any], reason: str) -> None:
    assert reason in refused(contracts.GetWeatherAlerts, **asked)


@pytest.mark.parametrize("name", ["", "a/b", "A B", "x" * 21])
def test_a_spacecraft_has_a_plain_name(name: str) -> None:
    assert "spacecraft" in refused(contracts.GetSolarWind, spacecraft=name)


def test_coordinate_zero_is_a_place() -> None:
    assert contracts.GetWeatherForecast(lat=0, lon=0).lat == 0.0
    assert contracts.GetAuroraForecast(lat=0, lon=0).lon == 0.0
