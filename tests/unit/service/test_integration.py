from pathlib import Path

import pytest

from clients import _recordings, _registry
from clients._call import Call
from clients._client import Client
from clients._environment import Environment
from clients._redact import Redactor
from clients._sandbox import SandboxTransport
from clients._tls import Tls
from clients._transport import AioHttpTransport
from contracts import NotConfigured
from contracts._events import Mode
from contracts.notion import GetPage
from contracts.space_weather import GetCme
from service.facts import facts_of
from service.integration import Integration, Means, wanted
from tests.support.clock import QuickClock
from tests.support.depot import Depot

KEY = {"NOTION_API_KEY": "secret-canary"}


def make(name: str = "notion", sandbox: str = "off", **env: str) -> Integration:
    means = Means(Environment(env), Redactor(), QuickClock(), "h", sandbox)
    return Integration(_registry.load(name), means)


@pytest.mark.parametrize(
    ("name", "sandbox", "env", "mode", "unusable"),
    [
        ("notion", "off", KEY, "configured", ()),
        ("notion", "auto", KEY, "configured", ()),
        ("notion", "on", KEY, "sandbox", ()),
        ("notion", "auto", {}, "sandbox", ()),
        ("notion", "off", {}, "none", ("NOTION_API_KEY",)),
        ("space_weather", "off", {}, "configured", ()),
        ("space_weather", "auto", {}, "sandbox", ()),
        ("twilio", "off", {}, "none", ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")),
    ],
)
def test_what_it_can_do(
    name: str, sandbox: str, env: dict[str, str], mode: Mode, unusable: tuple[str, ...]
) -> None:
    integration = make(name, sandbox, **env)
    assert integration.mode == mode
    assert integration.unusable == unusable


async def test_the_client_is_made_on_first_use_its_secrets_are_known_before() -> None:
    integration = make(**KEY)
    assert integration.redact("my secret-canary") == "my ***"
    assert not integration.client.made
    client = integration.client.get()
    assert integration.client.get() is client
    await integration.client.aclose()


@pytest.mark.parametrize("url", ["no address", "https://[::1/s3cret-hook", "//s3cret-hook"])
def test_a_secret_address_that_is_none_is_still_a_secret(url: str) -> None:
    made = make("automation_hub", MAKE_WEBHOOK_URL=url)
    assert made.redact(f"<{url}>") == "<***>"


async def test_the_sandbox_answers_over_the_whole_path() -> None:
    integration = make(sandbox="on")
    heard: list[str] = []
    integration.note = lambda upstream, *_: heard.append(upstream)
    recorded = {one.name: one.params for one in _recordings.load("notion")}
    request = GetPage.model_validate(recorded["get_page.success"])
    page = await integration.client.get().call(request, Call())
    assert page.model_dump()["id"]
    assert heard == ["api"]
    assert isinstance(integration.transport("api"), SandboxTransport)


def test_recordings_are_read_before_the_loop_needs_them() -> None:
    read = _recordings.of.cache_info
    _recordings.of.cache_clear()
    make(**KEY)
    assert read().misses == 0
    integration = make(sandbox="on")
    assert read().misses == 1
    integration.transport("api")
    assert read().misses == 1


def test_a_recording_that_is_none_is_told_by_the_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings = tmp_path / "elsewhere" / "recordings" / "notion"
    recordings.mkdir(parents=True)
    (recordings / "get_page.success.json").write_text("none")
    (tmp_path / "elsewhere" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    facts = type("Elsewhere", (_registry.load("notion"),), {"__module__": "clients.notion"})
    facts.__module__ = "elsewhere.notion"
    integration = Integration(facts, Means(Environment({}), Redactor(), QuickClock(), "h", "on"))
    with pytest.raises(ValueError, match=r"get_page\.success"):
        integration.transport("api")


class TestSomeRecorded:
    """In `auto`, with the key of one of several upstreams."""

    def make(self) -> Integration:
        return make("environmental", "auto", OPENAQ_API_KEY="openaq-canary")

    def test_what_has_its_key_is_live_and_the_rest_is_recorded(self) -> None:
        made = self.make()
        assert made.mode == "configured"
        assert made.unusable == ()
        ways = {name: type(made.transport(name)) for name in made.upstreams}
        live = {name for name, way in ways.items() if way is AioHttpTransport}
        assert live == {"openaq", "open_meteo", "safecast"}
        assert {ways[name] for name in made.recorded} == {SandboxTransport}

    async def test_what_is_recorded_answers_and_the_call_knows(self) -> None:
        made = self.make()
        client = made.client.get()
        assert made.redact("openaq-canary") == "***"
        call = Call()
        known = {one.name: one.params for one in _recordings.load("environmental")}
        request = client.operations["get_airnow_current"].request
        await client.call(request.model_validate(known["get_airnow_current.success"]), call)
        assert call.played
        assert client.way_to("openaq").upstream.name == "openaq"
        await client.aclose()

    async def test_a_stand_in_is_not_taken_for_a_key_of_what_is_live(self) -> None:
        env = {"SUPABASE_URL": "https://x.supabase.co", "SUPABASE_ANON_KEY": "anon-canary"}
        made = make("supabase", "auto", **env)
        assert made.recorded == {"admin"}
        client = made.client.get()
        assert client.way_to("admin").upstream.name == "admin"
        assert made.env.get("SUPABASE_SERVICE_ROLE_KEY") is None
        await client.aclose()


async def test_a_missing_key_names_its_variable() -> None:
    integration = make("space_weather")
    with pytest.raises(NotConfigured, match="NASA_API_KEY"):
        await integration.client.get().call(GetCme(), Call())


def test_buckets_travel_through_the_lease() -> None:
    first, second = make(**KEY), make(**KEY)
    first.open()
    assert not first.busy
    for _ in range(5):
        assert first.gates["api"].bucket.take(1000.0, 1.0, 1001.0)
    state, plans = first.plan(final=True)
    first.confirm(plans)
    second.restore(state)
    second.confirm(second.plan(final=False)[1])
    left = second.gates["api"].bucket.left(1000.0)
    assert left <= first.gates["api"].bucket.left(1000.0)


def test_a_closed_one_spends_nothing() -> None:
    integration = make(**KEY)
    integration.close()
    assert not integration.gates["api"].bucket.take(1000.0, 1.0, 1001.0)


@pytest.mark.parametrize(
    ("name", "variables", "spent", "down", "most"),
    [
        ("notion", {}, {}, False, 256),
        ("notion", {"NOTION_LIMIT": "25/d"}, {}, False, 25),
        ("notion", {"NOTION_LIMIT": "25/d"}, {"api": 25}, False, 0),
        ("notion", {}, {}, True, 1),
        ("notion", {"NOTION_LIMIT": "25/d"}, {"api": 25}, True, 0),
        ("space_weather", {"SPACE_WEATHER_NASA_LIMIT": "1/d"}, {"nasa": 1}, False, 256),
        ("space_weather", {"SPACE_WEATHER_NASA_LIMIT": "1/d"}, {"nasa": 1}, True, 1),
    ],
)
def test_it_holds_no_more_than_it_can_serve_soon(
    name: str, variables: dict[str, str], spent: dict[str, int], down: bool, most: int
) -> None:
    integration = make(name, **KEY, **variables)
    now = integration.now()
    for upstream, count in spent.items():
        bucket = integration.gates[upstream].bucket
        assert all(bucket.take(now, 1.0, now) for _ in range(count))
    for gate in integration.gates.values():
        for _ in range(5 * down):
            gate.breaker.failed(1, now)
    assert integration.window() == most


def test_how_long_what_waits_now_will_take() -> None:
    integration = make("space_weather", SPACE_WEATHER_NASA_LIMIT="1/10s", **KEY)
    assert integration.wait() == 0.0
    now, gate = integration.now(), integration.gates["nasa"]
    assert gate.bucket.take(now, 1.0, now)
    assert integration.wait() == 10.0


SITES = {
    "DEPOT_SITES": "north,south",
    "DEPOT_NORTH_URL": "https://north.test",
    "DEPOT_NORTH_SITE_KEY": "n0rth-key",
    "DEPOT_SOUTH_URL": "https://south.test",
    "DEPOT_SOUTH_FINGERPRINT": "ab" * 32,
    "DEPOT_CLIENT_ID": "me",
    "DEPOT_CLIENT_SECRET": "c1ient-secret",
}


class TestInstances:
    def make(self, sandbox: str = "off", **more: str) -> Integration:
        means = Means(Environment(SITES | more), Redactor(), QuickClock(), "h", sandbox)
        return Integration(Depot, means)

    def test_each_has_a_gate_and_a_row_of_its_own(self) -> None:
        made = self.make()
        assert set(made.gates) == {"api", "files", "login", "sites.north", "sites.south"}
        assert set(made.health.snapshot().upstreams) == set(made.gates)
        assert made.lacking == ("DEPOT_FILES_KEY", "DEPOT_SOUTH_SITE_KEY")
        assert made.mode == "configured"
        rows = facts_of(Depot, Environment(SITES))["upstreams"]
        assert {row["name"] for row in rows} == set(made.gates)

    def test_its_limits_are_its_own(self) -> None:
        made = self.make(DEPOT_NORTH_SITES_LIMIT="1/s burst 7")
        assert made.gates["sites.north"].bucket.left(1000) == 7
        assert made.gates["sites.south"].bucket.left(1000) == 1

    async def test_its_keys_are_secrets_and_its_certificate_is_pinned(self) -> None:
        made = self.make()
        made.client.get()
        assert made.redact("n0rth-key c1ient-secret") == "*** ***"
        transport = made.transport("sites.south")
        assert isinstance(transport, AioHttpTransport)
        assert transport.tls == Tls(sha256="ab" * 32)
        await made.client.aclose()

    def test_a_name_that_is_none_is_told(self) -> None:
        with pytest.raises(NotConfigured, match="DEPOT_SITES must be names"):
            self.make(DEPOT_SITES="North")

    def test_tokens_alone_are_of_no_use(self) -> None:
        means = Means(Environment({}), Redactor(), QuickClock(), "h")
        assert Integration(Depot, means).mode == "none"

    async def test_the_sandbox_needs_no_address(self) -> None:
        made = self.make("on", DEPOT_SOUTH_URL="", DEPOT_NORTH_URL="")
        for name in ("sites.north", "sites.south", "login", "api"):
            assert isinstance(made.transport(name), SandboxTransport)
        client = made.client.get()
        assert client.way_to("sites", "south").upstream.name == "sites.south"
        await client.aclose()


class Arms(Client):
    """Off unless it is named."""

    opt_in = True


def test_what_has_to_be_named_is_off_until_then() -> None:
    def load(name: str) -> type[Client]:
        return {"notion": Arms}.get(name, Depot)

    every = wanted((), load)
    assert every
    assert Arms not in every
    assert wanted(("notion", "twilio"), load) == [Arms, Depot]


async def test_results_may_name_the_account_and_never_its_secret() -> None:
    env = {"TWILIO_ACCOUNT_SID": "AC-account-1", "TWILIO_AUTH_TOKEN": "token-canary"}
    integration = make("twilio", **env)
    integration.client.get()
    body = b'{"sid":"AC-account-1","token":"token-canary"}'
    assert integration.redact.result(body) == b'{"sid":"AC-account-1","token":"***"}'
    await integration.client.aclose()
