"""Finding RabbitMQ, knowing one's own processes, and hearing whether a broker speaks."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pamqp import commands, frame

from service.node.home import HOST, NodeError
from service.node.process import (
    WRAPPER,
    end_group,
    end_marked,
    end_stray,
    eventually,
    find_epmd,
    find_scripts,
    greeted,
    is_ours,
    spawn,
)
from tests.support.wait import wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)", "mark-of-this-test"]
IGNORES_TERM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", IGNORES_TERM, "mark-of-this-test"]
GREETING = frame.marshal(commands.Connection.Start(server_properties={"version": "4.10.1"}), 0)


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@asynccontextmanager
async def answering(reply: bytes) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(reply)
        writer.close()

    async with await asyncio.start_server(answer, HOST) as server:
        yield server.sockets[0].getsockname()[1]


def test_finds_the_scripts_in_the_first_usual_place(tmp_path: Path) -> None:
    executable(tmp_path / "b/rabbitmq-server")
    places = (str(tmp_path / "a"), str(tmp_path / "b"))
    assert find_scripts(places, path="") == tmp_path / "b"


def test_finds_the_scripts_behind_a_link_on_the_path(tmp_path: Path) -> None:
    real = executable(tmp_path / "opt/sbin/rabbitmq-server")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/rabbitmq-server").symlink_to(real)
    assert find_scripts((), path=str(tmp_path / "bin")) == real.parent


def test_passes_over_the_wrapper_of_the_distribution(tmp_path: Path) -> None:
    wrapper = executable(tmp_path / WRAPPER)
    (tmp_path / "rabbitmq-server").symlink_to(wrapper)
    with pytest.raises(NodeError, match="apt-get install rabbitmq-server"):
        find_scripts((), path=str(tmp_path))


def test_finds_the_port_mapper_on_the_path_or_beside_erl(tmp_path: Path) -> None:
    epmd = executable(tmp_path / "lib/epmd")
    erl = executable(tmp_path / "lib/erl")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/erl").symlink_to(erl)
    assert find_epmd(path=str(tmp_path / "bin")) == epmd
    assert find_epmd(path=str(tmp_path / "lib")) == epmd


def test_names_the_package_of_a_missing_port_mapper(tmp_path: Path) -> None:
    with pytest.raises(NodeError, match="erlang-base"):
        find_epmd(path=str(tmp_path))


async def test_a_process_is_ours_by_its_words_and_only_while_it_runs() -> None:
    process = spawn(SLEEPER, {}, subprocess.DEVNULL)
    await wait_until(lambda: is_ours(process.pid, "mark-of-this-test"), what="the words")
    assert not is_ours(process.pid, "mark-of-another")
    end_group(process)
    assert not is_ours(process.pid, "mark-of-this-test")


@pytest.mark.skipif(not Path("/bin/ps").exists(), reason="there is no ps on this machine")
async def test_where_there_is_no_proc_ps_is_asked(tmp_path: Path) -> None:
    process = spawn(SLEEPER, {}, subprocess.DEVNULL)
    nowhere = tmp_path / "proc"
    await wait_until(lambda: is_ours(process.pid, "mark-of-this-test", nowhere), what="the words")
    end_group(process)
    assert not is_ours(process.pid, "mark-of-this-test", nowhere)


async def test_a_stray_is_ended() -> None:
    process = spawn(SLEEPER, {}, subprocess.DEVNULL)
    await end_stray(process.pid, "mark-of-this-test", within=5)
    assert process.wait() == -15


async def test_a_stray_that_does_not_listen_is_killed() -> None:
    process = spawn(STUBBORN, {}, subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    await end_stray(process.pid, "mark-of-this-test", within=0.05)
    process.communicate()
    assert process.returncode == -9


async def test_what_bears_the_mark_is_waited_for() -> None:
    process = spawn(
        ["/bin/cat"], {"A": "b", "MARK": "1"}, subprocess.DEVNULL, given=subprocess.PIPE
    )
    assert process.stdin is not None
    asyncio.get_running_loop().call_later(0.1, process.stdin.close)
    await end_marked("MARK=1", within=60)
    assert process.wait() == 0


async def test_what_bears_the_mark_for_too_long_is_killed() -> None:
    marked, other = (spawn(SLEEPER, {"MARK": mark}, subprocess.DEVNULL) for mark in ("2", "22"))
    await end_marked("MARK=2", within=0.05)
    assert marked.wait() == -9
    assert other.poll() is None
    end_group(other)


async def test_waiting_ends_with_the_time() -> None:
    assert not await eventually(lambda: False, within=0.01)


async def test_a_broker_that_greets_tells_its_version() -> None:
    async with answering(GREETING) as port:
        assert await greeted(HOST, port) == "4.10.1"


@pytest.mark.parametrize(
    "reply", [b"", b"AMQP\x00\x01\x00\x00", frame.marshal(commands.Connection.CloseOk(), 0)]
)
async def test_what_does_not_greet_has_no_version(reply: bytes) -> None:
    async with answering(reply) as port:
        assert await greeted(HOST, port, within=0.2) == ""


async def test_nobody_there_has_no_version() -> None:
    assert await greeted(HOST, 1) == ""
