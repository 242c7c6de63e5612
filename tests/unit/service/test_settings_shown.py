import io
import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from clients import _registry
from clients._client import Client
from clients._upstream import Upstream
from service.facts import facts_of
from service.settings import Settings, load_settings, variable
from service.settings_shown import Row, _client, default_of, example, rows_of, strangers
from tests.support.depot import Depot

ROOT = Path(__file__).parents[3]
Env = pytest.MonkeyPatch


class Hooks(Client):
    """Whoever knows the address may call."""

    hook = Upstream("", instances="TEST_SETTINGS_SHOWN_HOOKS", secret_url=True)


def rows(env: Env, **variables: str) -> dict[str, Row]:
    for name, value in variables.items():
        env.setenv(name, value)
    return {row["name"]: row for row in rows_of(load_settings())}


def test_the_example_is_fresh() -> None:
    assert (ROOT / ".env.example").read_text() == example(), "hub settings --example > .env.example"


def test_the_example_has_every_variable_with_the_default_of_the_hub(nothing_set: Env) -> None:
    written = example()
    uncommented = "\n".join(
        line.removeprefix("#") for line in written.splitlines() if not line.startswith("# ")
    )
    found = dotenv_values(stream=io.StringIO(uncommented))
    own = {variable(field): default_of(field) for field in Settings.model_fields}
    assert {name: found[name] for name in own} == own
    assert own["HUB_HTTP_PORT"] == "8080"
    assert own["HUB_HEALTH_INTERVAL"] == "60"
    reads = {name for one in _registry.names() for name in _registry.load(one).reads()}
    assert reads <= set(re.findall(r"\w+", written))
    # as it stands, and with every line taken in, it is what is there without it
    defaults = load_settings().model_copy(update={"instance": ""})
    for name, value in found.items():
        if value:
            nothing_set.setenv(name, value)
    assert load_settings().model_copy(update={"instance": ""}) == defaults


def test_every_variable_has_one_row(nothing_set: Env) -> None:
    found = rows(nothing_set)
    own = {variable(field) for field in Settings.model_fields}
    reads = {name for one in _registry.names() for name in _registry.load(one).reads()}
    shown = {name for row in found.values() for name in (row["name"], *row["aliases"])}
    assert shown == own | reads
    assert all(row["about"] for row in found.values())
    assert {row["of"] for row in found.values()} == {"hub", *_registry.names()}
    assert found["HUB_PREFIX"]["source"] == found["NOTION_API_URL"]["source"] == "default"
    assert found["NOTION_API_URL"]["value"] == "https://api.notion.com/v1"
    assert found["NOTION_API_KEY"]["source"] == "not set"


def test_secrets_are_masked(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / "sid").write_text("canary-sid")
    found = rows(
        nothing_set,
        HUB_AMQP_URL="amqp://hub:canary@broker/hub",
        HUB_DATABASE_URL="sqlite:///calls?password=canary",
        HUB_HTTP_TOKEN="canary",
        NOTION_API_KEY="canary",
        NOTION_API_URL="https://me:canary@example.org/",
        TWILIO_API_KEY_SECRET_FILE=str(tmp_path / "sid"),
    )
    assert "canary" not in repr(found)
    values = {name: row["value"] for name, row in found.items()}
    assert values["HUB_AMQP_URL"] == "amqp://hub:***@broker/hub"
    assert values["HUB_DATABASE_URL"] == "sqlite:///calls?***"
    assert values["NOTION_API_URL"] == "https://me:***@example.org/"
    masked = ("HUB_HTTP_TOKEN", "NOTION_API_KEY", "TWILIO_API_KEY_SECRET")
    assert {values[name] for name in masked} == {"***"}


def test_an_address_that_is_none_is_masked_whole(nothing_set: Env) -> None:
    assert rows(nothing_set, NOTION_API_URL="https://[canary@x")["NOTION_API_URL"]["value"] == "***"


def test_what_was_read_is_told(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("NOTION_TOKEN=canary\n")
    (tmp_path / "token").write_text("canary")
    found = rows(
        nothing_set,
        HUB_HTTP_TOKEN_FILE=str(tmp_path / "token"),
        TWILIO_AUTH_TOKEN_FILE=str(tmp_path / "token"),
        NASA_API_KEY_FILE=str(tmp_path / "nowhere"),
        HUB_INTEGRATIONS="notion,twilio",
    )
    told = {
        name: (row["value"], row["read"], row["source"])
        for name, row in found.items()
        if row["read"] != name or row["source"] not in {"default", "not set"}
    }
    data = (str(tmp_path), "HUB_DATA_DIR", "environment")
    assert told.pop("HUB_DATA_DIR", data) == data
    lost = told.pop("NASA_API_KEY")
    assert told == {
        "HUB_HTTP_TOKEN": ("***", "HUB_HTTP_TOKEN_FILE", "environment"),
        "HUB_INTEGRATIONS": ("notion,twilio", "HUB_INTEGRATIONS", "environment"),
        "NOTION_API_KEY": ("***", "NOTION_TOKEN", ".env"),
        "TWILIO_AUTH_TOKEN": ("***", "TWILIO_AUTH_TOKEN_FILE", "environment"),
    }
    assert lost[0] == ""
    assert "NASA_API_KEY_FILE names a file that cannot be read" in lost[2]


def test_a_spelling_mistake_in_a_file_is_told(nothing_set: Env, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUB_HTP_PORT=1\nHUB_PREFIX=a\nHUB_HTTP_TOKEN_FILE=\nOTHER=1\n")
    nothing_set.setenv("HUB_OF_ANOTHER_PROGRAM", "1")
    assert strangers(load_settings()) == ["HUB_HTP_PORT"]


def test_each_instance_has_its_rows(nothing_set: Env) -> None:
    nothing_set.setenv("DEPOT_SITES", "north")
    nothing_set.setenv("DEPOT_NORTH_SITE_KEY", "canary")
    nothing_set.setenv("DEPOT_NORTH_URL", "https://north.test")
    found = {row["name"]: row for row in _client(load_settings(), Depot)}
    assert found["DEPOT_SITES"]["value"] == "north"
    assert found["DEPOT_NORTH_SITE_KEY"]["value"] == "***"
    address = found["DEPOT_NORTH_SITES_URL"]
    assert (address["read"], address["value"]) == ("DEPOT_NORTH_URL", "https://north.test")
    assert {"DEPOT_NORTH_CA_FILE", "DEPOT_NORTH_FINGERPRINT"} <= found.keys()
    assert found["DEPOT_CLIENT_SECRET"]["about"] == "Key of depot"
    nothing_set.setenv("DEPOT_SITES", "No Name")
    assert "DEPOT_SITE_KEY" in {row["name"] for row in _client(load_settings(), Depot)}


def test_a_secret_address_is_masked(nothing_set: Env) -> None:
    nothing_set.setenv("TEST_SETTINGS_SHOWN_HOOKS", "daily")
    nothing_set.setenv("TEST_SETTINGS_SHOWN_DAILY_URL", "https://hooks.test/canary")
    found = list(_client(load_settings(), Hooks))
    assert "canary" not in repr(found)
    assert facts_of(Hooks, load_settings().environment)["upstreams"][0]["url"] == "***"
