from service.settings_shown import example
from tests.support.cli import Cli


def test_every_variable_is_shown_with_its_source_and_no_secret(cli: Cli) -> None:
    (cli.folder / ".env").write_text("NOTION_TOKEN=canary\nHUB_WINDOW=7\nHUB_WINDOWS=1\n")
    cli.set(HUB_HTTP_TOKEN="canary")
    said = cli("settings")
    assert said.code == 0
    words = [line.split() for line in said.out.splitlines()]
    assert ["HUB_WINDOW", "7", ".env"] in [line[:3] for line in words]
    assert ["HUB_HTTP_TOKEN", "***", "environment"] in [line[:3] for line in words]
    assert ["NOTION_API_KEY", "***", ".env:", "NOTION_TOKEN"] in [line[:4] for line in words]
    assert "canary" not in said.out
    assert said.err == "HUB_WINDOWS (.env) is no setting of the hub.\n"


def test_json_is_one_row_for_each(cli: Cli) -> None:
    rows = {row["name"]: row for row in cli("settings", "--json").json}
    assert rows["HUB_PREFIX"] == {
        "name": "HUB_PREFIX",
        "value": "hub",
        "source": "default",
        "read": "HUB_PREFIX",
        "aliases": [],
        "about": "First word of every exchange and queue: keeps several hubs apart on one broker.",
        "of": "hub",
    }
    assert rows["NOTION_API_KEY"]["aliases"] == ["NOTION_TOKEN"]


def test_the_example_needs_no_valid_settings(cli: Cli) -> None:
    cli.set(HUB_HTTP_PORT="x")
    said = cli("settings", "--example")
    assert (said.code, said.out) == (0, example())
