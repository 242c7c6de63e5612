"""NASA's operations, from parameters to the wire and from records to results."""

from typing import Any

import pytest

from clients.space_weather import SpaceWeather
from tests.support.kit import CANARY, Script, kit_for, perform, recording, reply, target_of

DAYS = {"start_date": "2024-05-08", "end_date": "2024-05-12"}
RANGE = "startDate=2024-05-08&endDate=2024-05-12"
BEST = "mostAccurateOnly=true&completeEntryOnly=true&speed=0&halfAngle=0&catalog=ALL"
ALL = "mostAccurateOnly=false&completeEntryOnly=false&speed=500&halfAngle=30&catalog=M2M_CATALOG"


@pytest.mark.parametrize(
    ("operation", "params", "target"),
    [
        ("get_cme", {}, "/DONKI/CME"),
        ("get_cme", DAYS, f"/DONKI/CME?{RANGE}"),
        (
            "get_cme",
            {"start_date": "2024-05-08"},
            "/DONKI/CME?startDate=2024-05-08&endDate=2024-06-07",
        ),
        (
            "get_cme",
            {"end_date": "2024-05-12"},
            "/DONKI/CME?startDate=2024-04-12&endDate=2024-05-12",
        ),
        ("get_cme_analysis", DAYS, f"/DONKI/CMEAnalysis?{RANGE}&{BEST}"),
        (
            "get_cme_analysis",
            {
                "most_accurate_only": False,
                "complete_entry_only": False,
                "speed_km_s": 500,
                "half_angle_deg": 30,
                "catalog": "M2M_CATALOG",
            },
            f"/DONKI/CMEAnalysis?{ALL}",
        ),
        ("get_geomagnetic_storms", DAYS, f"/DONKI/GST?{RANGE}"),
        (
            "get_interplanetary_shocks",
            {**DAYS, "location": "STEREO A", "catalog": "SWRC_CATALOG"},
            f"/DONKI/IPS?{RANGE}&location=STEREO%20A&catalog=SWRC_CATALOG",
        ),
        ("get_interplanetary_shocks", {}, "/DONKI/IPS"),
        ("get_solar_flares", DAYS, f"/DONKI/FLR?{RANGE}"),
        ("get_solar_energetic_particles", DAYS, f"/DONKI/SEP?{RANGE}"),
        ("get_magnetopause_crossings", DAYS, f"/DONKI/MPC?{RANGE}"),
        ("get_radiation_belt_enhancements", DAYS, f"/DONKI/RBE?{RANGE}"),
        ("get_high_speed_streams", DAYS, f"/DONKI/HSS?{RANGE}"),
        ("get_wsa_enlil_simulations", DAYS, f"/DONKI/WSAEnlilSimulations?{RANGE}"),
        (
            "get_notifications",
            {**DAYS, "message_type": "report"},
            f"/DONKI/notifications?{RANGE}&type=report",
        ),
        ("get_notifications", {}, "/DONKI/notifications?type=all"),
    ],
)
async def test_what_leaves_is_donkis_question(
    operation: str, params: dict[str, Any], target: str
) -> None:
    script = Script(reply(b""))
    found = await perform(SpaceWeather(kit_for(SpaceWeather, script)), operation, **params)
    assert [(one.method, target_of(one)) for one in script.sent] == [("GET", target)]
    assert found.model_dump() == {"results": []}


@pytest.mark.parametrize(
    ("operation", "params", "target"),
    [
        (
            "get_neo_feed",
            {"start_date": "2015-09-07", "end_date": "2015-09-08"},
            "/neo/rest/v1/feed?start_date=2015-09-07&end_date=2015-09-08",
        ),
        (
            "get_neo_feed",
            {"end_date": "2015-09-08"},
            "/neo/rest/v1/feed?start_date=2015-09-01&end_date=2015-09-08",
        ),
        ("get_neo_feed", {}, "/neo/rest/v1/feed"),
        ("get_neo_browse", {}, "/neo/rest/v1/neo/browse?page=0&size=20"),
        ("get_neo_browse", {"page": 3, "size": 5}, "/neo/rest/v1/neo/browse?page=3&size=5"),
    ],
)
async def test_what_leaves_is_neows_question(
    operation: str, params: dict[str, Any], target: str
) -> None:
    body = recording(SpaceWeather, f"{operation}.plain").exchanges[0].response.body
    script = Script(reply(body))
    await perform(SpaceWeather(kit_for(SpaceWeather, script)), operation, **params)
    assert [(one.method, target_of(one)) for one in script.sent] == [("GET", target)]


async def result(case: str) -> Any:  # noqa: ANN401  (each operation's own)
    recorded = recording(SpaceWeather, case)
    script = Script(*(reply(one.response.body) for one in recorded.exchanges))
    client = SpaceWeather(kit_for(SpaceWeather, script))
    return await perform(client, recorded.operation, **recorded.params)


async def test_an_ejection_has_its_measurements_and_model_runs() -> None:
    (cme,) = (await result("get_cme.success")).results
    (measured,) = cme.analyses
    (run,) = measured.simulations
    assert (measured.speed_km_s, measured.half_angle_deg, measured.type) == (729.0, 45.0, "C")
    assert measured.time_at_21_5_rs.isoformat() == "2024-05-08T09:47:00+00:00"
    assert (run.kp_18, run.kp_90, run.kp_180) == (None, 5, 7)
    assert [impact.location for impact in run.impacts] == ["Lucy", "STEREO A"]
    assert "2024-05-10T15:00:00-GST-001" in cme.linked_events


@pytest.mark.parametrize(
    "name", ["cmeAnalyses", "linkedEvents", "sentNotifications", "instruments"]
)
async def test_null_is_an_empty_list(name: str) -> None:
    raw = {"activityID": "2024-05-08T05:36:00-CME-001", "startTime": "2024-05-08T05:36Z"}
    client = SpaceWeather(kit_for(SpaceWeather, Script(reply([{**raw, name: None}]))))
    (cme,) = (await perform(client, "get_cme")).model_dump()["results"]
    assert cme["analyses"] == cme["linked_events"] == cme["sent_notifications"] == []
    assert cme["instruments"] == []


async def test_times_without_seconds_are_utc() -> None:
    flare = (await result("get_solar_flares.success")).results[0]
    assert flare.begin_time.isoformat() == "2024-05-08T01:33:00+00:00"
    assert flare.sent_notifications[0].id == "20240508-AL-001"


async def test_what_misses_earth_has_no_arrival() -> None:
    hit, missed = (await result("get_wsa_enlil_simulations.success")).results
    assert hit.shock_arrival_time.isoformat() == "2024-05-10T18:29:00+00:00"
    assert hit.cmes[0].cme_id == "2024-05-08T05:36:00-CME-001"
    assert (missed.shock_arrival_time, missed.impacts) == (None, [])


async def test_pages_lead_on_to_the_last() -> None:
    first, last = await result("get_neo_browse.success"), await result("get_neo_browse.last")
    assert (first.page, first.next_page, first.total_pages, first.total_objects) == (0, 1, 2, 3)
    assert last.next_page is None


async def test_neows_links_that_carry_a_key_stay_here() -> None:
    link = f"http://api.nasa.gov/neo/rest/v1/feed?api_key={CANARY}"
    body = recording(SpaceWeather, "get_neo_feed.success").exchanges[0].response.body
    for one in body["near_earth_objects"]["2015-09-07"]:
        one["links"] = {"self": link}
    client = SpaceWeather(kit_for(SpaceWeather, Script(reply({**body, "links": {"self": link}}))))
    assert CANARY not in (await perform(client, "get_neo_feed")).model_dump_json()
