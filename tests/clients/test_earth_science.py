"""What is special to earth science as a whole: nine upstreams, real samples, plain refusals."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from clients._environment import Environment
from clients._limits import limits_of
from clients.earth_science import EarthScience
from contracts import BadUpstreamReply, InvalidRequest, Result, UpstreamRejected
from contracts._reading import read_request
from tests.support.kit import Script, environment_of, kit_for, perform, reply, target_of

SAMPLES: Final = Path(__file__).parents[3] / "shared" / "samples"
OGC: Final = "usgs-water/waterdata_ogc_fixtures.json"
SITE: Final[dict[str, Any]] = {"site_ids": ["06904500"]}
BUOY: Final[dict[str, Any]] = {"station_id": "44013", "limit": 6600}

# sample, its part, operation, parameters, where its rows end up, how many, what the last one says
CASES: Final[list[tuple[str, str, str, dict[str, Any], str, int, dict[str, Any]]]] = [
    (
        "usgs-earthquakes/significant_week.excerpt.geojson",
        "",
        "get_earthquake_feed",
        {},
        "earthquakes",
        1,
        {
            "magnitude": 6.5,
            "time": "2019-10-31T01:11:19.125000Z",
            "depth_km": 10.0,
            "tsunami": True,
            "ids": ["at00q07smw", "pt19304000", "us700061e9"],
        },
    ),
    (
        OGC,
        "continuous",
        "get_water_series",
        SITE | {"parameter_codes": ["00065"]},
        "values",
        2,
        {"value": 1.76, "unit": "ft", "time": "2025-01-01T00:15:00Z", "qualifiers": []},
    ),
    (
        OGC,
        "latest-continuous",
        "get_latest_water",
        SITE,
        "values",
        2,
        {"value": 1.59, "latitude": 40.2343333333333, "longitude": -92.6863888888889},
    ),
    (
        OGC,
        "daily",
        "get_daily_water",
        {"site_ids": ["05427718"]},
        "values",
        2,
        {"value": 27.1, "day": "2026-03-19", "statistic_id": "00003"},
    ),
    (
        OGC,
        "monitoring-locations",
        "get_water_sites",
        {"state_name": "Connecticut"},
        "sites",
        2,
        {"id": "USGS-410257073251001", "site_type": "Well", "altitude_ft": 7.0},
    ),
    (
        "ndbc/44013.txt",
        "",
        "get_buoy_data",
        BUOY,
        "observations",
        6508,
        {"time": "2022-04-21T00:00:00Z", "pressure_hpa": 1029.6, "wave_height_m": None},
    ),
    (
        "ndbc/44013.spec",
        "",
        "get_buoy_waves",
        BUOY,
        "waves",
        1073,
        {"steepness": None, "swell_direction": "ESE"},
    ),
    (
        "nasa-eonet/events.excerpt.json",
        "",
        "get_natural_events",
        {"status": "all"},
        "events",
        2,
        {"id": "EONET_21399", "categories": ["severeStorms"], "footprint_count": 3},
    ),
]


def earth(*answers: Any, env: Environment | None = None) -> tuple[EarthScience, Script]:  # noqa: ANN401
    script = Script(*answers)
    return EarthScience(kit_for(EarthScience, script, env=env)), script


async def ask(operation: str, *answers: Any, **params: Any) -> tuple[Result, Script]:  # noqa: ANN401
    client, script = earth(*answers)
    return await perform(client, operation, **params), script


@pytest.mark.parametrize(("sample", "part", "operation", "params", "field", "count", "last"), CASES)
async def test_a_real_answer_reads(
    sample: str,
    part: str,
    operation: str,
    params: dict[str, Any],
    field: str,
    count: int,
    last: dict[str, Any],
) -> None:
    if not SAMPLES.is_dir():
        pytest.skip(f"the samples are not beside the repository: {SAMPLES}")
    raw = (SAMPLES / sample).read_bytes()
    body = json.dumps(json.loads(raw)[part]).encode() if part else raw
    found = (await ask(operation, reply(body), **params))[0].model_dump(mode="json")[field]
    assert len(found) == count
    assert found[-1] == found[-1] | last


def test_everything_is_read_and_may_be_cached() -> None:
    traits = [one.traits for one in EarthScience.operations.values()]
    assert {one.kind for one in traits} == {"safe"}
    assert all(60 <= one.ttl <= 86_400 for one in traits)


def test_a_key_for_water_lets_more_through() -> None:
    water, env = EarthScience.upstreams["water"], environment_of(EarthScience)
    assert str(limits_of(water.limits_with_key)) == "4000/h"
    assert str(limits_of(water.limits)) == "1/2s burst 20"
    assert water.auth.chosen(env) is not water.auth.chosen(Environment({}))
    assert not EarthScience.lacking(Environment({}))


NO_DATA: Final = {"error": {"message": "No data was found."}}


@pytest.mark.parametrize("status", [200, 400])
async def test_an_error_in_a_200_is_a_refusal(status: int) -> None:
    with pytest.raises(UpstreamRejected, match=f"HTTP {status}: No data was found") as raised:
        await ask("get_water_levels", reply(NO_DATA, status), station_id="9414290")
    assert raised.value.facts.upstream_status == status


async def test_a_plain_refusal_is_told_in_one_line() -> None:
    text = reply(b"Error 400: Bad Request\n\nBad starttime\n", 400, content_type="text/plain")
    with pytest.raises(UpstreamRejected, match="HTTP 400: Error 400: Bad Request Bad starttime"):
        await ask("get_earthquakes", text)


async def test_an_error_of_another_shape_is_no_surprise() -> None:
    with pytest.raises(BadUpstreamReply):
        await ask("get_water_levels", reply({"error": "odd"}), station_id="9414290")


WRONG: Final[list[tuple[str, dict[str, Any], str]]] = [
    ("get_earthquakes", {"lat": 0.0, "lon": 0.0}, "a circle needs lat, lon and radius_km"),
    ("get_earthquakes", {"south": 1, "west": 1, "north": 2}, "a box needs"),
    ("get_latest_buoys", {"south": 2, "west": 1, "north": 1, "east": 2}, "swap them"),
    (
        "get_seismic_events",
        {"start_time": "2026-01-01", "lat": 0, "lon": 0, "radius_km": 1}
        | {"south": 0, "west": 0, "north": 1, "east": 1},
        "not for both",
    ),
    ("get_streamflow", SITE | {"end_time": "2026-01-01"}, "end_time needs start_time"),
    ("get_latest_water", {}, "ask for site_ids or for a box"),
    ("get_water_sites", {"site_type_code": "ST"}, "ask for a state, a box or site_ids"),
    ("get_flood_gauges", {}, "ask for a box"),
    ("get_natural_events", {"days": 3, "start_day": "2026-01-01"}, "ask for days back, or"),
    ("get_natural_events", {"start_day": "2026-01-01"}, "a span needs start_day and end_day"),
    ("get_water_levels", {"station_id": "9414290", "begin_date": "2026-01-01"}, "a span needs"),
    (
        "get_water_levels",
        {"station_id": "9414290", "begin_date": "2026-01-02", "end_date": "2026-01-01"},
        "swap them",
    ),
    (
        "get_water_levels",
        {"station_id": "9414290", "begin_date": "2026-01-01", "end_date": "2026-03-01"},
        "31 days at most",
    ),
    (
        "get_tide_predictions",
        {"station_id": "9414290", "begin_date": "2026-01-01", "end_date": "2026-03-01"}
        | {"interval": "6"},
        "less than an hour apart",
    ),
    (
        "get_reservoir_levels",
        {"name": "A.Elev.Inst.1Hour.0.x", "office": "LRN"}
        | {"start_time": "2026-01-02", "end_time": "2026-01-01"},
        "swap them",
    ),
]


@pytest.mark.parametrize(("operation", "params", "told"), WRONG)
def test_a_wrong_question_costs_nothing(operation: str, params: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        read_request(EarthScience.operations[operation].request, params)


async def test_each_address_may_be_another() -> None:
    urls = {
        one.url_variable: f"http://127.0.0.1:9/{n}" for n, one in EarthScience.upstreams.items()
    }
    assert len(urls) == len(EarthScience.upstreams)
    env = environment_of(EarthScience, **urls)
    client, script = earth(reply({"categories": []}), env=env)
    await perform(client, "get_event_categories")
    assert script.sent[0].url == "http://127.0.0.1:9/eonet/categories"
    assert target_of(script.sent[0]) == "/eonet/categories"
