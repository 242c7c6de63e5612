import ast
import json
from pathlib import Path

import pytest

from clients._recordings import Recording
from service.scaffold import class_of, flaw, scaffold, write

KNOWN = ("notion", "space_weather")


@pytest.mark.parametrize("name", ["tides", "tide_tables", "n8n", "a1_b2"])
def test_a_good_name_has_no_flaw(name: str) -> None:
    assert flaw(name, KNOWN) == ""


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("notion", "already"),
        *((one, "cannot name") for one in ("", "Tides", "tide-tables", "_tides", "tides_", "1a")),
        *((one, "cannot name") for one in ("a__b", "../x", "tïdes", "tides\n", "x" * 33)),
        *((one, "something else") for one in ("class", "client", "rate", "thing", "hub")),
        ("recordings", "something else"),
    ],
)
def test_another_is_refused_with_a_sentence(name: str, told: str) -> None:
    said = flaw(name, KNOWN)
    assert told in said
    assert said.endswith((".", "already."))


@pytest.mark.parametrize("name", ["tides", "a_name_as_long_as_may_be"])
def test_what_is_written_reads(name: str) -> None:
    for place, text in scaffold(name).items():
        assert name in place
        assert "$" not in text
        assert max(map(len, text.splitlines())) <= 100
        if place.endswith(".py"):
            ast.parse(text)
        else:
            assert Recording.model_validate(json.loads(text)).exchanges


def test_the_class_is_named_after_it() -> None:
    assert class_of("tide_tables") == "TideTables"
    assert "class TideTables(Client)" in scaffold("tide_tables")["clients/tide_tables.py"]
    assert "https://api.tide-tables.example" in scaffold("tide_tables")["clients/tide_tables.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for folder in ("contracts", "clients/recordings", "tests/clients"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def test_all_is_written(root: Path) -> None:
    written = write(root, "tides")
    assert written == list(scaffold("tides"))
    assert all((root / one).read_text() == text for one, text in scaffold("tides").items())


@pytest.mark.parametrize(
    "place", ["contracts/tides.py", "clients/tides", "tests/clients/test_tides.py"]
)
def test_nothing_is_written_over(root: Path, place: str) -> None:
    (root / place).write_text("mine")
    before = sorted(root.rglob("*"))
    with pytest.raises(FileExistsError, match=place):
        write(root, "tides")
    assert sorted(root.rglob("*")) == before
    assert (root / place).read_text() == "mine"
