import pytest

from clients import _recordings, _registry
from clients._call import Call
from clients._environment import Environment
from clients._redact import Redactor
from clients._sandbox import SandboxTransport
from contracts import NotConfigured
from contracts._events import Mode
from contracts.notion import GetPage
from contracts.space_weather import GetCme
from service.integration import Integration, Means
from tests.support.clock import QuickClock

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


async def test_the_client_is_made_on_first_use_and_knows_its_secrets() -> None:
    integration = make(**KEY)
    assert not integration.client.made
    client = integration.client.get()
    assert integration.client.get() is client
    assert integration.redact("my secret-canary") == "my ***"
    await integration.client.aclose()


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
