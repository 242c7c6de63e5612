"""A private node: starts, remembers, dies and comes back, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiormq
import psutil
import pytest
from aiormq.abc import AbstractChannel

from service.node.home import HOST, Home
from service.node.node import Node, NodeError
from service.node.process import greeted
from tests.support.ports import settled
from tests.support.wait import wait_until

OWNER = """
import asyncio, pathlib, sys
from service.node.node import Node

async def main():
    node = Node(pathlib.Path(sys.argv[1]))
    await node.start()
    print("ready", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return settled(tmp_path)


def port_of(node: Node) -> int:
    return Home.prepare(node.folder).ports.amqp


def processes_of(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("HOME") == str(folder)
        except psutil.Error:
            continue
        if ours:
            found.append(process)
    return found


@asynccontextmanager
async def channel_of(node: Node) -> AsyncIterator[AbstractChannel]:
    connection = await aiormq.connect(node.url)
    try:
        yield await connection.channel()
    finally:
        await connection.close()


async def put(node: Node, queue: str) -> None:
    async with channel_of(node) as channel:
        await channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        properties = aiormq.spec.Basic.Properties(delivery_mode=2)
        await channel.basic_publish(b"kept", routing_key=queue, properties=properties)


async def take(node: Node, queue: str) -> bytes:
    async with channel_of(node) as channel:
        got = await channel.basic_get(queue, no_ack=True)
        return bytes(got.body)


async def test_speaks_and_tells_its_version(own_node: Node) -> None:
    connection = await aiormq.connect(own_node.url)
    assert own_node.version == connection.server_properties["version"]
    await connection.close()


def test_listens_on_loopback_only_and_on_no_standard_port(own_node: Node) -> None:
    connections = [c for p in processes_of(own_node.folder) for c in p.net_connections("tcp")]
    listening = [c.laddr for c in connections if c.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening} <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}
    assert {address.port for address in listening}.isdisjoint({5672, 25672, 4369, 15672})


async def test_killed_and_started_again_keeps_its_messages(own_node: Node) -> None:
    await put(own_node, "kept")
    url = own_node.url
    await own_node.flush()
    own_node.kill()
    assert not own_node.alive
    await own_node.start()
    assert own_node.url == url
    assert await take(own_node, "kept") == b"kept"


async def test_frozen_says_nothing_and_goes_on_when_thawed(own_node: Node) -> None:
    own_node.freeze()

    async def silent() -> bool:  # its threads stop one after the other
        return await greeted(HOST, port_of(own_node), within=0.3) == ""

    await wait_until(silent)
    assert await silent()
    own_node.thaw()
    await wait_until(lambda: greeted(HOST, port_of(own_node)), what="an answer after the thaw")


async def test_ctl_prints_what_the_node_says(own_node: Node) -> None:
    assert "hub" in await own_node.ctl("list_users")


async def test_ctl_waits_for_a_node_that_is_still_starting(own_node: Node) -> None:
    await own_node.ctl("stop_app")
    asked = asyncio.create_task(own_node.ctl("list_users"))
    await own_node.ctl("start_app")
    assert "hub" in await asked


async def test_ctl_that_fails_repeats_the_reason(own_node: Node) -> None:
    with pytest.raises(NodeError, match="no_such_command"):
        await own_node.ctl("no_such_command")


async def test_ctl_that_takes_too_long_is_ended(own_node: Node) -> None:
    with pytest.raises(NodeError, match=r"list_users failed: no answer within 0\.01 s"):
        await own_node.ctl("list_users", within=0.01)


def test_a_node_that_does_not_run_cannot_be_frozen(folder: Path) -> None:
    with pytest.raises(NodeError, match="start it first"):
        Node(folder).freeze()


async def test_a_start_that_takes_too_long_is_undone(folder: Path) -> None:
    with pytest.raises(NodeError, match=r"did not answer within 0\.1 s"):
        await Node(folder).start(within=0.1)
    assert processes_of(folder) == []


async def test_a_second_owner_of_the_folder_is_refused(own_node: Node) -> None:
    with pytest.raises(NodeError, match="Another process runs the private broker"):
        await Node(own_node.folder).start()
    assert own_node.alive
    assert await greeted(HOST, port_of(own_node)) == own_node.version


async def test_stop_leaves_no_process_and_a_new_start_has_the_same_address(folder: Path) -> None:
    async with Node(folder) as node:
        await put(node, "kept")
        url = node.url
        assert len(processes_of(folder)) >= 3
    assert processes_of(folder) == []
    not_ours = os.getpid()  # a number that was the node's before the machine started anew
    (folder / "pids.json").write_text(f'{{"vm": {not_ours}, "epmd": {not_ours}}}')
    async with Node(folder) as again:
        assert again.url == url
        assert await take(again, "kept") == b"kept"
        again.freeze()
    assert processes_of(folder) == []


async def test_a_taken_port_is_named(folder: Path) -> None:
    port = Home.prepare(folder).ports.amqp
    async with await asyncio.start_server(lambda _, writer: writer.close(), HOST, port):
        with pytest.raises(NodeError, match=f"Port {port} .* is taken by another program"):
            await Node(folder).start()
    assert processes_of(folder) == []


async def test_a_node_that_cannot_start_says_why(folder: Path) -> None:
    node = Node(folder)
    with (folder / "rabbitmq.conf").open("a") as settings:
        settings.write("no.such.setting = 1\n")
    with pytest.raises(NodeError, match=r"ended at its start (?s:.)* no\.such\.setting"):
        await node.start()
    assert processes_of(folder) == []


async def test_the_node_ends_with_its_owner_and_the_next_one_starts(folder: Path) -> None:
    command = (sys.executable, "-c", OWNER, str(folder))
    owner = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert owner.stdout is not None
    assert await owner.stdout.readline() == b"ready\n"
    owner.kill()
    await owner.wait()
    await wait_until(lambda: not processes_of(folder), within=20, what="the end of the node")


async def test_what_a_dead_owner_left_is_ended_first(folder: Path) -> None:
    command = (sys.executable, "-c", OWNER, str(folder))
    owner = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert owner.stdout is not None
    assert await owner.stdout.readline() == b"ready\n"
    guards = [p for p in processes_of(folder) if p.name() == "sh"]
    for guard in guards:
        os.kill(guard.pid, signal.SIGKILL)
    left = {p.pid for p in processes_of(folder)} - {guard.pid for guard in guards}
    owner.kill()
    await owner.wait()
    async with Node(folder) as node:
        assert await greeted(HOST, port_of(node))
        assert left.isdisjoint(p.pid for p in processes_of(folder))
