"""The rules of the house as programs; an exception has its exact size here, and only shrinks."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "clients", "service", "sdk")
LONGEST_FILE = 300
LONGER_FILES: dict[str, int] = {}
LONGEST_FUNCTION = 50
MOST_COMMENTS = 0.05


def sources() -> list[Path]:
    return sorted(
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.read_text(encoding="utf-8").strip()
    )


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            first = body[0].lineno if body else node.lineno
            yield node.name, (node.end_lineno or first) - first + 1


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_a_file_stays_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER_FILES.get(name_of(path), LONGEST_FILE)


def test_an_exception_is_no_larger_than_its_file() -> None:
    real = {n: len((ROOT / n).read_text(encoding="utf-8").splitlines()) for n in LONGER_FILES}
    assert real == LONGER_FILES


def test_functions_are_short() -> None:
    lengths = sorted(length for path in sources() for _, length in functions(path))
    assert median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25
    assert lengths[-1] <= LONGEST_FUNCTION


@cache
def all_mirrors() -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for test in sorted((ROOT / "tests").rglob("test_*.py")):
        found.setdefault(test.name, []).append(test)
    return found


def mirrors(path: Path) -> list[Path]:
    package, *folders, file = path.relative_to(ROOT).parts
    stem = (folders[-1] if file == "__init__.py" else path.stem).lstrip("_")
    names, levels = {f"test_{stem}.py"}, {package}
    if package in {"contracts", "clients"} and (folders or not file.startswith("_")):
        # an integration: one test mirrors its contract, its client and their folders
        names.add(f"test_{folders[0] if folders else stem}.py")
        levels.add("clients")
    tests = (test for name in names for test in all_mirrors().get(name, ()))
    return [test for test in tests if levels & set(test.parts)]


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_a_file_has_its_mirror(path: Path) -> None:
    only_named = len(ast.parse(path.read_text(encoding="utf-8")).body) == 1
    if path.name == "__init__.py" and (only_named or path.parent.parent == ROOT):
        return
    assert mirrors(path), f"{name_of(path)} has no mirror below tests/"


def test_comments_are_few() -> None:
    lines = [line.strip() for path in sources() for line in path.read_text().splitlines()]
    code = [line for line in lines if line]
    comments = [line for line in code if line.startswith("#")]
    assert len(comments) / len(code) <= MOST_COMMENTS


def test_no_test_sleeps_to_wait() -> None:
    allowed = {  # none of these waits for something: they are what takes time
        "tests/support/wait.py",
        "tests/support/proxy.py",
        "tests/support/upstream.py",
        "tests/broker/service/ownership/test_rank.py",  # plays the roster's loop
        "tests/broker/service/ownership/test_starting.py",  # takes longer than its limit
        "tests/support/lease_holder.py",  # spends, and ticks
        "tests/unit/clients/test_transport.py",  # stands the loop still
    }
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if name_of(path) not in allowed
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"time.sleep", "asyncio.sleep"}
        if not (node.args and ast.unparse(node.args[0]) == "0")
    ]
    assert found == []
