"""What a private RabbitMQ node keeps in its folder: name, password, ports, settings."""

import contextlib
import fcntl
import json
import os
import random
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, TypeVar

T = TypeVar("T")

HOST: Final = "127.0.0.1"
USER: Final = "hub"

# Below the ports that Linux (32768) and macOS (49152) hand to outgoing connections: a remembered
# port must still be free at the next start.
PORTS: Final = range(20000, 32000)

SETTINGS: Final = """\
listeners.tcp.1 = {host}:{ports.amqp}
default_user = {user}
default_pass = {password}
disk_free_limit.absolute = 256MB
vm_memory_high_watermark.relative = 0.3
max_message_size = 16777216
raft.wal_max_size_bytes = 67108864
log.console = false
log.file.rotation.size = 10485760
log.file.rotation.count = 3
"""

# What "localhost" is, whatever the machine's own tables say.
NAMES: Final = '{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n'


class NodeError(Exception):
    """The private RabbitMQ node can't do what was asked; the text says what would help."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Three TCP ports on the loopback interface."""

    amqp: int
    dist: int
    """Erlang distribution: how `rabbitmqctl` talks to the node."""
    epmd: int
    """The node's own port mapper; the machine's own (4369) is left alone."""

    @classmethod
    def choose(cls, among: Sequence[int] = PORTS) -> Self:
        """Return three different ports that nobody listens on."""
        free = (port for port in random.sample(among, len(among)) if not taken(port))
        return cls(next(free), next(free), next(free))

    def first_taken(self) -> int | None:
        """Return the first port that another program listens on."""
        return next((port for port in (self.amqp, self.dist, self.epmd) if taken(port)), None)


@dataclass(frozen=True, slots=True)
class Home:
    """A node's folder, prepared: all that has to be the same at the next start."""

    folder: Path
    name: str
    """The Erlang node name, unique in the world, so that a process that has it is ours."""
    password: str
    ports: Ports

    @classmethod
    def prepare(cls, folder: Path) -> Self:
        """Read the folder; write what it lacks."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "log").mkdir(exist_ok=True)
        identity = _remembered(folder / "node.json", _new_identity)
        ports = _remembered(folder / "ports.json", _new_ports)
        home = cls(folder, str(identity["name"]), str(identity["password"]), Ports(**ports))
        home._write_settings(cookie=str(identity["cookie"]))
        return home

    @property
    def url(self) -> str:
        """The AMQP address, password included."""
        return f"amqp://{USER}:{self.password}@{HOST}:{self.ports.amqp}/"

    @property
    def mark(self) -> str:
        """What every process of the node has in its environment."""
        return f"ERL_INETRC={self.folder / 'inetrc'}"

    @property
    def boot_log(self) -> Path:
        """What the node printed before its own log was open."""
        return self.folder / "log" / "boot.log"

    @property
    def pids(self) -> Path:
        """Where the process ids of the running node are noted."""
        return self.folder / "pids.json"

    def environment(self, outer: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of the node; of the outer one only the PATH enters."""
        folder = self.folder
        return {
            "PATH": outer.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(folder),  # Erlang reads the cookie there
            "ERL_INETRC": str(folder / "inetrc"),
            "ERL_CRASH_DUMP": str(folder / "log" / "erl_crash.dump"),
            "ERL_EPMD_PORT": str(self.ports.epmd),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(self.ports.dist),
            "RABBITMQ_NODE_PORT": str(self.ports.amqp),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            # These three need not exist; naming them keeps the machine's own files out.
            "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"-kernel inet_dist_use_interface {{127,0,0,1}} -hub_node {self.name}"
            ),
            # The script then becomes the Erlang VM instead of waiting for it: its process id is
            # the VM's, and a SIGTERM is a clean stop.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; a second one is refused.

        Raises:
            NodeError: another process holds it.
        """
        with (self.folder / "lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                message = (
                    f"Another process runs the private broker of {self.folder}. Stop it, "
                    "or give this one a data folder of its own (HUB_DATA_DIR)."
                )
                raise NodeError(message) from error
            yield

    def _write_settings(self, cookie: str) -> None:
        text = SETTINGS.format(host=HOST, user=USER, password=self.password, ports=self.ports)
        _write(self.folder / "rabbitmq.conf", text)
        _write(self.folder / "plugins", "[].\n")
        _write(self.folder / "inetrc", NAMES)
        _write(self.folder / ".erlang.cookie", cookie)


def taken(port: int) -> bool:
    """Return whether another program listens on this loopback port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _new_identity() -> dict[str, str]:
    return {
        "name": f"hub-{secrets.token_hex(6)}@localhost",
        "password": secrets.token_hex(16),
        "cookie": secrets.token_hex(16),
    }


def _new_ports() -> dict[str, int]:
    ports = Ports.choose()
    return {"amqp": ports.amqp, "dist": ports.dist, "epmd": ports.epmd}


def _remembered(path: Path, make: Callable[[], dict[str, T]]) -> dict[str, T]:
    if path.exists():
        known: dict[str, T] = json.loads(path.read_text())
        return known
    new = make()
    _write(path, json.dumps(new))
    return new


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
