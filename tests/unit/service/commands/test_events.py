from tests.support.cli import Cli


def test_a_count_is_no_less_than_nothing(cli: Cli) -> None:
    said = cli("events", "--count", "-1")
    assert said.code == 2
    assert "--count" in said.err
