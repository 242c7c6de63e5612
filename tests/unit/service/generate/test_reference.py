from pathlib import Path

from contracts import CODES
from service.generate.contract_files import stale_pages, write_pages
from service.generate.reference import pages
from service.settings import Settings
from service.store import KEPT


def test_every_code_and_every_setting_has_its_row() -> None:
    found = pages()
    rows = [f"| `{code}` | `{kind.__name__}` |" for code, kind in CODES.items()]
    assert all(row in found["errors.md"] for row in rows)
    assert all(f"`HUB_{name.upper()}`" in found["settings.md"] for name in Settings.model_fields)


def test_defaults_are_those_of_env_example() -> None:
    assert "| `HUB_HEALTH_INTERVAL` | 60 |" in pages()["settings.md"]


def test_it_says_how_long_an_outcome_is_kept() -> None:
    assert f"{KEPT / 3600:g} hours, a refusal too" in pages()["errors.md"]


def test_what_is_committed_is_fresh() -> None:
    assert stale_pages() == []


def test_a_stale_page_is_named(tmp_path: Path) -> None:
    assert write_pages(tmp_path) == len(pages())
    assert stale_pages(tmp_path) == []
    (tmp_path / "errors.md").write_text("old")
    assert stale_pages(tmp_path) == ["docs/reference/errors.md is stale."]


def test_without_a_checkout_there_are_no_pages(tmp_path: Path) -> None:
    assert write_pages(tmp_path / "none") == 0
    assert stale_pages(tmp_path / "none") == []
