"""What is special to MINDEX: prefix, two headers, envelopes, and what its server ignores."""

from typing import Any, Final

import orjson
import pytest
from pydantic import ValidationError

from clients._environment import Environment
from clients.mindex import Mindex
from contracts import Result, UpstreamRejected, mindex
from tests.support.clock import QuickClock
from tests.support.kit import Playback, Script, environment_of, kit_for, perform, recording, reply

TAXON: Final = "6f2c1c1e-3a52-4a7e-9a0b-0c7f6f0f1a01"
HOST: Final = "http://mindex.test:8000"


async def replayed(name: str) -> Result:
    one = recording(Mindex, name)
    script = Script(Playback(one, Mindex, environment_of(Mindex)))
    return await perform(Mindex(kit_for(Mindex, script)), one.operation, **one.params)


SECRETS: Final = {
    "both": (
        {"MINDEX_INTERNAL_TOKEN": "it", "MINDEX_API_KEY": "ak"},
        {"X-Internal-Token": "it", "X-API-Key": "ak"},
    ),
    "token": ({"MINDEX_INTERNAL_TOKENS": "it"}, {"X-Internal-Token": "it"}),
    "first of several": ({"MINDEX_INTERNAL_TOKENS": "it, two"}, {"X-Internal-Token": "it"}),
    "key": ({"MINDEX_API_KEY": "ak"}, {"X-API-Key": "ak"}),
}


@pytest.mark.parametrize(("given", "shown"), SECRETS.values(), ids=SECRETS)
async def test_it_shows_the_secrets_it_has(given: dict[str, str], shown: dict[str, str]) -> None:
    script = Script(reply(recording(Mindex, "get_health.success").exchanges[0].response.body))
    env = Environment({"MINDEX_API_URL": HOST, **given})
    await perform(Mindex(kit_for(Mindex, script, env=env)), "get_health")
    headers = dict(script.sent[0].headers)
    assert {k: v for k, v in headers.items() if k in {"X-Internal-Token", "X-API-Key"}} == shown


def test_without_a_secret_it_asks_for_the_token() -> None:
    assert Mindex.lacking(Environment({"MINDEX_API_URL": HOST})) == ("MINDEX_INTERNAL_TOKEN",)


@pytest.mark.parametrize("name", ["MINDEX_API_URL", "MINDEX_URL", "MINDEX_BASE_URL"])
async def test_the_prefix_follows_any_address(name: str) -> None:
    script = Script(reply({}))
    env = Environment({name: HOST, "MINDEX_INTERNAL_TOKEN": "it"})
    health = await Mindex(kit_for(Mindex, script, env=env)).health_check()
    assert health["status"] == "ok"
    assert script.sent[0].url == f"{HOST}/api/mindex/devices?limit=1"


class TestPages:
    @pytest.mark.parametrize(
        ("rows", "total", "offset"),
        [(2, 10, 6), (2, 6, None), (2, None, 6), (1, None, None), (0, 10, None), (0, None, None)],
    )
    async def test_the_next_one_begins_where_this_one_ends(
        self, rows: int, total: int | None, offset: int | None
    ) -> None:
        device = recording(Mindex, "get_devices.success").exchanges[0].response.body["data"][0]
        where = {"limit": 2, "offset": 4, "total": total}
        script = Script(reply({"data": [device] * rows, "pagination": where}))
        page = await perform(Mindex(kit_for(Mindex, script)), "get_devices", limit=2, offset=4)
        assert isinstance(page, mindex.Devices)
        assert (len(page.results), page.total, page.next_offset) == (rows, total, offset)

    @pytest.mark.parametrize(
        ("name", "following"),
        [
            ("get_taxa.success", 1),
            ("get_taxa.some", None),
            ("get_telemetry_latest.success", 3),
            ("get_compounds.success", 2),
            ("search_compounds.success", None),
            ("search_research.success", 2),
        ],
    )
    async def test_all_envelopes_are_one_page(self, name: str, following: int | None) -> None:
        page = await replayed(name)
        assert isinstance(page, mindex.Page)
        assert page.next_offset == following
        assert len(page.model_dump()["results"]) == 1


class TestEnvelope:
    async def test_a_repeat_is_told_and_does_no_harm(self) -> None:
        taken = await replayed("ingest_mycobrain_telemetry.repeat")
        assert isinstance(taken, mindex.Ingested)
        assert (taken.sequence, taken.samples_inserted, taken.samples_deduped) == (0, 0, 1)
        assert Mindex.operations["ingest_mycobrain_telemetry"].kind == "idempotent"

    async def test_a_zero_is_a_value(self) -> None:
        latest = await replayed("get_telemetry_latest.success")
        assert isinstance(latest, mindex.LatestSamples)
        assert latest.results[0].value_numeric == 0.0
        readings = await replayed("get_mycobrain_readings.success")
        assert isinstance(readings, mindex.Readings)
        assert readings.temperature_c == 0.0

    async def test_what_was_not_checked_is_not_said_to_be(self) -> None:
        one = recording(Mindex, "ingest_mycobrain_telemetry.repeat")
        answer = one.exchanges[0].response.body
        params = {**one.params, "hash_valid": False, "signature": "c2ln"}
        script = Script(reply(answer))
        await perform(Mindex(kit_for(Mindex, script)), one.operation, **params)
        envelope = orjson.loads(script.sent[0].body)["envelope"]
        assert envelope["verification"] == {"hashValid": False}
        assert envelope["sig"] == "c2ln"
        assert "ts" not in envelope


async def test_the_middle_of_the_world_is_a_place() -> None:
    for name in ("search.success", "search_nearby.success", "add_observations.success"):
        await replayed(name)
    board = await replayed("register_mycobrain_device.success")
    assert isinstance(board, mindex.MycobrainDevice)
    assert board.location
    assert board.location.coordinates == [0.0, 0.0]


async def test_a_broken_database_is_an_answer() -> None:
    health = await replayed("get_health.degraded")
    assert isinstance(health, mindex.Health)
    assert (health.status, health.db) == ("degraded", "error")


async def test_a_422_says_what_is_wrong() -> None:
    one = recording(Mindex, "search.refusal")
    with pytest.raises(UpstreamRejected, match=r"query\.q: String should have at least 2"):
        await replayed(one.name)
    script = Script(reply({"detail": "odd"}, 422))
    with pytest.raises(UpstreamRejected, match="HTTP 422: odd"):
        await perform(Mindex(kit_for(Mindex, script, clock=QuickClock())), "get_stats")


KINDS: Final = {
    "unsafe": {
        "anchor_ip_asset_hypergraph",
        "anchor_ip_asset_ordinal",
        "bind_ip_asset_solana",
        "register_mycobrain_device",
    },
    "idempotent": {"add_observations", "ingest_mycobrain_telemetry"},
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in Mindex.operations.items() if one.kind == kind} == names


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (mindex.GetTaxon, {"taxon_id": 7}, "taxon_id"),
    (mindex.GetTaxa, {"scientific_name": "Pleurotus"}, "scientific_name"),
    (mindex.GetTelemetryLatest, {"device_id": TAXON}, "device_id"),
    (mindex.GetMycobrainDevices, {"device_type": "mycobrain"}, "device_type"),
    (mindex.GetMycobrainDevices, {"connectivity_status": "online"}, "connectivity_status"),
    (mindex.GetObservations, {"bbox": [170, -10, -170, 10]}, "west below east"),
    (mindex.GetObservations, {"bbox": [0, 0, 1]}, "bbox"),
    (mindex.Search, {"q": "x"}, "q"),
    (mindex.Search, {"q": "oyster", "lat": 0.0}, "lat and lng, or neither"),
    (mindex.SearchCompounds, {"limit": 5}, "say what to look for"),
    (mindex.SearchCompounds, {"query": None}, "say what to look for"),
    (mindex.NewObservation, {"source": "inat", "source_id": "1", "lat": 0.0}, "lat and lng"),
    (mindex.SearchResearch, {"search": "spore", "offset": 5}, "multiple of limit"),
    (
        mindex.RegisterMycobrainDevice,
        {"serial_number": "MB-000045", "name": "x", "latitude": 0.0},
        "latitude and longitude",
    ),
    (mindex.BindIpAssetSolana, {"asset_id": TAXON, "mint_address": "0OIl" * 10}, "mint_address"),
    (mindex.AnchorIpAssetHypergraph, {"asset_id": TAXON, "payload": "no"}, "Base64"),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)
