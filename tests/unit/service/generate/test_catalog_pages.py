import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from clients import _registry
from clients.notion import Notion
from clients.opensky import OpenSky
from service.generate.catalog import Chapter, chapter
from service.generate.catalog_pages import catalog_pages
from service.generate.fields import Row
from service.generate.schemas import own_clients

LARGEST = 200_000
"""Bytes of a page: what a browser still shows at once."""


@pytest.fixture(scope="module")
def pages() -> Mapping[str, str]:
    return catalog_pages([chapter(one, answered=True) for one in own_clients()])


def test_every_operation_is_in_the_index_and_on_its_page(pages: Mapping[str, str]) -> None:
    for name in _registry.names():
        for method in _registry.load(name).operations:
            assert f"[{method}](api/{name}.md#{method})" in pages["API_CATALOG.md"]
            assert f"\n## {method}\n" in pages[f"api/{name}.md"]


def test_the_index_counts_what_is_constructed(pages: Mapping[str, str]) -> None:
    count = sum(len(_registry.load(name).operations) for name in _registry.names())
    assert f"{len(_registry.names())} integrations, {count} operations, " in pages["API_CATALOG.md"]
    assert re.search(r"recordings \(\d+ constructed, ", pages["API_CATALOG.md"])


def test_no_page_is_too_large_to_read(pages: Mapping[str, str]) -> None:
    assert max(len(text.encode()) for text in pages.values()) < LARGEST


def part(page: str, method: str) -> str:
    return page.partition(f"\n## {method}\n")[2].partition("\n## ")[0]


def test_an_operation_has_all_that_its_asker_needs(pages: Mapping[str, str]) -> None:
    told = part(pages["api/notion.md"], "get_page")
    for line in (
        "| class | safe |",
        "| calls | `GET /pages/{page_id}` at api |",
        "| limits | api: 3/s burst 10 |",
        "| cost of a call | 1 |",
        "| cached | no |",
        "| given up after | 30 s |",
        "| documentation | <https://developers.notion.com/reference/page> |",
        "| `page_id` | text, up to 36 characters | required |",
        '{"page_id": "be633bf1-dfa0-436d-b259-571129a590e5"}',
        "success: documentation, <https://developers.notion.com/reference/page>",
    ):
        assert line in told
    assert "refusal (upstream_rejected): " in told
    assert "… 30 lines more" in told or "lines more\n```" in told


def test_a_cost_that_depends_says_on_what(pages: Mapping[str, str]) -> None:
    told = part(pages["api/opensky.md"], "get_states")
    assert "in the example; the credits of a box, by square degrees." in told


def page(changed: Chapter) -> str:
    return catalog_pages([changed])[f"api/{changed.name}.md"]


def test_what_is_long_is_cut_where_one_sees_it() -> None:
    found = chapter(OpenSky, only="get_states")
    field = Row("x", "text", required=False, default=None, meaning="")
    entry = replace(
        found.entries[0],
        request={"ids": [1, 2, 3, 4], "text": "a" * 200},
        fields=[replace(field, name=f"f{n}") for n in range(45)],
        parameters=[],
    )
    told = page(replace(found, entries=[entry], replies={}))
    assert '"ids": [\n  1,\n  2,\n  "… 2 more"\n ]' in told
    assert f'"text": "{"a" * 160}…"' in told
    assert (
        "… and 5 more: [schema](../../../contracts/schemas/opensky/get_states.reply.json)" in told
    )
    assert "No parameters." in told


def test_what_is_off_by_default_is_marked() -> None:
    found = replace(chapter(Notion, only="get_page"), opt_in=True)
    assert all("Off unless `HUB_INTEGRATIONS`" in text for text in catalog_pages([found]).values())
