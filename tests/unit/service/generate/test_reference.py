from collections.abc import Mapping
from pathlib import Path

import pytest

from contracts import CODES
from service.generate.contract_files import stale_pages, write_pages
from service.generate.reference import pages
from service.permission.access import Grant
from service.record.records import KEPT
from service.settings import Settings


@pytest.fixture(scope="module")
def found() -> Mapping[str, str]:
    return pages()


def test_every_code_and_every_setting_has_its_row(found: Mapping[str, str]) -> None:
    rows = [f"| `{code}` | `{kind.__name__}` |" for code, kind in CODES.items()]
    assert all(row in found["errors.md"] for row in rows)
    assert all(f"`HUB_{name.upper()}`" in found["settings.md"] for name in Settings.model_fields)
    assert all(f"| `{name}` | " in found["access.md"] for name in Grant.model_fields)


@pytest.mark.parametrize(
    "cells",
    [
        "`expired` | `Expired` | 504 | yes, unless the hub says that the outcome is `unknown` | ",
        "`bad_upstream_reply` | `BadUpstreamReply` | 502 | no, unless the operation is `safe` | ",
        "`upstream_rejected` | `UpstreamRejected` | 422 | no | `sent` | 1 | ",
    ],
)
def test_a_code_has_its_range(found: Mapping[str, str], cells: str) -> None:
    assert f"| {cells}" in found["errors.md"]


def test_defaults_are_those_of_env_example(found: Mapping[str, str]) -> None:
    assert "| `HUB_HEALTH_INTERVAL` | 60 |" in found["settings.md"]


@pytest.mark.parametrize(
    "cells", ["`operations` | required |", "`operator` | `false` |", "`share` | none |"]
)
def test_a_field_of_the_access_file_has_its_default(found: Mapping[str, str], cells: str) -> None:
    assert f"| {cells}" in found["access.md"]


def test_it_says_how_long_an_outcome_is_kept(found: Mapping[str, str]) -> None:
    assert f"{KEPT / 3600:g} hours, a refusal too" in found["errors.md"]


def test_catalog_and_registry_are_among_them(found: Mapping[str, str]) -> None:
    assert {"API_CATALOG.md", "SYSTEM_REGISTRY.md", "api/notion.md"} <= found.keys()


def test_they_are_the_same_at_any_time(found: Mapping[str, str]) -> None:
    assert pages() == found


def test_what_is_committed_is_fresh(found: Mapping[str, str]) -> None:
    assert stale_pages(wanted=found) == []


def test_a_stale_page_and_a_stranger_are_named(tmp_path: Path, found: Mapping[str, str]) -> None:
    assert write_pages(tmp_path, found) == len(found)
    assert stale_pages(tmp_path, found) == []
    (tmp_path / "errors.md").write_text("old")
    (tmp_path / "api/gone.md").write_text("old")
    assert stale_pages(tmp_path, found) == [
        "docs/reference/errors.md is stale.",
        "docs/reference/api/gone.md is of no integration.",
    ]
    write_pages(tmp_path, found)
    assert stale_pages(tmp_path, found) == []


def test_without_a_checkout_there_are_no_pages(tmp_path: Path) -> None:
    assert write_pages(tmp_path / "none") == 0
    assert stale_pages(tmp_path / "none") == []
