"""What is installed is what was looked at: pinned, hashed, from no index that a lock names."""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
HASHED = re.compile(r"(\S+)==(\S+)(?: ; [^\\]+)?((?: --hash=sha256:[0-9a-f]{64})+)")


def entries(lock: str) -> list[str]:
    """Each requirement of a lock on one line."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "")
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def pins(lock: str) -> set[tuple[str, str]]:
    found = (HASHED.fullmatch(entry) for entry in entries(lock))
    return {(one[1], one[2]) for one in found if one}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_entry_is_one_version_with_its_hashes_and_nothing_else(lock: str) -> None:
    assert [one for one in entries(lock) if not HASHED.fullmatch(one)] == []
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_what_runs_is_what_was_tested() -> None:
    assert pins("requirements.lock") < pins("requirements-dev.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_all_that_the_project_names_is_pinned_as_it_asks(lock: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = project["project"]["dependencies"] + project["build-system"]["requires"]
    if "dev" in lock:
        named += project["project"]["optional-dependencies"]["dev"]
    pinned = pins(lock)
    for asked in map(Requirement, named):
        versions = {version for name, version in pinned if name == canonicalize_name(asked.name)}
        assert versions, f"{lock} lacks {asked.name}: run scripts/lock"
        assert all(asked.specifier.contains(one) for one in versions), asked


@pytest.mark.parametrize("file", ["Dockerfile", "scripts/setup"])
def test_nothing_is_installed_but_by_hash_or_from_here(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    installs = [line for line in text.splitlines() if "pip install" in line]
    assert len(installs) == 2
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)


def test_code_that_runs_at_every_start_of_python_is_known() -> None:
    """A `.pth` file may hold code: how keys were stolen by a release of a library in 2026."""
    places = {
        str(one.locate_file(""))
        for one in distributions()
        if "-packages" in str(one.locate_file(""))
    }
    found = {path.name for place in places for path in Path(place).glob("*.pth")}
    ours = {one for one in found if one.startswith("__editable__.integration_hub-")}
    assert found - ours <= {"a1_coverage.pth", "distutils-precedence.pth"}
    assert len(ours) <= 1
