"""Odd encodings: sentinels, text for numbers, small times, points the wrong way round, XML."""

from typing import Any

import pytest

from clients.earth_science import EarthScience
from contracts import BadUpstreamReply
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply


async def ask(operation: str, *answers: Any, **params: Any) -> dict[str, Any]:  # noqa: ANN401
    client = EarthScience(kit_for(EarthScience, Script(*answers)))
    return (await perform(client, operation, **params)).model_dump(mode="json")


async def replay(name: str) -> dict[str, Any]:
    one = recording(EarthScience, name)
    answers = Playback(one, EarthScience, environment_of(EarthScience))
    return await ask(one.operation, answers, **one.params)


async def test_a_time_near_1970_is_milliseconds_too() -> None:
    said = {"mag": None, "time": 5_000_000_000, "updated": -86_400_000}
    quake = {"id": "x", "properties": said, "geometry": {"coordinates": [0, 0, None]}}
    found = await ask("get_earthquake", reply(quake), event_id="x")
    assert found["time"] == "1970-02-27T20:53:20Z"
    assert found["updated"] == "1969-12-31T00:00:00Z"
    assert (found["magnitude"], found["depth_km"]) == (None, None)


async def test_a_full_page_of_earthquakes_names_the_next() -> None:
    said = {"mag": 5, "time": 0}
    quake = {"id": "x", "properties": said, "geometry": {"coordinates": [0, 0, 1]}}
    body = {"features": [quake, quake]}
    found = await ask("get_earthquakes", reply(body), limit=2, offset=3)
    assert found["next_offset"] == 5
    assert (await ask("get_earthquakes", reply(body), limit=3))["next_offset"] is None


async def test_no_content_is_no_earthquake() -> None:
    assert (await ask("get_earthquakes", reply(status=204)))["earthquakes"] == []


@pytest.mark.parametrize(
    ("raw", "value", "qualifier", "qualifiers"),
    [
        ("-999999", None, ["ICE"], ["ICE"]),
        ("", None, "EQUIP", ["EQUIP"]),
        (None, None, None, []),
        ("0", 0.0, None, []),
        ("-1.5", -1.5, None, []),
    ],
)
async def test_water_is_a_number_or_nothing(
    raw: str | None, value: float | None, qualifier: object, qualifiers: list[str]
) -> None:
    said = {"monitoring_location_id": "USGS-1", "parameter_code": "00060", "value": raw}
    feature = {"properties": {**said, "time": "2026-01-01T00:00:00Z", "qualifier": qualifier}}
    body = reply({"features": [feature]})
    found = (await ask("get_streamflow", body, site_ids=["0001"]))["values"][0]
    assert (found["value"], found["qualifiers"]) == (value, qualifiers)


async def test_a_flood_gauge_has_no_sentinels() -> None:
    found = await replay("get_flood_status.success")
    assert found["observed"]["primary"] == 2.16
    assert found["observed"]["secondary"] is None
    assert found["forecast"] | {"primary": None, "valid_time": None} == found["forecast"]
    assert [one["category"] for one in found["levels"]] == ["action", "minor", "moderate", "major"]
    assert [one["flow"] for one in found["levels"]] == [None, 3.1, None, None]
    assert found["state"] == "MD"


async def test_a_forecast_that_nobody_makes_is_null() -> None:
    found = await replay("get_flood_forecast.success")
    assert found["forecast"] is None
    assert [one["primary"] for one in found["observed"]["points"]] == [5.03, None]


async def test_a_table_of_buoys_has_gaps() -> None:
    wind, gap = (await replay("get_buoy_winds.success"))["winds"]
    assert (wind["gust_direction_deg"], wind["time"]) == (350.0, "2026-09-27T20:00:00Z")
    assert (gap["gust_direction_deg"], gap["gust_m_s"]) == (None, None)
    ocean = (await replay("get_buoy_ocean.success"))["samples"][0]
    assert (ocean["oxygen_percent"], ocean["turbidity_ftu"]) == (92.1, None)


async def test_only_buoys_of_the_box_are_returned() -> None:
    found = (await replay("get_latest_buoys.success"))["stations"]
    assert [one["station_id"] for one in found] == ["44080"]


async def test_stations_are_read_from_xml() -> None:
    found = await replay("get_buoy_stations.success")
    assert found["created_at"] == "2026-09-27T20:40:01Z"
    assert [(one["id"], one["met"], one["dart"]) for one in found["stations"]] == [
        ("44013", True, False)
    ]


@pytest.mark.parametrize("operation", ["get_buoy_stations", "get_tsunami_alerts"])
@pytest.mark.parametrize("body", ["<html/>", "no XML", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
async def test_other_xml_is_no_empty_answer(operation: str, body: str) -> None:
    with pytest.raises(BadUpstreamReply):
        await ask(operation, reply(body))


@pytest.mark.parametrize("operation", ["get_buoy_data", "get_seismic_events"])
async def test_a_page_is_no_empty_table(operation: str) -> None:
    asked = (
        {"station_id": "44013"} if operation == "get_buoy_data" else {"start_time": "2026-01-01"}
    )
    with pytest.raises(BadUpstreamReply):
        await ask(operation, reply("<html>It works!</html>"), **asked)


async def test_an_event_has_its_newest_footprints() -> None:
    found = await replay("get_natural_event.success")
    assert found["footprint_count"] == 3
    assert [one["points"] for one in found["footprints"]] == [[[-113.6, 12.5]], [[-115.2, 12.7]]]


@pytest.mark.parametrize(
    ("ring", "points"),
    [
        ([[16.31, 43.54], [16.4, 43.6]], [[16.31, 43.54], [16.4, 43.6]]),
        ([[-20.0, 140.0], [-21.0, 141.0]], [[140.0, -20.0], [141.0, -21.0]]),
    ],
)
async def test_a_polygon_beyond_the_pole_is_turned(ring: object, points: object) -> None:
    at = {"date": "2026-01-01T00:00:00Z", "type": "Polygon", "coordinates": [ring]}
    event = {"id": "EONET_1", "title": "Flood", "categories": [], "geometry": [at]}
    found = await ask("get_natural_event", reply(event), event_id="EONET_1")
    assert found["footprints"][0]["points"] == points


async def test_a_tsunami_bulletin_is_read_by_its_labels() -> None:
    newest, older = (await replay("get_tsunami_alerts.success"))["alerts"]
    assert (newest["center"], newest["category"], newest["note"]) == ("PTWC", "Threat", None)
    assert older["note"] == "* There is NO tsunami danger from this earthquake."
    assert (older["magnitude"], older["issued_at"]) == (5.9, "2026-09-27T21:56:18Z")
    assert (older["latitude"], older["longitude"]) == (55.5, -157.1)


async def test_a_bulletin_without_labels_still_counts() -> None:
    entry = "<entry><id>1</id><title>x</title><updated>2026-01-01T00:00:00Z</updated></entry>"
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'
    found = (await ask("get_tsunami_alerts", reply(feed), center="NTWC"))["alerts"]
    assert [(one["category"], one["issued_at"]) for one in found] == [
        (None, "2026-01-01T00:00:00Z")
    ]


async def test_a_reservoir_has_rows_by_position() -> None:
    found = await replay("get_reservoir_levels.success")
    assert found["values"] == [
        {"time": "2026-06-23T06:00:00Z", "value": 178.92, "quality": 0},
        {"time": "2026-06-23T06:30:00Z", "value": None, "quality": 5},
    ]
    assert found["next_cursor"] == "Mg=="


async def test_a_value_of_the_coast_may_be_missing() -> None:
    found = await replay("get_coastal_conditions.success")
    assert [one["value"] for one in found["values"]] == [12.4, None]


async def test_without_a_span_predictions_are_todays() -> None:
    script = Script(reply({"predictions": []}))
    client = EarthScience(kit_for(EarthScience, script))
    await perform(client, "get_tide_predictions", station_id="9414290", interval="6")
    assert "date=today" in script.sent[0].url


async def test_a_state_is_found_in_any_case() -> None:
    found = await replay("get_tide_stations.success")
    assert (found["count"], found["stations"][0]["state"]) == (1, "HI")


async def test_an_event_of_earthscope_may_lack_depth_and_magnitude() -> None:
    _, sparse = (await replay("get_seismic_events.success"))["events"]
    assert (sparse["depth_km"], sparse["magnitude"]) == (None, None)
