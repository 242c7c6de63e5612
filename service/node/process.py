"""The processes of a private RabbitMQ node: find the programs, start, recognise and end them."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from pamqp import commands, frame

from service.node.home import NodeError

SCRIPTS: Final = (
    "/usr/lib/rabbitmq/bin",
    "/opt/rabbitmq/sbin",
    "/usr/local/sbin",
    "/opt/homebrew/sbin",
)

# Debian's wrapper on the PATH changes the user and the folder: no private node comes out of it.
WRAPPER: Final = "rabbitmq-script-wrapper"

# Where Linux tells of its processes; elsewhere `ps` is asked.
PROCESSES: Final = Path("/proc")

GREETING: Final = b"AMQP\x00\x00\x09\x01"
FRAME_HEADER: Final = 7
POLL: Final = 0.02


def find_scripts(places: tuple[str, ...] = SCRIPTS, path: str | None = None) -> Path:
    """Return the folder that holds `rabbitmq-server` and `rabbitmqctl`.

    Args:
        places: where to look first.
        path: where to look then; the PATH if None.

    Raises:
        NodeError: RabbitMQ is not installed.
    """
    on_path = shutil.which("rabbitmq-server", path=path)
    found = [Path(place) / "rabbitmq-server" for place in places]
    found += [Path(on_path).resolve()] if on_path else []
    for server in found:
        if os.access(server, os.X_OK) and server.resolve().name != WRAPPER:
            return server.parent
    message = (
        "RabbitMQ is not installed. Install it (Debian, Ubuntu: apt-get install rabbitmq-server; "
        "macOS: brew install rabbitmq), or set HUB_AMQP_URL to a broker that runs."
    )
    raise NodeError(message)


def find_epmd(path: str | None = None) -> Path:
    """Return Erlang's port mapper, from these folders (the PATH if None) or from beside `erl`.

    Raises:
        NodeError: Erlang is not installed.
    """
    erl = shutil.which("erl", path=path)
    beside = str(Path(erl).resolve().parent) if erl else ""
    found = shutil.which("epmd", path=path) or shutil.which("epmd", path=beside)
    if found:
        return Path(found)
    message = "Erlang's epmd is missing. Install it (Debian, Ubuntu: apt-get install erlang-base)."
    raise NodeError(message)


def spawn(
    command: list[str], environment: Mapping[str, str], out: int, given: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, so that Ctrl-C in a terminal does not reach it.

    Args:
        command: the program and its words.
        environment: all that it sees.
        out: file descriptor (or `subprocess` constant) for what it prints.
        given: the same for its standard input.
    """
    return subprocess.Popen(  # noqa: S603 - the command is ours, and no shell reads it
        command,
        env=environment,
        stdin=given,
        stdout=out,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started, and wait for its end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def is_ours(pid: int, mark: str, processes: Path = PROCESSES) -> bool:
    """Return whether this process runs and has these words in its command line.

    A process id alone proves nothing: the number may belong to another program by now.
    """
    try:
        told = (processes / str(pid) / "cmdline").read_bytes
        words = told() if processes.exists() else _asked_of_ps(pid)
    except OSError:
        return False
    return mark in words.replace(b"\x00", b" ").decode(errors="replace")


async def end_stray(pid: int, mark: str, within: float) -> None:
    """End a process that is not our child: politely, after so many seconds with SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        for number in (signal.SIGCONT, signal.SIGTERM):
            os.kill(pid, number)
        if not await eventually(lambda: not is_ours(pid, mark), within):
            os.kill(pid, signal.SIGKILL)


async def end_marked(mark: str, within: float, processes: Path = PROCESSES) -> None:
    """Wait until no process has this variable (`NAME=value`); after so many seconds, SIGKILL.

    Erlang's helpers end by themselves, soon after the VM; they have sessions of their own, so no
    signal to a group reaches them. Where there is no `/proc` they are not waited for.
    """
    if not await eventually(lambda: not _marked(mark, processes), within):
        for pid in _marked(mark, processes):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await eventually(lambda: not _marked(mark, processes), within)


async def eventually(happened: Callable[[], bool], within: float) -> bool:
    """Wait until it happened, at most so many seconds; return whether it did."""
    until = time.monotonic() + within
    while not (done := happened()) and time.monotonic() < until:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(POLL)
    return done


async def greeted(host: str, port: int, within: float = 2.0) -> str:
    """Return the version of the broker that answers at this address; empty if none does.

    An open port is not enough: a broker that is frozen accepts connections too.
    """
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
        async with asyncio.timeout(within):
            return await _greet(host, port)
    return ""


async def _greet(host: str, port: int) -> str:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(GREETING)
        head = await reader.readexactly(FRAME_HEADER)
        rest = await reader.readexactly(int.from_bytes(head[3:FRAME_HEADER], "big") + 1)
    finally:
        writer.close()
    _, _, start = frame.unmarshal(head + rest)
    if not isinstance(start, commands.Connection.Start):
        return ""
    return str((start.server_properties or {}).get("version", ""))


def _marked(mark: str, processes: Path) -> list[int]:
    folders = processes.glob("[0-9]*")
    return [int(one.name) for one in folders if mark.encode() in _variables(one)]


def _variables(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\x00")
    except OSError:
        return []


def _asked_of_ps(pid: int) -> bytes:
    command = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, check=False).stdout  # noqa: S603 - no shell
