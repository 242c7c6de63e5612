"""The commands as people type them, in processes of their own: from `hub up` to Ctrl-C."""

import asyncio
import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psutil
import pytest

from tests.support.absent import absent
from tests.support.broker import node_is_possible
from tests.support.ports import settled
from tests.support.wait import wait_until

ROOT: Final = Path(__file__).parents[2]
MAIN: Final = "from service.commands import main; main()"
KEPT: Final = ("PATH", "HOME", "LANG", "TMPDIR")

pytestmark = pytest.mark.slow


class Machine:
    """One user's machine: a data folder, a shell, and what was started there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        settled(self.data / "broker")
        self.bin = folder / "bin"
        self.bin.mkdir()
        hub = self.bin / "hub"
        hub.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{MAIN}' \"$@\"\n")
        hub.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = {"PYTHONPATH": str(ROOT), "HUB_DATA_DIR": str(self.data), "HUB_HTTP_PORT": "0"}
        sandbox = {"HUB_SANDBOX": "auto", "HUB_INTEGRATIONS": "notion,space_weather"}
        return kept | own | sandbox | {"PATH": f"{self.bin}:{kept.get('PATH', '')}"}

    def start(self, line: str, **more: str) -> "subprocess.Popen[str]":
        """Start a line of shell."""
        return subprocess.Popen(  # noqa: S603  (our own command)
            shlex.split(line),
            cwd=self.folder,
            env=self.environment | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    async def run(self, line: str, **more: str) -> tuple[int, str, str]:
        """Run a line of shell to its end: exit code, standard output, standard error."""
        process = self.start(line, **more)
        out, err = await asyncio.to_thread(process.communicate, timeout=120)
        return process.returncode, out, err


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if not node_is_possible():
        absent("rabbitmq-server is not installed")
    return Machine(tmp_path)


@asynccontextmanager
async def up(machine: Machine) -> AsyncIterator[tuple["subprocess.Popen[str]", list[str]]]:
    """Give `hub up` and the lines that it printed, once it has printed them all."""
    process = machine.start("hub up")
    assert process.stdout
    assert process.stderr
    lines: list[str] = []
    drained = asyncio.create_task(asyncio.to_thread(process.stderr.read))
    try:
        async with asyncio.timeout(150):
            while not lines or not lines[-1].startswith("stop"):
                line = await asyncio.to_thread(process.stdout.readline)
                assert line, f"hub up ended: {await drained}"
                lines.append(line.rstrip("\n"))
        yield process, lines
    finally:
        if process.poll() is None:
            process.kill()
        await asyncio.to_thread(process.wait)
        await drained
        process.stdout.close()
        process.stderr.close()


def told(lines: list[str]) -> dict[str, str]:
    return {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}


async def test_from_up_to_ctrl_c(machine: Machine) -> None:
    async with up(machine) as (process, lines):
        said = told(lines)
        assert list(said) == ["broker", "pages", "sandbox", "serves", "try", "stop"]
        assert "@" not in said["broker"]
        file = machine.data / "addresses.json"
        assert file.stat().st_mode & 0o777 == 0o600
        assert json.loads(file.read_text())["http_url"] == said["pages"]

        # the printed call works as it stands, and so do the others, without a setting
        code, out, err = await machine.run(f"env {said['try']}")
        assert (code, err) == (0, "")
        assert json.loads(out)["samples"]
        code, out, _ = await machine.run("hub health")
        assert code == 0
        assert out.split().count("up") == 2
        code, out, _ = await machine.run("hub limits notion --json")
        assert json.loads(out)[0]["allowed"] == "3/s burst 10"

        shown = await asyncio.to_thread(on_a_terminal, machine, f"env {said['try']}", 80)
        assert "From the sandbox: recordings, not the service itself." in shown
        other = f"hub call notion.get_page page_id={'0' * 32}"
        shown = await asyncio.to_thread(on_a_terminal, machine, other, 80)
        assert "From the sandbox" in shown
        assert "Nothing was recorded for GET /pages/000" in shown

        # events go on until Ctrl-C, which is their usual end
        events = machine.start("hub events --json")
        assert events.stdout
        line = await asyncio.to_thread(events.stdout.readline)
        assert set(json.loads(line)) == {"key", "data"}
        events.send_signal(signal.SIGINT)
        _, err = await asyncio.to_thread(events.communicate, timeout=120)
        assert (events.returncode, err) == (0, "")

        # a second one on the same data folder is refused, and leaves the first alone
        code, out, err = await machine.run("hub up")
        assert (code, out) == (1, "")
        assert "Another `hub up` runs on the data folder" in err
        assert file.exists()

        # Ctrl-C on a call that waits says how to ask again
        assert (await machine.run("hub pause notion"))[0] == 0
        call = machine.start("hub call notion.get_me --id r-1")
        await wait_until(lambda: connected(call.pid, said["broker"]), 20, "the call's connection")
        call.send_signal(signal.SIGINT)
        out, err = await asyncio.to_thread(call.communicate, timeout=120)
        assert (call.returncode, out) == (130, "")
        assert "With --id r-1 you can ask again" in err

        children = psutil.Process(process.pid).children(recursive=True)
        assert any("beam" in one.name() for one in children)
        process.send_signal(signal.SIGINT)
        await wait_until(lambda: process.poll() is not None, 30, "the end")
        assert process.returncode == 0
        await wait_until(lambda: not any(map(psutil.Process.is_running, children)), 5)
        assert not file.exists()

    code, out, err = await machine.run("hub call space_weather.get_kp_index")
    assert (code, out) == (1, "")
    assert err == "No hub runs here: start one with `hub up`, or set HUB_AMQP_URL to its broker.\n"


def connected(pid: int, broker: str) -> bool:
    """Whether a process has a connection to the broker."""
    port = int(broker.rstrip("/").rpartition(":")[2])
    found = psutil.Process(pid).net_connections("tcp")
    return port in {one.raddr.port for one in found if one.status == psutil.CONN_ESTABLISHED}


async def test_ctrl_c_while_it_starts_leaves_nothing(machine: Machine) -> None:
    process = machine.start("hub up")
    own = psutil.Process(process.pid)

    def beams() -> list[psutil.Process]:
        return [one for one in own.children(recursive=True) if "beam" in one.name()]

    await wait_until(beams, 30, "the broker's process")
    children = own.children(recursive=True)
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.to_thread(process.communicate, timeout=120)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
    await wait_until(lambda: not any(map(psutil.Process.is_running, children)), 5)


LOST: Final = (
    "hub call notion.get_me --within 1",
    "hub events",
    "hub pause notion",
    "hub serve",
)


async def test_a_broker_that_is_gone_is_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    url = "amqp://hub:canary@127.0.0.1:9/"
    for code, out, err in await asyncio.gather(
        *(machine.run(line, HUB_AMQP_URL=url) for line in LOST)
    ):
        assert (code, out) == (1, "")
        assert "Traceback" not in err
        assert "canary" not in err
        assert "127.0.0.1:9" in err


def on_a_terminal(machine: Machine, line: str, columns: int) -> str:
    """Return what a command prints on a terminal of so many columns."""
    pid, terminal = pty.fork()
    if pid == 0:
        size = {"COLUMNS": str(columns), "TERM": "xterm-256color"}
        words = shlex.split(line)
        os.execvpe(words[0], words, machine.environment | size)  # noqa: S606
    seen = b""
    try:
        while piece := os.read(terminal, 65_536):
            seen += piece
    except OSError:
        pass  # how Linux tells that the other side is closed
    os.close(terminal)
    os.waitpid(pid, 0)
    return seen.decode()


async def test_on_a_narrow_terminal_names_stay_whole_and_colours_come(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    shown = await asyncio.to_thread(on_a_terminal, machine, "hub integrations space_weather", 60)
    assert "\x1b[" in shown
    assert "space_weather.get_kp_index" in shown
    assert "…" not in shown
    coloured = await asyncio.to_thread(
        on_a_terminal, machine, "hub integrations space_weather --json", 60
    )
    assert "\x1b[" in coloured
    code, plain, _ = await machine.run("hub integrations space_weather")
    assert (code, "\x1b" in plain) == (0, False)


async def test_help_is_quick(tmp_path: Path) -> None:
    """What takes long is to import what help has no use for."""
    code, _, imports = await Machine(tmp_path).run("hub --help", PYTHONPROFILEIMPORTTIME="1")
    assert code == 0
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in imports.splitlines()}
    assert "typer" in imported
    heavy = {"asyncio", "pydantic", "aiormq", "aiohttp", "fastapi", "sqlalchemy", "clients", "sdk"}
    assert not imported & heavy
