"""Variables and the files they name."""

from pathlib import Path

import pytest

from clients._environment import Environment, InstanceEnvironment, missing
from contracts import NotConfigured


def test_the_first_that_has_a_value_counts() -> None:
    env = Environment({"OLD": "1", "NEW": " 2 ", "BLANK": " "})
    assert env.get("BLANK", "NEW", "OLD") == "2"
    found = env.find("BLANK", "OLD")
    assert found is not None
    assert (found.name, found.value.get_secret_value()) == ("OLD", "1")
    assert env.get("BLANK", "NONE") is None
    assert env.find() is None


def test_a_file_may_hold_the_value(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sesame\n", encoding="utf-8")
    env = Environment({"KEY_FILE": str(tmp_path / "key")})
    assert env.require("KEY") == "sesame"
    assert Environment({"KEY": "own", "KEY_FILE": "/none"}).require("KEY") == "own"


@pytest.mark.parametrize(("raw", "reason"), [(None, "No such file"), (b"\xff", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, raw: bytes | None, reason: str) -> None:
    path = tmp_path / "sesame"
    if raw:
        path.write_bytes(raw)
    with pytest.raises(NotConfigured, match=f"KEY_FILE names a file .* read: {reason}") as caught:
        Environment({"KEY_FILE": str(path)}).get("KEY")
    assert "sesame" not in str(caught.value)


def test_what_is_required_is_named() -> None:
    with pytest.raises(NotConfigured, match="Set NEW "):
        Environment({}).require("NEW", "OLD")
    assert "Set A, B " in missing(["A", "B"]).detail


def test_no_value_is_shown() -> None:
    env = Environment({"KEY": "sesame"})
    assert "sesame" not in f"{env!r} {env.find('KEY')!r}"


def test_an_instance_has_its_name_in_every_variable(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sesame")
    values = {"N8N_NORTH_API_KEY_FILE": str(tmp_path / "key"), "N8N_API_KEY": "x"}
    env = InstanceEnvironment(Environment(values), "N8N", "north")
    assert env.require("N8N_API_KEY") == "sesame"
    assert env.named("OTHER") == "N8N_NORTH_OTHER"
    with pytest.raises(NotConfigured, match="Set N8N_NORTH_USER "):
        env.require("N8N_USER", "N8N_NAME")
    assert Environment({}).named("ANY") == "ANY"
