"""The NWS's operations, from parameters to the wire and from features to results."""

from typing import Any

import pytest

from clients.space_weather import SpaceWeather
from contracts import UpstreamRejected
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    target_of,
)

POINT = {"gridId": "TOP", "gridX": 32, "gridY": 81}
FORECAST = {
    "generatedAt": "2026-08-07T10:42:26+00:00",
    "updateTime": "2026-08-07T09:39:46+00:00",
    "periods": [],
}


def scripted(**point: object) -> Script:
    return Script(reply({"properties": POINT | point}), reply({"properties": FORECAST}))


@pytest.mark.parametrize(
    ("params", "targets"),
    [
        (
            {"lat": 39.74561, "lon": -97.08921},
            ["/points/39.7456,-97.0892", "/gridpoints/TOP/32,81/forecast?units=us"],
        ),
        (
            {"lat": 0, "lon": -0.0, "units": "si"},
            ["/points/0,0", "/gridpoints/TOP/32,81/forecast?units=si"],
        ),
        (
            {"lat": 40.0, "lon": -100.5, "hourly": True},
            ["/points/40,-100.5", "/gridpoints/TOP/32,81/forecast/hourly?units=us"],
        ),
    ],
)
async def test_a_forecast_is_two_calls(params: dict[str, Any], targets: list[str]) -> None:
    script = scripted()
    await perform(SpaceWeather(kit_for(SpaceWeather, script)), "get_weather_forecast", **params)
    assert [target_of(one) for one in script.sent] == targets
    assert all(one.url.startswith("https://api.weather.gov/") for one in script.sent)
    assert all(("Accept", "application/geo+json") in one.headers for one in script.sent)


async def test_an_address_in_the_answer_is_not_followed() -> None:
    script = scripted(forecast="http://169.254.169.254/latest/meta-data/", forecastHourly="x:")
    client = SpaceWeather(kit_for(SpaceWeather, script))
    await perform(client, "get_weather_forecast", lat=1, lon=1)
    assert script.sent[1].url.startswith("https://api.weather.gov/gridpoints/TOP/32,81/")


@pytest.mark.parametrize(
    ("params", "target"),
    [
        ({}, "/alerts/active"),
        ({"state": "KS"}, "/alerts/active?area=KS"),
        ({"lat": 37.69, "lon": -97.34}, "/alerts/active?point=37.69%2C-97.34"),
        ({"severity": "Extreme", "limit": 5}, "/alerts/active?severity=Extreme"),
        ({"active": False}, "/alerts?limit=100"),
        (
            {"active": False, "state": "GM", "limit": 3, "cursor": "a=="},
            "/alerts?area=GM&limit=3&cursor=a%3D%3D",
        ),
    ],
)
async def test_what_leaves_is_one_question_for_alerts(params: dict[str, Any], target: str) -> None:
    script = Script(reply({"features": []}))
    client = SpaceWeather(kit_for(SpaceWeather, script))
    await perform(client, "get_weather_alerts", **params)
    assert [target_of(one) for one in script.sent] == [target]


async def result(case: str) -> Any:  # noqa: ANN401  (each operation's own)
    recorded = recording(SpaceWeather, case)
    played = Playback(recorded, SpaceWeather, environment_of(SpaceWeather))
    client = SpaceWeather(kit_for(SpaceWeather, Script(played)))
    return await perform(client, recorded.operation, **recorded.params)


async def test_a_forecast_is_by_half_days_or_by_hours() -> None:
    days, hours = (
        await result("get_weather_forecast.success"),
        await result("get_weather_forecast.hourly"),
    )
    assert [(p.name, p.temperature, p.temperature_unit) for p in days.periods] == [
        ("Today", 88, "F"),
        ("Tonight", 66, "F"),
    ]
    assert (hours.periods[0].name, hours.periods[0].temperature_unit) == ("", "C")


@pytest.mark.parametrize("case", ["refusal", "marine"])
async def test_a_place_without_a_forecast_is_refused_in_the_nwss_words(case: str) -> None:
    with pytest.raises(UpstreamRejected, match=r"HTTP 404: (Data Unavailable|Marine Forecast)"):
        await result(f"get_weather_forecast.{case}")


async def test_past_alerts_come_page_by_page() -> None:
    first = await result("get_weather_alerts.past")
    then = await result("get_weather_alerts.next")
    assert first.next_cursor == recording(SpaceWeather, "get_weather_alerts.next").params["cursor"]
    assert then.next_cursor is None


async def test_alerts_in_force_are_the_newest_and_have_no_next_page() -> None:
    recorded = recording(SpaceWeather, "get_weather_alerts.success").exchanges[0].response.body
    client = SpaceWeather(kit_for(SpaceWeather, Script(reply(recorded))))
    found: Any = await perform(client, "get_weather_alerts", limit=1)
    assert [one.event for one in found.alerts] == ["Severe Thunderstorm Warning"]
    assert found.alerts[0].message_type == "Update"
    assert found.next_cursor is None
