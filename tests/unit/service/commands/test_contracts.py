import json
import shutil
from pathlib import Path

import pytest

from service.generate import contract_files
from tests.support.cli import Cli


def test_what_is_committed_is_fresh(cli: Cli) -> None:
    said = cli("contracts", "check", "--json")
    assert (said.code, said.json) == (0, {"problems": []})


def test_what_is_stale_is_named_and_written_anew(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "contracts"
    shutil.copytree(contract_files.FOLDER, copy)
    (copy / "asyncapi.json").write_text("{}")
    for name in ("write", "problems"):
        real = getattr(contract_files, name)
        monkeypatch.setattr(contract_files, name, lambda real=real: real(copy))
    monkeypatch.setattr(contract_files, "write_pages", lambda: 0)
    monkeypatch.setattr(contract_files, "stale_pages", list)
    stale = cli("contracts", "check")
    assert (stale.code, stale.out) == (1, "")
    assert stale.err.splitlines() == [
        "contracts/asyncapi.json is stale.",
        "Run `hub contracts export` and look at what changed.",
    ]
    said = cli("contracts", "check", "--json")
    assert (said.code, said.json) == (1, {"problems": ["contracts/asyncapi.json is stale."]})
    assert cli("contracts", "export", "--json").json["written"] > 0
    fresh = cli("contracts", "check")
    assert (fresh.code, fresh.err) == (0, "")
    assert "fresh. Nothing was released yet" in fresh.out


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of fresh contract files, which the commands take for this one's."""
    contract_files.write(tmp_path)
    for name in ("release", "released", "problems"):
        real = getattr(contract_files, name)
        monkeypatch.setattr(contract_files, name, lambda real=real: real(tmp_path))
    monkeypatch.setattr(contract_files, "stale_pages", list)
    return tmp_path


def test_what_is_released_is_a_promise(cli: Cli, checkout: Path) -> None:
    said = cli("contracts", "release")
    count = len(list((checkout / "schemas").rglob("*.json")))
    assert (said.code, said.out) == (0, f"{count} schemas are promised from now on.\n")
    assert cli("contracts", "check").out.endswith("They keep the last release's promises.\n")
    assert cli("contracts", "release", "--json").json == {"promised": count}
    kept = checkout / contract_files.RELEASED
    promised = json.loads(kept.read_text())
    promised["schemas/notion/gone.request.json"] = {}
    kept.write_text(json.dumps(promised))
    broken = cli("contracts", "check")
    assert broken.code == 1
    assert "notion/gone.request.json: the operation is gone." in broken.err
    again = cli("contracts", "release")
    assert (again.code, json.loads(kept.read_text())) == (1, promised)
    assert "`hub contracts check` fails" in again.err


def test_a_release_that_cannot_be_written_is_told(cli: Cli, checkout: Path) -> None:
    (checkout / contract_files.RELEASED).mkdir()
    said = cli("contracts", "release")
    assert said.code == 1
    assert "cannot be written" in said.err


def test_a_place_that_cannot_be_written_is_told(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise PermissionError(13, "Permission denied", "contracts/asyncapi.json")

    monkeypatch.setattr(contract_files, "write", lambda: 0)
    monkeypatch.setattr(contract_files, "write_pages", lambda: 0)
    assert cli("contracts", "export").out == "0 files written.\n"
    monkeypatch.setattr(contract_files, "write", refuse)
    said = cli("contracts", "export")
    assert said.code == 1
    assert "cannot be written" in said.err
