from collections import Counter

import pytest

from clients import _recordings, _registry
from clients._client import Client
from clients.notion import Notion
from clients.opensky import OpenSky
from service.generate.catalog import Called, Chapter, Entry, chapter
from tests.support.depot import Depot
from tests.support.toy import Toy

NAMES = _registry.names()


def entry(facts: type[Client], method: str) -> Entry:
    found = chapter(facts, only=method)
    assert [one.method for one in found.entries] == [method]
    return found.entries[0]


@pytest.fixture(scope="module")
def chapters() -> dict[str, Chapter]:
    return {name: chapter(_registry.load(name)) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_is_told_in_full(chapters: dict[str, Chapter], name: str) -> None:
    found = chapters[name]
    assert {one.method for one in found.entries} == _registry.load(name).operations.keys()
    for one in found.entries:
        assert one.meaning.endswith((".", ";", ",", ":"))
        assert one.documentation, one.name
        assert one.calls, one.name
        assert one.limits, one.name
        assert {recorded.code is None for recorded in one.recordings} == {True, False}
    assert found.origins().total() == len(_recordings.of(name, _registry.load(name).__module__))


def test_an_operation_is_told_with_all_that_matters() -> None:
    one = entry(Notion, "get_page")
    assert (one.name, one.kind, one.ttl, one.timeout, one.cost) == (
        "notion.get_page",
        "safe",
        0.0,
        30.0,
        1.0,
    )
    assert one.documentation == ("https://developers.notion.com/reference/page",)
    assert one.calls == [Called("api", "GET", "/pages/{page_id}")]
    assert one.limits == {"api": "3/s burst 10"}
    assert one.parameters[0].name == "page_id"
    assert one.result == "Page"
    assert "url" in [row.name for row in one.fields]


def test_what_the_request_decides_is_said() -> None:
    one = entry(OpenSky, "get_states")
    assert one.cost >= 1
    assert one.cost_meaning == "the credits of a box, by square degrees."


def test_only_who_asks_for_replies_waits_for_them() -> None:
    assert chapter(Notion, only="get_page").replies == {}
    answered = chapter(Notion, answered=True, only="get_page")
    assert answered.replies["get_page"]["object"] == "page"
    assert answered.as_json()["operations"][0]["reply"] == answered.replies["get_page"]
    assert answered.as_json()["origins"] == dict(Counter(documentation=3))


def test_an_integration_of_another_package_has_recordings_of_its_own() -> None:
    found = chapter(Depot, answered=True)
    assert found.replies.keys() == Depot.operations.keys()
    one = entry(Depot, "order_part")
    assert one.calls[0] == Called("api", "POST", "/orders/{part}")


def test_what_nobody_has_recorded_has_no_example() -> None:
    found = chapter(Toy, answered=True)
    assert found.replies == {}
    assert {(one.cost, one.documentation) for one in found.entries} == {(1.0, ())}
    assert found.as_json()["operations"][0]["reply"] is None
