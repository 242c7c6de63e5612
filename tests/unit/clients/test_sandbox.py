"""The sandbox answers what was recorded, and says so where nothing was."""

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from clients import _recordings, _registry
from clients._call import CURRENT, Call
from clients._environment import Environment
from clients._http import HttpRequest
from clients._recordings import Recording
from clients._sandbox import SandboxEnvironment, SandboxTransport, recorded
from clients.notion import Notion
from contracts import UpstreamRejected
from contracts.notion import Page
from tests.support.depot import Depot
from tests.support.kit import kit_for, perform

ENV = SandboxEnvironment(
    Environment({"NOTION_API_KEY": "real", "NOTION_DATABASE_ID": "real", "HOST": "real"}),
    Notion.samples,
    ["NOTION_API_KEY", "NOTION_TOKEN"],
)


def recording(path: str, body: object, upstream: str = "api", code: str | None = None) -> Recording:
    """A recording of one GET."""
    exchange: dict[str, Any] = {
        "upstream": upstream,
        "request": {"path": path},
        "response": {"status": 404 if code else 200, "headers": {"X-Left": "1"}, "body": body},
    }
    origin = {"kind": "documentation", "ref": "https://toy.test"}
    return Recording.model_validate({"origin": origin, "exchanges": [exchange], "code": code})


def test_stand_ins_take_the_place_of_keys_and_recorded_values_only() -> None:
    assert ENV.get("NOTION_TOKEN", "NOTION_API_KEY") == "sandbox"
    assert ENV.get("NOTION_DATABASE_ID") == Notion.samples["NOTION_DATABASE_ID"]
    assert ENV.get("HOST") == "real"
    assert ENV.get("NOTION_API_URL") is None


ALL = {"api", "files", "login", "sites"}
ONES_OWN = {"DEPOT_CLIENT_ID": "me", "DEPOT_CLIENT_SECRET": "s"}
SITE = {"DEPOT_SITES_URL": "https://here.test", "DEPOT_SITE_KEY": "k"}


@pytest.mark.parametrize(
    ("sandbox", "variables", "names"),
    [
        ("off", {}, set()),
        ("on", ONES_OWN | SITE | {"DEPOT_FILES_KEY": "k"}, ALL),
        ("auto", {}, ALL),
        ("auto", {"DEPOT_API_LIMIT": "1/s"}, ALL),
        ("auto", {"DEPOT_FILES_KEY": "k"}, ALL - {"files"}),
        ("auto", {"DEPOT_CLIENT_ID": "me"}, ALL),
        ("auto", ONES_OWN, {"files", "sites"}),
        ("auto", SITE, ALL - {"sites"}),
        ("auto", ONES_OWN | SITE | {"DEPOT_FILES_KEY": "k"}, set()),
    ],
)
def test_which_upstreams_answer_from_recordings(
    sandbox: str, variables: dict[str, str], names: set[str]
) -> None:
    env = Environment(variables)
    assert recorded(sandbox, Depot.upstreams_in(env), env) == names


@pytest.mark.parametrize(
    ("name", "variables", "live"),
    [
        ("space_weather", {}, set()),
        ("space_weather", {"NASA_API_KEY": "k"}, {"nasa", "nws", "swpc"}),
        ("space_weather", {"SPACE_WEATHER_SWPC_URL": "http://here.test"}, {"nws", "swpc"}),
        ("environmental", {"OPENAQ_API_KEY": "k"}, {"openaq", "open_meteo", "safecast"}),
        ("ncbi", {}, {"api"}),
        ("opensky", {}, set()),
        ("natureos", {"NATUREOS_API_URL": "http://here.test"}, {"api"}),
        ("google", {"GOOGLE_API_KEY": "k"}, {"elevation", "geocoding", "places", "route_matrix"}),
        ("supabase", {"SUPABASE_URL": "https://x.test", "SUPABASE_ANON_KEY": "k"}, {"rest"}),
    ],
)
def test_what_has_its_key_is_live(name: str, variables: dict[str, str], live: set[str]) -> None:
    env = Environment(variables)
    upstreams = _registry.load(name).upstreams_in(env)
    found = upstreams.keys() - recorded("auto", upstreams, env)
    assert found >= live
    assert bool(found) == bool(live)


def test_who_gets_tokens_at_a_live_address_is_not_played() -> None:
    env = Environment(dict.fromkeys(("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"), "x"))
    azure = _registry.load("azure").upstreams_in(env)
    assert recorded("auto", azure, env) == azure.keys()
    there = Environment(dict.fromkeys(azure["graph"].lacking(Environment({})), "x"))
    assert azure["blob"].lacking(there) == ("AZURE_BLOB_URL",)
    assert recorded("auto", azure, there) == set()


async def test_a_client_works_in_it() -> None:
    transport = SandboxTransport(Notion.api, Notion.api.url, _recordings.load("notion"))
    client = Notion(kit_for(Notion, transport, env=ENV))
    page = await perform(client, "get_page", page_id="be633bf1-dfa0-436d-b259-571129a590e5")
    assert isinstance(page, Page)
    with pytest.raises(UpstreamRejected, match=r"recorded for GET /pages/0{32} "):
        await perform(client, "get_page", page_id="0" * 32)
    await client.aclose()


async def test_it_answers_the_success_of_its_own_upstream() -> None:
    recordings = [
        recording("/me", {"message": "no"}, code="upstream_rejected"),
        recording("/me", {"from": "other"}, upstream="other"),
        recording("/me", {"id": 1}),
    ]
    transport = SandboxTransport(Notion.api, "https://toy.test", recordings)
    request = HttpRequest("GET", "https://toy.test/me")
    answer = await transport.send(request)
    assert (answer.status, answer.body, answer.headers) == (200, b'{"id": 1}', {"x-left": "1"})
    assert request.mark.sent


async def test_the_call_knows_which_attempts_a_recording_answered() -> None:
    call = Call()
    CURRENT.set(call)
    transport = SandboxTransport(Notion.api, "https://toy.test", [])
    for path in ("/me", "/you"):
        await transport.send(HttpRequest("GET", f"https://toy.test{path}"))
    assert call.recorded == 2


async def said(recordings: Sequence[Recording], method: str, target: str) -> str:
    transport = SandboxTransport(Notion.api, "https://toy.test", recordings)
    answer = await transport.send(HttpRequest(method, f"https://toy.test{target}"))
    assert answer.status == 404
    return str(json.loads(answer.body)["message"])


async def test_what_it_does_not_know_it_says_with_the_nearest_that_it_knows() -> None:
    text = await said(_recordings.load("notion"), "GET", "/pages/abc?x=1")
    assert text.startswith("Nothing was recorded for GET /pages/abc?x=1 with these parameters.")
    assert re.search(r'Nearest to it: get_page \{"page_id": "be633bf1-[-0-9a-f]+"', text)
    assert text.endswith(" `hub integrations NAME` lists all operations.")


@pytest.mark.parametrize(
    ("params", "shown"), [([], "Nothing at all was."), ([{"a": "x" * 200}], f"{'x' * 100}x*….")]
)
async def test_what_it_says_is_never_long(params: list[dict[str, str]], shown: str) -> None:
    recordings = [recording("/", {}).model_copy(update={"params": one}) for one in params]
    text = await said(recordings, "DELETE", "/x")
    assert re.search(shown, text)
    assert len(text) < 400


async def test_where_tokens_come_from_it_always_has_one() -> None:
    transport = SandboxTransport(Depot.login, "https://login.test", [])
    answer = await transport.send(HttpRequest("POST", "https://login.test/token", body=b"a=b"))
    assert b'"access_token": "sandbox"' in answer.body
    assert (await transport.send(HttpRequest("GET", "https://login.test/x"))).status == 404


async def test_addresses_in_its_answers_are_where_it_stands() -> None:
    recordings = [recording("/me", {"next": f"{Notion.api.url}/me?page=2"})]
    transport = SandboxTransport(Notion.api, "http://moved.test/x", recordings)
    answer = await transport.send(HttpRequest("GET", "http://moved.test/x/me"))
    assert answer.body == b'{"next": "http://moved.test/x/me?page=2"}'
