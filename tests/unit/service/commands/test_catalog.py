import pytest

from clients import _registry
from contracts import UnknownOperation
from tests.support.cli import Cli


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def test_all_integrations_are_counted(cli: Cli) -> None:
    said = cli("catalog")
    assert (said.code, said.err) == (0, "")
    count = sum(len(_registry.load(name).operations) for name in _registry.names())
    assert said.out.startswith(f"{len(_registry.names())} integrations, {count} operations, ")
    shown = {line[0]: line[1] for line in lines(said.out) if len(line) > 1}
    for name in _registry.names():
        assert shown[name] == str(len(_registry.load(name).operations))


def test_one_is_shown_with_each_operations_call(cli: Cli) -> None:
    said = cli("catalog", "notion")
    shown = {line[0]: line[1:] for line in lines(said.out)}
    assert shown["notion.get_page"][:5] == ["safe", "GET", "/pages/{page_id}", "1", "-"]


def test_an_operation_is_shown_with_its_example(cli: Cli) -> None:
    said = cli("catalog", "notion.get_page")
    assert said.code == 0
    assert "https://developers.notion.com/reference/page" in said.out
    assert "success: documentation" in said.out
    example = '{"request": {"page_id": "be633bf1-dfa0-436d-b259-571129a590e5"}, "reply": {"id":'
    assert example in said.out


def test_one_without_parameters_has_no_table_of_them(cli: Cli) -> None:
    assert "parameter" not in cli("catalog", "notion.get_me").out


def test_json_has_the_same_shape_on_every_level(cli: Cli) -> None:
    operation = cli("catalog", "notion.get_page", "--json").json
    assert operation.keys() == {
        "name",
        "kind",
        "meaning",
        "documentation",
        "parameters",
        "result",
        "result_meaning",
        "fields",
        "calls",
        "limits",
        "cost",
        "cost_meaning",
        "ttl",
        "timeout",
        "request",
        "reply",
        "recordings",
    }
    assert operation["parameters"][0].keys() == {"name", "type", "required", "default", "meaning"}
    assert operation["recordings"][0].keys() == {"case", "kind", "ref", "reason", "code"}
    integration = cli("catalog", "notion", "--json").json
    assert integration.keys() == {"name", "summary", "opt_in", "origins", "operations"}
    assert operation in integration["operations"]
    every = cli("catalog", "--json").json
    assert [one["name"] for one in every] == list(_registry.names())
    assert integration in every


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("notoin", "There is no integration 'notoin'. Did you mean notion?\n"),
        ("notoin.get_page", "There is no integration 'notoin'. Did you mean notion?\n"),
        ("notion.get_pag", "Did you mean notion.get_page"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(cli: Cli, name: str, told: str) -> None:
    said = cli("catalog", name)
    assert (said.code, said.out) == (UnknownOperation.exit_code, "")
    assert told in said.err
