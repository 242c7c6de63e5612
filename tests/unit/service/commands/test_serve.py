import socket

import pytest

from tests.support.cli import Cli


def test_it_needs_a_broker(cli: Cli) -> None:
    said = cli("serve")
    assert (said.code, said.out) == (2, "")
    assert said.err == "Set HUB_AMQP_URL to the broker, or use `hub up`, which brings its own.\n"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"HUB_INTEGRATIONS": "notoin"}, "There is no integration 'notoin'. Did you mean notion?"),
        ({"HUB_ACCESS_FILE": "/nowhere"}, "HUB_ACCESS_FILE /nowhere: it cannot be read"),
        ({"HUB_HTTP_HOST": "0.0.0.0"}, "can be reached from outside: set HUB_HTTP_TOKEN"),  # noqa: S104
    ],
)
def test_a_wrong_setting_is_usage(cli: Cli, variables: dict[str, str], sentence: str) -> None:
    cli.set(HUB_AMQP_URL="amqp://hub:canary@127.0.0.1:9/", **variables)
    said = cli("serve")
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


def test_a_port_that_is_taken_is_told(cli: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        cli.set(HUB_AMQP_URL="amqp://hub:canary@127.0.0.1:9/", HUB_HTTP_PORT=str(port))
        said = cli("serve", "--json")
    assert said.code == 1
    assert f"Port {port} of 127.0.0.1 is taken" in said.json["detail"]
