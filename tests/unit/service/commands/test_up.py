import socket

from service.addresses import held
from tests.support.cli import Cli


def test_a_second_one_on_a_data_folder_is_refused(cli: Cli) -> None:
    with held(cli.folder / "data"):
        said = cli("up")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("Another `hub up` runs on the data folder")


def test_what_keeps_the_hub_from_starting_is_told(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        cli.set(HUB_HTTP_PORT=str(other.getsockname()[1]))
        said = cli("up")
    assert (said.code, said.out) == (1, "")
    assert "is taken by another program" in said.err


def test_a_data_folder_that_is_none_is_told(cli: Cli) -> None:
    (cli.folder / "data").write_text("a file")
    said = cli("up", "--json")
    assert said.code == 1
    assert "The data folder is of no use" in said.json["detail"]
