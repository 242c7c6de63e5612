"""`hub new-client`, in a checkout of the kernel alone: what it writes works, and is red."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import contracts
from service.scaffold import scaffold
from tests.support.cli import Cli

ROOT = Path(__file__).parents[4]
NAME = "tide_tables"
PYTHON = [sys.executable]
HUB = [*PYTHON, "-c", "from service.commands import main; main()"]


def ran(checkout: Path, *words: str) -> subprocess.CompletedProcess[str]:
    own = {"HOME": str(checkout), "PYTHONPATH": str(checkout), "COLUMNS": "400"}
    environment = own | {"PATH": os.environ["PATH"]}
    return subprocess.run(  # noqa: S603  (our own commands)
        words, cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def copied(folder: Path) -> Path:
    """A checkout without any integration."""
    for package in ("contracts", "clients"):
        (folder / package).mkdir(parents=True)
        for one in (ROOT / package).glob("_*.py"):
            shutil.copy(one, folder / package)
    shutil.copytree(ROOT / "service", folder / "service")
    shutil.copytree(ROOT / "tests/support", folder / "tests/support")
    (folder / "tests/clients").mkdir()
    (folder / "clients/recordings").mkdir()
    for test in ("every_client", "every_failure", "nothing_left_to_write"):
        shutil.copy(ROOT / f"tests/clients/test_{test}.py", folder / "tests/clients")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(tmp_path_factory.mktemp("checkout"))
    said = ran(folder, *HUB, "new-client", NAME, "--json")
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["written"] == list(scaffold(NAME))
    assert all(NAME in one for one in told["next"])
    return folder


def test_it_is_listed_and_answers_in_the_sandbox(checkout: Path) -> None:
    said = ran(checkout, *HUB, "integrations", "--json")
    assert [(one["name"], len(one["operations"])) for one in json.loads(said.stdout)] == [(NAME, 1)]
    shown = json.loads(ran(checkout, *HUB, "catalog", f"{NAME}.get_thing", "--json").stdout)
    assert shown["reply"] == {"id": "t-1", "weight_kg": 2.5}


def test_its_code_is_clean(checkout: Path) -> None:
    files = [one for one in scaffold(NAME) if one.endswith(".py")]
    for command in (["check"], ["format", "--check"]):
        said = ran(checkout, *PYTHON, "-m", "ruff", *command, *files)
        assert said.returncode == 0, said.stdout
    said = ran(checkout, *PYTHON, "-m", "mypy", "--no-error-summary", *files)
    assert said.stdout + said.stderr == ""


def test_its_tests_are_red_and_say_what_to_write(checkout: Path) -> None:
    said = ran(checkout, *PYTHON, "-m", "pytest", "tests/clients", "-q", "-k", NAME)
    assert said.returncode == 1, said.stdout
    failed = [line for line in said.stdout.splitlines() if line.startswith("FAILED")]
    told = [re.findall(rf"(\S*{NAME}(?:\.py)?): (?:be|re|w)", line)[0] for line in failed]
    client = f"clients/{NAME}"
    assert sorted(told) == [
        f"clients/recordings/{NAME}",
        *[client] * 3,
        f"contracts/{NAME}",
        f"tests/clients/test_{NAME}.py",
    ]
    assert " passed" in said.stdout.splitlines()[-1]


@pytest.fixture
def place(cli: Cli, tmp_path: Path) -> Path:
    """A checkout with nothing in it, from which the command believes to run."""
    for folder in ("contracts", "clients/recordings", "tests/clients"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").touch()
    cli.patch.setattr(contracts, "__file__", str(tmp_path / "contracts/__init__.py"))
    return tmp_path


def test_people_are_told_what_to_do_next(cli: Cli, place: Path) -> None:
    said = cli("new-client", NAME)
    assert said.code == 0
    assert said.out.split() == list(scaffold(NAME))
    assert all((place / one).is_file() for one in scaffold(NAME))
    assert "docs/how-to/add-an-integration.md" in said.err
    assert "hub contracts export" in said.err


def test_programs_are_told_the_same(cli: Cli, place: Path) -> None:
    told = cli("new-client", NAME, "--json").json
    assert [place / one for one in told["written"] if (place / one).is_file()]
    assert len(told["next"]) == 4


def test_nothing_is_written_over(cli: Cli, place: Path) -> None:
    (place / f"tests/clients/test_{NAME}.py").write_text("mine")
    said = cli("new-client", NAME)
    assert (said.code, said.out) == (1, "")
    assert said.err == f"tests/clients/test_{NAME}.py is there already: nothing was written.\n"
    assert not (place / f"clients/{NAME}.py").exists()


def test_a_place_that_cannot_be_written_is_told(cli: Cli, place: Path) -> None:
    (place / "clients/recordings").rmdir()
    (place / "clients/recordings").touch()
    said = cli("new-client", NAME)
    assert (said.code, said.out) == (1, "")
    assert "The files cannot be written: " in said.err


@pytest.mark.parametrize("missing", ["pyproject.toml", "tests"])
def test_where_there_are_no_sources_it_says_so(cli: Cli, place: Path, missing: str) -> None:
    (place / missing).rename(place / "gone")
    said = cli("new-client", NAME)
    assert (said.code, said.out) == (1, "")
    assert f"runs from {place}, which is no checkout of its sources" in said.err


@pytest.mark.parametrize(
    ("name", "told"), [("notion", "already."), ("Not-A-Name", "cannot name an integration")]
)
def test_a_bad_name_is_refused(cli: Cli, place: Path, name: str, told: str) -> None:
    said = cli("new-client", name)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert not [*place.glob("clients/*.py")]
