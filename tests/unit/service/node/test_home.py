"""A node's folder: the same at every start, private, and free of the machine's own settings."""

import socket
import stat
from pathlib import Path

import pytest

from service.node.home import HOST, PORTS, Home, NodeError, Ports, taken


def test_prepared_again_it_is_the_same(tmp_path: Path) -> None:
    assert Home.prepare(tmp_path) == Home.prepare(tmp_path)


def test_two_folders_share_nothing(tmp_path: Path) -> None:
    one, other = Home.prepare(tmp_path / "one"), Home.prepare(tmp_path / "other")
    assert one.name != other.name
    assert one.password != other.password
    assert (tmp_path / "one/.erlang.cookie").read_text() not in other.environment({}).values()


def test_secrets_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    Home.prepare(tmp_path)
    for name in ("node.json", "rabbitmq.conf", ".erlang.cookie"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_the_address_has_the_password_and_the_port(tmp_path: Path) -> None:
    home = Home.prepare(tmp_path)
    assert home.url == f"amqp://hub:{home.password}@127.0.0.1:{home.ports.amqp}/"
    assert f"default_pass = {home.password}" in (tmp_path / "rabbitmq.conf").read_text()


def test_of_the_outer_environment_only_the_path_enters(tmp_path: Path) -> None:
    outer = {"PATH": "/somewhere", "RABBITMQ_NODENAME": "rabbit", "ERL_FLAGS": "+S 1"}
    inner = Home.prepare(tmp_path).environment(outer)
    assert inner["PATH"] == "/somewhere"
    assert inner["RABBITMQ_NODENAME"].startswith("hub-")
    assert "ERL_FLAGS" not in inner


def test_every_file_of_the_environment_is_in_the_folder(tmp_path: Path) -> None:
    environment = Home.prepare(tmp_path).environment({"PATH": "/bin"})
    files = [value for name, value in environment.items() if value.startswith("/")]
    assert all(Path(file).is_relative_to(tmp_path) for file in files if file != "/bin")


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    home = Home.prepare(tmp_path)
    with home.locked(), pytest.raises(NodeError, match="HUB_DATA_DIR"), home.locked():
        pass
    with home.locked():
        pass


def test_ports_are_free_different_and_not_those_of_outgoing_connections() -> None:
    ports = Ports.choose()
    chosen = {ports.amqp, ports.dist, ports.epmd}
    assert len(chosen) == 3
    assert chosen <= set(PORTS)
    assert ports.first_taken() is None


def test_a_port_with_a_listener_is_taken() -> None:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert taken(port)
        assert Ports(1, port, port).first_taken() in {1, port}
    assert not taken(port)
