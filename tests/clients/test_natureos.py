"""What is special to NatureOS: bare arrays, bare texts, numbered statuses; and Earth-2's zeros."""

from typing import Any, Final

import orjson
import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients.natureos import Natureos
from contracts import Result, UpstreamRejected, natureos
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply


async def replayed(name: str) -> Result:
    one = recording(Natureos, name)
    script = Script(Playback(one, Natureos, environment_of(Natureos)))
    return await perform(Natureos(kit_for(Natureos, script)), one.operation, **one.params)


BARE: Final = [
    "anomaly_detection_timeseries.success",
    "classify_morphology.success",
    "execute_analysis.success",
    "run_simulation.success",
]


@pytest.mark.parametrize("name", BARE)
async def test_arrays_go_bare(name: str) -> None:
    one = recording(Natureos, name)
    script = Script(reply(one.exchanges[0].response.body))
    await perform(Natureos(kit_for(Natureos, script)), one.operation, **one.params)
    assert isinstance(orjson.loads(script.sent[0].body), list)


class TestStatus:
    async def test_a_number_becomes_its_name(self) -> None:
        found = await replayed("list_devices.success")
        assert isinstance(found, natureos.Devices)
        assert [one.status for one in found.results] == ["Online", "Unknown"]

    async def test_a_name_stays(self) -> None:
        twin = await replayed("sync_digital_twin.success")
        assert isinstance(twin, natureos.Twin)
        assert (twin.status, twin.battery_level) == ("Online", 0.0)


class TestAnomaliesOfADevice:
    async def test_readings_are_scored_oldest_first(self) -> None:
        found = await replayed("run_anomaly_detection.success")
        assert isinstance(found, natureos.DeviceAnomalies)
        assert [one.value for one in found.readings] == [1.0, 0.0, 9.5]
        assert [one.is_anomaly for one in found.readings] == [False, False, True]
        assert found.readings[0].timestamp < found.readings[-1].timestamp
        assert (found.device_id, found.anomaly_count) == ("MB-1", 1)

    async def test_of_nothing_it_says_so(self) -> None:
        with pytest.raises(UpstreamRejected, match="MB-2 has no humidity to look at"):
            await replayed("run_anomaly_detection.empty")


SAID: Final = {
    "anomaly_detection_timeseries.refusal": "HTTP 400: Time series data is required",
    "register_device.refusal": "HTTP 409: Device MB-1 already exists",
    "get_device.refusal": "HTTP 404: device_not_found",
    "create_event.refusal": r"HTTP 400: \$.signal_vector: The JSON value could not",
    "execute_analysis.refusal": "HTTP 200: Unknown function: noSuch",
    "execute_workflow.refusal": "HTTP 501: Workflow execution is unavailable",
    "get_health.refusal": "HTTP 404",
}


@pytest.mark.parametrize(("name", "text"), SAID.items())
async def test_its_own_words_are_told(name: str, text: str) -> None:
    with pytest.raises(UpstreamRejected, match=f"^{text}"):
        await replayed(name)


async def test_a_function_that_failed_is_an_answer() -> None:
    analysis = await replayed("execute_analysis.failed")
    assert isinstance(analysis, natureos.Analysis)
    assert not analysis.success
    assert analysis.error


async def test_health_is_a_bare_word() -> None:
    health = await replayed("get_health.success")
    assert isinstance(health, natureos.Health)
    assert health.status == "Healthy"


class TestEarth2:
    async def test_an_edge_at_zero_is_an_edge(self) -> None:
        await replayed("get_earth2_forecast.success")

    async def test_without_edges_it_is_the_whole_earth(self) -> None:
        script = Script(reply({"run_id": "1", "status": "completed", "model": "atlas_era5"}))
        await perform(Natureos(kit_for(Natureos, script)), "get_earth2_forecast")
        assert not {"min_lat", "start_time"} & orjson.loads(script.sent[0].body).keys()

    async def test_times_without_a_zone_are_utc(self) -> None:
        run = await replayed("get_earth2_run.success")
        assert isinstance(run, natureos.RunState)
        assert str(run.request_timestamp) == "2026-08-20 00:00:00+00:00"

    def test_it_has_the_limits_of_the_mas(self) -> None:
        env = Environment({})
        assert len(Natureos.upstreams["mas"].allowed(env).rates) == 2
        assert not Natureos.upstreams["api"].allowed(env).rates


async def test_a_probe_makes_no_event() -> None:
    script = Script(lambda _: reply("Healthy"))
    env = Environment(
        {"NATUREOS_API_BASE_URL": "http://n.test:5000", "MAS_API_URL": "http://m.test"}
    )
    health = await Natureos(kit_for(Natureos, script, env=env)).health_check()
    assert health["status"] == "ok"
    assert {one.url for one in script.sent} == {"http://n.test:5000/health", "http://m.test/health"}


async def test_a_time_with_an_offset_keeps_its_moment() -> None:
    await replayed("track_spores.success")


async def test_the_next_page_is_asked_for_as_told() -> None:
    page = await replayed("get_events.success")
    assert isinstance(page, natureos.Events)
    assert page.has_more
    following = recording(Natureos, "get_funga_events.success")
    assert page.next_cursor == following.params["cursor"]
    last = await replayed(following.name)
    assert isinstance(last, natureos.Events)
    assert last.next_cursor is None


async def test_the_place_of_the_next_page_may_be_long() -> None:
    page = await replayed("get_funga_events.damp")
    assert isinstance(page, natureos.Events)
    assert page.next_cursor
    assert natureos.GetFungaEvents(cursor=page.next_cursor * 100).cursor
    assert natureos.GetEvents(cursor=page.next_cursor * 100).cursor


async def test_pairs_are_counts() -> None:
    found = await replayed("get_species_abundance.success")
    assert isinstance(found, natureos.Abundance)
    assert found.dominant_species[0].species == "Pleurotus ostreatus"
    assert found.model_dump()["dominant_species"] == [
        {"species": "Pleurotus ostreatus", "count": 3}
    ]


KINDS: Final = {
    "unsafe": {
        "create_event",
        "execute_analysis",
        "execute_workflow",
        "get_earth2_forecast",
        "register_device",
        "register_lab_sample",
        "run_simulation",
        "send_mycobrain_command",
    },
    "idempotent": {"update_device_config", "update_device_status"},
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in Natureos.operations.items() if one.kind == kind} == names


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (natureos.AnomalyDetectionTimeseries, {"time_series": []}, "time_series"),
    (natureos.ExecuteAnalysis, {"function_name": "../health"}, "function_name"),
    (natureos.AnalyzeSymbiosisNetwork, {"latitude": 91, "longitude": 0}, "latitude"),
    (
        natureos.TrackSpores,
        {
            "latitude": 0,
            "longitude": 0,
            "start_time": "2026-08-20T00:00:00Z",
            "end_time": "2026-08-20T00:00:00Z",
        },
        "start_time must be before",
    ),
    (
        natureos.RegisterDevice,
        {"device_id": "x", "name": "x", "device_type": "x", "latitude": 0.0},
        "latitude and longitude",
    ),
    (
        natureos.CreateEvent,
        {"source_device": "x", "kingdom_domain": "x", "longitude": 0.0},
        "latitude and longitude",
    ),
    (natureos.GetEarth2Forecast, {"forecast_hours": 1, "forecast_days": 1}, "give one of end_time"),
    (natureos.GetEarth2Forecast, {"min_lat": 0.0}, "give all of min_lat"),
    (natureos.SendMycobrainCommand, {"device_id": "x", "command_type": "explode"}, "command_type"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
