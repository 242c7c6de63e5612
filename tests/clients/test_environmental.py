"""What is special to the air: eight vendors' keys and quotas, rows and columns, 0.0."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from clients._environment import Environment
from clients._limits import Bucket
from clients._signals import seen
from clients.environmental import Environmental
from contracts import (
    BadUpstreamReply,
    InvalidRequest,
    NotConfigured,
    Result,
    UpstreamRejected,
)
from contracts._reading import read_request
from contracts.environmental import (
    AirnowForecasts,
    AirnowObservations,
    AirnowReadings,
    AirQualityForecast,
    CityAir,
    Fires,
    Measurements,
    OpenaqLocations,
    PurpleairHistory,
    PurpleairSensors,
    RadiationMeasurements,
    WaqiFeed,
    WaqiStations,
)
from tests.support.clock import QuickClock
from tests.support.kit import (
    CANARY,
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
)

SAMPLES: Final = Path(__file__).parents[3] / "shared" / "samples"
ZERO: Final[dict[str, Any]] = {"lat": 0.0, "lon": 0.0}
BOX: Final[dict[str, Any]] = {"south": 0.0, "west": 0.0, "north": 1.0, "east": 1.0}


def air(*answers: Any, env: Environment | None = None) -> tuple[Environmental, Script]:  # noqa: ANN401
    script = Script(*answers)
    return Environmental(kit_for(Environmental, script, env=env, clock=QuickClock())), script


async def replay(name: str) -> Result:
    one = recording(Environmental, name)
    client, _ = air(Playback(one, Environmental, environment_of(Environmental)))
    return await perform(client, one.operation, **one.params)


ADDRESSES: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("get_openaq_locations", ZERO, "coordinates=0.0%2C0.0&radius=25000"),
    ("get_openaq_locations", BOX, "bbox=0.0%2C0.0%2C1.0%2C1.0"),
    ("get_airnow_current", ZERO, "latitude=0.0&longitude=0.0"),
    ("get_purpleair_sensors", BOX, "nwlng=0.0&nwlat=1.0&selng=1.0&selat=0.0"),
    ("get_iqair_nearest", ZERO, "lat=0.0&lon=0.0"),
    ("get_radiation_measurements", ZERO, "latitude=0.0&longitude=0.0"),
    ("get_waqi_feed", ZERO, "/feed/geo:0.0;0.0/"),
    ("get_ambee_air_quality", ZERO, "lat=0.0&lng=0.0"),
    ("get_air_quality_forecast", ZERO, "latitude=0.0&longitude=0.0"),
]


@pytest.mark.parametrize(("operation", "params", "said"), ADDRESSES)
async def test_0_0_is_a_place(operation: str, params: dict[str, Any], said: str) -> None:
    client, script = air(reply({"message": "no"}, 404))
    with pytest.raises(UpstreamRejected):
        await perform(client, operation, **params)
    assert said in script.sent[0].url


BAD: Final[list[tuple[str, dict[str, Any]]]] = [
    ("get_openaq_locations", {"lat": 0.0}),
    ("get_openaq_locations", ZERO | BOX),
    ("get_openaq_locations", BOX | {"west": 179.0, "east": -179.0}),
    ("get_openaq_locations", {"south": 0.0, "north": 1.0}),
    ("get_airnow_current", {}),
    ("get_airnow_forecast", ZERO | {"zip_code": "20002"}),
    ("get_airnow_data", BOX | {"begin": "2026-01-01T00:00:00Z", "end": "2026-01-02T01:00:00Z"}),
    ("get_airnow_data", BOX | {"begin": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"}),
    ("get_waqi_map", BOX | {"south": 2.0}),
    ("get_waqi_feed", {}),
    ("get_waqi_feed", ZERO | {"uid": 1}),
    ("get_purpleair_sensors", {}),
    ("get_purpleair_sensors", BOX | {"fields": ["name,key"]}),
    (
        "get_purpleair_history",
        {"sensor_index": 1, "begin": "2026-01-02T00:00:00Z", "end": "2026-01-01T00:00:00Z"},
    ),
    ("get_air_quality_forecast", ZERO | {"variables": ["radon"]}),
]


@pytest.mark.parametrize(("operation", "params"), BAD)
def test_what_makes_no_sense_never_leaves(operation: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        read_request(Environmental.operations[operation].request, params)


WINDOWS: Final = {
    "openaq": "60/m, 2000/h",
    "airnow": "500/h",
    "purpleair": "10/s",
    "iqair": "5/m, 500/d, 10000/mo",
    "safecast": "1/s burst 5",
    "waqi": "5/s burst 10",
    "ambee": "1/s burst 5, 100/d",
    "open_meteo": "600/m, 5000/h, 10000/d",
}


def test_every_window_of_every_vendor() -> None:
    env = environment_of(Environmental)
    found = {name: str(one.allowed(env)) for name, one in Environmental.upstreams.items()}
    assert found == WINDOWS


def test_openaq_tells_what_is_left_of_a_minute() -> None:
    openaq = Environmental.upstreams["openaq"]
    (one,) = seen(openaq.dialects, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "17"}, 0.0)
    bucket = Bucket(openaq.allowed(Environment({})).rates)
    bucket.observe(0.0, one)
    assert bucket.wait(0.0) == pytest.approx(17)


COSTS: Final[list[tuple[str, dict[str, Any], float]]] = [
    ("get_air_quality_forecast", ZERO, 1),
    ("get_air_quality_forecast", ZERO | {"past_days": 92, "forecast_days": 6}, 4.2),
    ("get_air_quality_forecast", ZERO | {"variables": ["dust"] * 20}, 2),
    ("get_purpleair_sensors", BOX, 5),
    ("get_purpleair_sensor", {"sensor_index": 1}, 1),
    ("get_purpleair_points", {}, 10),
]


@pytest.mark.parametrize(("operation", "params", "cost"), COSTS)
def test_calls_that_count_for_several(operation: str, params: dict[str, Any], cost: float) -> None:
    facts = Environmental.operations[operation]
    assert facts.cost(read_request(facts.request, params)) == pytest.approx(cost)


KEYS: Final[list[tuple[str, dict[str, Any], str, str]]] = [
    ("get_openaq_location", {"location_id": 1}, "OPENAQ_API_KEY", "X-API-Key"),
    ("get_airnow_current", ZERO, "EPA_AIRNOW_API_KEY", "API_KEY"),
    ("get_purpleair_points", {}, "PURPLEAIR_API_KEY", "X-API-Key"),
    ("get_iqair_countries", {}, "IQAIR_API_KEY", "key"),
    ("search_waqi", {"keyword": "x"}, "WAQI_API_TOKEN", "token"),
    ("get_ambee_fire", ZERO, "AMBEE_API_KEY", "x-api-key"),
    ("get_radiation_measurement", {"measurement_id": 1}, "SAFECAST_API_KEY", "api_key"),
    ("get_air_quality_forecast", ZERO, "OPEN_METEO_API_KEY", "apikey"),
]
OPEN: Final = {"SAFECAST_API_KEY", "OPEN_METEO_API_KEY"}


@pytest.mark.parametrize(("operation", "params", "variable", "place"), KEYS)
async def test_each_key_goes_where_it_belongs(
    operation: str, params: dict[str, Any], variable: str, place: str
) -> None:
    client, script = air(reply({}, 404), env=Environment({variable: CANARY}))
    with pytest.raises(UpstreamRejected):
        await perform(client, operation, **params)
    (request,) = script.sent
    assert dict(request.headers).get(place) == CANARY or request.secret == f"{place}={CANARY}"
    client, script = air(reply({}, 404), env=Environment({}))
    with pytest.raises(UpstreamRejected if variable in OPEN else NotConfigured):
        await perform(client, operation, **params)


async def test_openaq_pages() -> None:
    full, last = (
        await replay("get_openaq_locations.box"),
        await replay("get_openaq_locations.success"),
    )
    assert isinstance(full, OpenaqLocations)
    assert isinstance(last, OpenaqLocations)
    assert (full.found, full.next_page) == (1, 2)
    assert (last.found, last.next_page) == (1, None)
    assert last.locations[0].first_at == datetime(2016, 3, 6, 19, tzinfo=UTC)


@pytest.mark.parametrize(("case", "hour"), [("success", 12), ("days", 6)])
async def test_measurements_have_their_interval(case: str, hour: int) -> None:
    found = await replay(f"get_air_quality_measurements.{case}")
    assert isinstance(found, Measurements)
    begin = found.measurements[0].period.begin
    assert begin
    assert (begin.hour, begin.tzinfo) == (hour, UTC)
    assert found.measurements[0].parameter.units == "µg/m³"


async def test_airnow_times_are_utc() -> None:
    found = await replay("get_airnow_current.success")
    assert isinstance(found, AirnowObservations)
    first = found.observations[0]
    assert first.observed_at == datetime(2020, 12, 20, 23, tzinfo=UTC)
    assert (first.parameter, first.aqi, first.category) == ("OZONE", 44, "Good")


async def test_airnow_in_a_zone_that_nobody_knows_has_no_time() -> None:
    row = recording(Environmental, "get_airnow_current.success").exchanges[0].response.body[0]
    client, _ = air(reply([row | {"localTimeZone": "XYZ", "nowcastAQI": -1}]))
    found = await perform(client, "get_airnow_current", **ZERO)
    assert isinstance(found, AirnowObservations)
    assert (found.observations[0].observed_at, found.observations[0].aqi) == (None, None)


async def test_airnow_forecasts_a_category_without_an_index() -> None:
    found = await replay("get_airnow_forecast.success")
    assert isinstance(found, AirnowForecasts)
    first, second = found.forecasts
    assert (first.aqi, first.action_day, first.day) == (101, True, date(2026, 8, 1))
    assert (second.aqi, second.category) == (None, "Moderate")


async def test_airnow_sentinels_are_no_values() -> None:
    found = await replay("get_airnow_data.success")
    assert isinstance(found, AirnowReadings)
    assert [(one.value, one.aqi) for one in found.readings] == [(44.0, 41), (None, None)]


@pytest.mark.parametrize("body", [{}, {"message": "Welcome"}, "text", None])
async def test_what_is_no_list_of_airnow_is_told(body: object) -> None:
    client, _ = air(reply(body))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "get_airnow_current", **ZERO)


async def test_purpleair_rows_are_sensors() -> None:
    found, other = (
        await replay("get_purpleair_sensors.success"),
        await replay("get_purpleair_sensors.indexes"),
    )
    assert isinstance(found, PurpleairSensors)
    assert isinstance(other, PurpleairSensors)
    first, second = found.sensors
    assert (first.pm2_5, first.pm10, first.temperature_f) == (1.1, 1.9, 69)
    assert (second.name, second.pm2_5) == ("BRSKBV-outside", None)
    (inside,) = other.sensors
    assert (inside.location, (inside.model_extra or {})["pm2.5_cf_1"]) == ("inside", 2.5)


async def test_purpleair_history_is_in_order() -> None:
    found = await replay("get_purpleair_history.success")
    assert isinstance(found, PurpleairHistory)
    assert [one.pm2_5 for one in found.rows] == [1.1, 1.0, 0.5]
    assert found.rows[0].time == datetime(2022, 11, 1, 21, tzinfo=UTC)


async def test_iqair_names_pollutants_and_turns_coordinates() -> None:
    found = await replay("get_iqair_nearest.success")
    assert isinstance(found, CityAir)
    assert (found.latitude, found.longitude) == (34.0669, -118.2417)
    assert (found.pollution.main_us, found.pollution.main_cn) == ("pm2.5", "pm10")
    assert found.weather
    assert found.weather.wind_speed_m_s == 4.6


async def test_a_full_page_of_radiation_has_a_next_one() -> None:
    last, full = (
        await replay("get_radiation_measurements.success"),
        await replay("get_radiation_measurements.newest"),
    )
    assert isinstance(last, RadiationMeasurements)
    assert isinstance(full, RadiationMeasurements)
    assert (last.next_page, full.next_page) == (None, 3)


async def test_a_silent_station_has_no_index() -> None:
    found, silent = await replay("get_waqi_feed.success"), await replay("get_waqi_feed.silent")
    assert isinstance(found, WaqiFeed)
    assert isinstance(silent, WaqiFeed)
    assert (found.aqi, found.dominant, found.values["t"]) == (71, "pm25", 19.7)
    assert found.forecast["pm25"][0].day == date(2020, 6, 13)
    assert (silent.aqi, silent.dominant, silent.time, silent.forecast) == (None, None, None, {})


@pytest.mark.parametrize(("name", "index"), [("search_waqi", [4]), ("get_waqi_map", [55, None])])
async def test_indexes_as_text_are_numbers(name: str, index: list[int | None]) -> None:
    found = await replay(f"{name}.success")
    assert isinstance(found, WaqiStations)
    assert [one.aqi for one in found.stations] == index
    assert all(one.time and one.time.tzinfo is UTC for one in found.stations)


async def test_nothing_of_waqi_is_cached() -> None:
    operations = Environmental.operations
    kept = {name for name, one in operations.items() if "waqi" in name and one.traits.ttl}
    assert kept == set()


async def test_confidence_is_a_word_or_a_number() -> None:
    found = await replay("get_ambee_fire.success")
    assert isinstance(found, Fires)
    assert [one.confidence for one in found.fires] == ["nominal", 61]


async def test_columns_are_hours() -> None:
    found = await replay("get_air_quality_forecast.success")
    assert isinstance(found, AirQualityForecast)
    first, second = found.hours
    assert first.time == datetime(2025, 11, 23, tzinfo=UTC)
    assert (first.values["us_aqi"], second.values["nitrogen_dioxide"]) == (59, None)
    assert found.units["pm10"] == "μg/m³"
    assert found.current.values == first.values


async def test_columns_of_different_length_are_told() -> None:
    body = recording(Environmental, "get_air_quality_forecast.success").exchanges[0].response.body
    client, _ = air(reply(body | {"hourly": body["hourly"] | {"pm10": [1.0]}}))
    with pytest.raises(BadUpstreamReply):
        await perform(client, "get_air_quality_forecast", **ZERO)


FILES: Final[list[tuple[str, str, dict[str, Any], str, int]]] = [
    ("openaq/locations.json", "get_openaq_locations", {}, "locations", 1),
    ("openaq/locations_variation.json", "get_openaq_locations", {}, "locations", 1),
    ("openaq/sensors.json", "get_openaq_sensors", {"location_id": 1}, "sensors", 8),
    (
        "openaq/measurements.json",
        "get_air_quality_measurements",
        {"sensor_id": 1},
        "measurements",
        2,
    ),
    ("openaq/parameters.json", "get_openaq_parameters", {}, "parameters", 1),
    ("openaq/countries.json", "get_openaq_countries", {}, "countries", 1),
    ("openaq/providers.json", "get_openaq_providers", {}, "providers", 1),
    ("airnow/observation_current_ziplatlong.json", "get_airnow_current", ZERO, "observations", 3),
]


@pytest.mark.parametrize(("name", "operation", "params", "field", "count"), FILES)
async def test_the_samples_read(
    name: str, operation: str, params: dict[str, Any], field: str, count: int
) -> None:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    client, _ = air(reply(path.read_bytes()))
    found = await perform(client, operation, **params)
    assert len(json.loads(found.model_dump_json())[field]) == count


async def test_a_little_below_zero_is_a_reading_and_no_index() -> None:
    row = recording(Environmental, "get_airnow_data.success").exchanges[0].response.body[0]
    client, _ = air(reply([row | {"Value": -1.0, "AQI": -1}]))
    day: dict[str, Any] = {"begin": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z"}
    found = await perform(client, "get_airnow_data", **BOX, **day)
    assert isinstance(found, AirnowReadings)
    assert (found.readings[0].value, found.readings[0].aqi) == (-1.0, None)
