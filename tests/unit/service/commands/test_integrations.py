import pytest

from clients import _registry
from tests.support.cli import Cli


def test_all_are_listed_with_what_they_lack(cli: Cli) -> None:
    said = cli("integrations")
    assert said.code == 0
    words = [line.split() for line in said.out.splitlines()]
    count = len(_registry.load("notion").operations)
    assert [line[:4] for line in words if line and line[0] == "notion"] == [
        ["notion", str(count), "no", "NOTION_API_KEY"]
    ]
    cli.set(NOTION_API_KEY="canary")
    again = cli("integrations")
    assert f"notion {count} yes".split() in [line.split()[:3] for line in again.out.splitlines()]
    assert "canary" not in again.out


@pytest.mark.parametrize("name", _registry.names())
def test_one_is_shown_with_every_operation_and_no_name_is_cut(cli: Cli, name: str) -> None:
    said = cli("integrations", name)
    assert said.code == 0
    for one in _registry.load(name).operations.values():
        assert one.name in said.out.split()


def test_parameters_are_shown_the_optional_ones_in_brackets(cli: Cli) -> None:
    lines = [line.split() for line in cli("integrations", "notion").out.splitlines()]
    shown = {line[0]: line[2:] for line in lines if line}
    assert "page_id" in shown["notion.get_page"]
    assert "[query]" in shown["notion.search"]


def test_each_upstream_tells_what_it_lacks(cli: Cli) -> None:
    lines = [line.split() for line in cli("integrations", "space_weather").out.splitlines()]
    ends = {line[0]: line[-1] for line in lines if line and line[0] in {"nasa", "swpc"}}
    assert ends["nasa"] == "NASA_API_KEY"
    assert ends["swpc"] != "NASA_API_KEY"


def test_what_is_missing_is_said_apart_from_the_result(cli: Cli) -> None:
    assert cli("integrations", "notion").err == "Set NOTION_API_KEY to use it.\n"
    cli.set(NOTION_API_KEY="canary")
    assert cli("integrations", "notion").err == ""


def test_json_has_all_facts(cli: Cli) -> None:
    one = cli("integrations", "notion", "--json").json
    assert (one["name"], one["configured"], one["lacking"]) == ("notion", False, ["NOTION_API_KEY"])
    every = cli("integrations", "--json").json
    assert [row["name"] for row in every] == list(_registry.names())
    assert one in every


def test_an_unknown_one_is_told_with_the_nearest_name(cli: Cli) -> None:
    said = cli("integrations", "notoin")
    assert (said.code, said.out) == (2, "")
    assert said.err == "There is no integration 'notoin'. Did you mean notion?\n"
    assert f"There are {', '.join(_registry.names())}." in cli("integrations", "zzz").err


def test_a_key_file_that_cannot_be_read_is_told(cli: Cli) -> None:
    cli.set(NOTION_API_KEY_FILE="/nowhere/key")
    said = cli("integrations")
    assert said.code == 1
    assert "NOTION_API_KEY_FILE names a file that cannot be read" in said.err
