import pytest

from clients import _registry
from clients._client import Client
from clients._environment import Environment
from clients._upstream import Upstream
from service.facts import facts_of

NAMES = _registry.names()


@pytest.mark.parametrize("name", NAMES)
def test_every_integration_has_its_facts(name: str) -> None:
    client = _registry.load(name)
    facts = facts_of(client, Environment({}))
    assert facts["name"] == name
    assert facts["summary"].endswith(".")
    assert [one["name"] for one in facts["operations"]] == sorted(
        one.name for one in client.operations.values()
    )
    for one in facts["operations"]:
        assert one["kind"] in {"safe", "idempotent", "keyed", "unsafe"}
        assert set(one["required"]) <= set(one["parameters"])
        assert one["summary"]
    assert {one["name"] for one in facts["upstreams"]} == set(client.upstreams)


def test_what_is_missing_is_named_until_it_is_there() -> None:
    notion = _registry.load("notion")
    lacking = facts_of(notion, Environment({}))
    assert (lacking["configured"], lacking["lacking"]) == (False, ["NOTION_API_KEY"])
    there = facts_of(notion, Environment({"NOTION_API_KEY": "canary"}))
    assert (there["configured"], there["lacking"]) == (True, [])
    assert "canary" not in repr(there)


def test_an_upstream_tells_address_limits_and_where_both_are_set() -> None:
    env = Environment({"NOTION_API_URL": "https://n.test/v1/", "NOTION_LIMIT": "5/1s burst 20"})
    (upstream,) = facts_of(_registry.load("notion"), env)["upstreams"]
    assert (upstream["url"], upstream["url_variable"]) == ("https://n.test/v1", "NOTION_API_URL")
    assert (upstream["limits"], upstream["limit_variable"]) == ("5/s burst 20", "NOTION_LIMIT")
    assert all(source.startswith("https://") for source in upstream["sources"])


class Nowhere(Client):
    """A service without an address of its own."""

    api = Upstream("")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "Set TEST_FACTS_API_URL where the hub runs."),
        ({"TEST_FACTS_API_URL": "ftp://x"}, "TEST_FACTS_API_URL must be http(s)://"),
        (
            {"TEST_FACTS_API_URL": "https://x", "TEST_FACTS_LIMIT": "often"},
            "'often' is not a limit",
        ),
    ],
)
def test_what_is_wrong_stands_where_its_value_would(variables: dict[str, str], said: str) -> None:
    (upstream,) = facts_of(Nowhere, Environment(variables))["upstreams"]
    assert upstream["url"] == ""
    assert said in upstream["limits"]
