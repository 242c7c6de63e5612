"""What is special to space weather as a whole: three upstreams, one key, and real samples."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from clients._environment import Environment
from clients._signals import seen
from clients.space_weather import SpaceWeather
from contracts import BadUpstreamReply, NotConfigured, UpstreamUnauthorized
from tests.support.kit import CANARY, Script, environment_of, kit_for, perform, reply, target_of

SAMPLES: Final = Path(__file__).parents[3] / "shared" / "samples"

# sample, operation that reads it, where its rows end up, how many, one thing that they say
CASES: Final[list[tuple[str, str, str, int, dict[str, Any]]]] = [
    (
        "noaa-swpc/planetary_k_index_1m.json",
        "get_estimated_kp",
        "samples",
        5,
        {"time": "2026-06-13T15:43:00Z", "kp_index": 1, "estimated_kp": 1.0, "kp": "1Z"},
    ),
    (
        "noaa-swpc/noaa_scales.json",
        "get_noaa_scales",
        "forecast",
        3,
        {"time": "2026-06-15T00:00:00Z"},
    ),
    (
        "noaa-swpc/alerts.json",
        "get_space_weather_alerts",
        "alerts",
        3,
        {"product_id": "K04W", "code": "WARK04"},
    ),
    (
        "noaa-swpc/goes_xrays_1day.json",
        "get_xray_flux",
        "samples",
        6,
        {"energy": "0.1-0.8nm", "electron_contamination": False, "satellite": 18},
    ),
    (
        "noaa-swpc/solar_wind_plasma.legacy.json",
        "get_solar_wind",
        "samples",
        3,
        {"speed_km_s": 565.9, "density_per_cm3": 0.31, "temperature_k": 2000.0},
    ),
    (
        "noaa-swpc/solar_wind_mag.legacy.json",
        "get_solar_wind_mag",
        "samples",
        3,
        {"bz_gsm_nt": -1.03, "bt_nt": 3.82, "phi_gsm_deg": 266.16, "theta_gsm_deg": -15.66},
    ),
    (
        "nasa-donki/cme.excerpt.json",
        "get_cme",
        "results",
        1,
        {"id": "2024-05-08T05:36:00-CME-001", "active_region": 13664},
    ),
    ("nasa-donki/flr.json", "get_solar_flares", "results", 3, {"class_type": "M1.8"}),
    (
        "nasa-donki/gst.json",
        "get_geomagnetic_storms",
        "results",
        1,
        {"id": "2024-05-10T15:00:00-GST-001", "instruments": []},
    ),
    (
        "nasa-donki/sep.json",
        "get_solar_energetic_particles",
        "results",
        2,
        {"sent_notifications": [], "event_time": "2024-05-09T14:25:00Z"},
    ),
]


def space_weather(*answers: Any, env: Environment | None = None) -> tuple[SpaceWeather, Script]:  # noqa: ANN401
    script = Script(*answers)
    return SpaceWeather(kit_for(SpaceWeather, script, env=env)), script


@pytest.mark.parametrize(("sample", "operation", "field", "count", "last"), CASES)
async def test_a_real_answer_reads(
    sample: str, operation: str, field: str, count: int, last: dict[str, Any]
) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    client, _ = space_weather(reply((SAMPLES / sample).read_bytes()))
    found = (await perform(client, operation)).model_dump(mode="json")[field]
    assert len(found) == count
    assert found[-1] == found[-1] | last


def test_every_sample_is_tried() -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    there = {
        f"{folder}/{path.name}"
        for folder in ("noaa-swpc", "nasa-donki")
        for path in (SAMPLES / folder).glob("*.json")
    }
    assert there == {case[0] for case in CASES}


def test_everything_is_read_and_may_be_cached_for_a_while() -> None:
    traits = {name: one.traits for name, one in SpaceWeather.operations.items()}
    assert {one.kind for one in traits.values()} == {"safe"}
    assert all(30 <= one.ttl <= 3600 for one in traits.values())


ONE_OF_EACH: Final[list[tuple[str, dict[str, Any], str, bytes]]] = [
    ("get_kp_index", {}, "swpc", b"[]"),
    ("get_solar_flares", {}, "nasa", b"[]"),
    ("get_weather_alerts", {}, "nws", b'{"features": []}'),
]


@pytest.mark.parametrize(("operation", "params", "upstream", "body"), ONE_OF_EACH)
async def test_the_key_goes_to_nasa_alone_and_into_no_address(
    operation: str, params: dict[str, Any], upstream: str, body: bytes
) -> None:
    client, script = space_weather(reply(body))
    await perform(client, operation, **params)
    (request,) = script.sent
    headers = {name.lower(): value for name, value in request.headers}
    assert headers.get("x-api-key", "").startswith(CANARY) == (upstream == "nasa")
    assert CANARY not in request.url
    assert ("user-agent" in headers) == (upstream == "nws")


@pytest.mark.parametrize(("operation", "params", "upstream", "body"), ONE_OF_EACH)
async def test_without_a_key_all_but_nasa_answers(
    operation: str, params: dict[str, Any], upstream: str, body: bytes
) -> None:
    client, script = space_weather(reply(body), env=Environment({}))
    if upstream == "nasa":
        with pytest.raises(NotConfigured, match="NASA_API_KEY"):
            await perform(client, operation, **params)
        assert script.sent == []
    else:
        await perform(client, operation, **params)


@pytest.mark.parametrize(
    "body", [b"<html>maintenance</html>", b"{}", b'"text"', b'{"error": {"code": "X"}}', b"[1]"]
)
@pytest.mark.parametrize("operation", sorted(SpaceWeather.operations))
async def test_an_answer_of_another_shape_is_a_bad_reply(operation: str, body: bytes) -> None:
    forecast = operation == "get_weather_forecast"
    params: dict[str, Any] = {"lat": 1, "lon": 1} if forecast else {}
    client, _ = space_weather(reply(body))
    with pytest.raises(BadUpstreamReply):
        await perform(client, operation, **params)


async def test_each_upstream_is_probed_by_a_cheap_call() -> None:
    client, script = space_weather(lambda _: reply({}))
    assert (await client.health_check())["status"] == "ok"
    assert {request.url.partition("://")[2] for request in script.sent} == {
        "services.swpc.noaa.gov/products/noaa-scales.json",
        "api.nasa.gov/DONKI/MPC",
        "api.weather.gov/points/39.7456,-97.0892",
    }


@pytest.mark.parametrize("code", ["API_KEY_INVALID", "API_KEY_MISSING", "API_KEY_DISABLED"])
async def test_nasa_says_403_to_a_bad_key(code: str) -> None:
    client, _ = space_weather(reply({"error": {"code": code, "message": "No."}}, 403))
    with pytest.raises(UpstreamUnauthorized, match=code):
        await perform(client, "get_cme")


def test_what_is_left_of_nasas_hour_is_heard() -> None:
    nasa = SpaceWeather.upstreams["nasa"]
    (one,) = seen(nasa.dialects, {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "12"}, 0)
    assert (one.remaining, one.reset_in) == (12, None)


@pytest.mark.parametrize(
    ("upstream", "text"),
    [("swpc", "1/s burst 5"), ("nasa", "1000/h"), ("nws", "2/s burst 10")],
)
def test_every_limit_has_its_source(upstream: str, text: str) -> None:
    facts = SpaceWeather.upstreams[upstream]
    assert str(facts.allowed(environment_of(SpaceWeather))) == text
    assert all(rate.source.startswith("https://") for rate in facts.limits)


def test_every_contract_says_what_its_numbers_mean() -> None:
    for one in SpaceWeather.operations.values():
        schema = json.dumps(one.request.model_json_schema())
        assert "description" in schema, one.name


async def test_the_addresses_have_variables() -> None:
    env = Environment({"SPACE_WEATHER_SWPC_URL": "http://mirror.test:8000/swpc/"})
    client, script = space_weather(reply([]), env=env)
    await perform(client, "get_f107")
    assert script.sent[0].url == "http://mirror.test:8000/swpc/json/f107_cm_flux.json"
    assert target_of(script.sent[0]) == "/swpc/json/f107_cm_flux.json"
