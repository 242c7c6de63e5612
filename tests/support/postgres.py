"""A private PostgreSQL: a cluster of its own in a new folder, on a free port, gone at the end.

``with Postgres() as cluster:`` is a server at `cluster.url(name)`; it can be killed, frozen and
started again. PostgreSQL refuses to run as root, so root starts it as another user.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Self

import psutil
import psycopg

PASSWORD: Final = "canary/postgres"
QUOTED: Final = "canary%2Fpostgres"
_PLACES: Final = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
)
_WITHIN: Final = 30.0
_OTHERS: Final = ("postgres", "nobody")
_QUICK: Final = {
    "fsync": "off",  # the machine does not crash, PostgreSQL does
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "50",
    "deadlock_timeout": "200ms",
    "log_min_messages": "warning",
}


class NoPostgres(Exception):
    """PostgreSQL is not installed; the text says so."""


def find_binaries() -> Path:
    """Return the folder of `initdb` and `postgres`.

    Raises:
        NoPostgres: there is none.
    """
    onpath = shutil.which("initdb")
    folders = [Path(onpath).resolve().parent] if onpath else []
    for place in _PLACES:
        folders += sorted(Path("/").glob(place.lstrip("/")), reverse=True)
    for folder in folders:
        if (folder / "postgres").exists():
            return folder
    raise NoPostgres("PostgreSQL is not installed (Debian, Ubuntu: apt-get install postgresql)")


class Postgres:
    """One server."""

    def __init__(self) -> None:
        self._binaries = find_binaries()
        self._folder = Path(tempfile.mkdtemp(prefix="hub-test-postgres-"))
        self._as = _unprivileged()
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        data, password = self._folder / "data", self._folder / "password"
        data.mkdir(mode=0o700)
        password.write_text(PASSWORD)
        for path in (self._folder, data, password):
            if self._as:
                shutil.chown(path, self._as)
        words = ["--username=hub", f"--pwfile={password}", "--auth=scram-sha-256"]
        words += ["--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata", str(data)]
        made = self._popen("initdb", *words)
        if made.wait(_WITHIN) != 0:
            raise AssertionError(self._log)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def version(self) -> str:
        """As ``15.6``."""
        with self.connected() as on:
            return str(on.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]

    def url(self, database: str = "postgres") -> str:
        """Return the address of one of its databases."""
        return f"postgresql://hub:{QUOTED}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, again too, and wait until it lets us in."""
        settings = [
            f"--{name}={value}" for name, value in (_QUICK | {"port": str(self.port)}).items()
        ]
        self._process = self._popen("postgres", "-D", str(self._folder / "data"), *settings)
        give_up_at = time.monotonic() + _WITHIN
        while not self._speaks():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                raise AssertionError(self._log)
            assert time.monotonic() < give_up_at, self._log

    def kill(self) -> None:
        """End all its processes at once (SIGKILL)."""
        if self._process:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def freeze(self) -> None:
        """Stop all its processes (SIGSTOP): sockets stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    @contextlib.contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Give the address of a new, empty database."""
        name = f"t{secrets.token_hex(5)}"
        with self.connected() as on:
            on.execute(f"CREATE DATABASE {name} {options}".encode())
        yield self.url(name)
        with self.connected() as on:
            on.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @contextlib.contextmanager
    def connected(self) -> Iterator["psycopg.Connection[Any]"]:
        """Give a connection that commits each statement."""
        with psycopg.connect(self.url(), autocommit=True, connect_timeout=5) as connection:
            yield connection

    @property
    def _log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-4000:]

    def _speaks(self) -> bool:
        try:
            with self.connected():
                return True
        except psycopg.OperationalError:
            return False

    def _popen(self, program: str, *words: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  (our own command)
                [str(self._binaries / program), *words],
                cwd=self._folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                user=self._as,
                group=pwd.getpwnam(self._as).pw_gid if self._as else None,
                extra_groups=[] if self._as else None,
            )

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._process.pid)
            for one in (server, *server.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.send_signal(number)


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next(one for one in _OTHERS if one in known)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
