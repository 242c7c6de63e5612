import pytest

from tests.support.cli import Cli


@pytest.mark.parametrize("command", ["pause", "resume"])
def test_it_needs_a_name(cli: Cli, command: str) -> None:
    said = cli(command)
    assert said.code == 2
    assert "Missing argument" in said.err
