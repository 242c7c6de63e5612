"""A private RabbitMQ node, for `hub up` and for tests: a child process that leaves nothing behind.

It has its own name, ports, cookie, port mapper and data folder, and listens on the loopback
interface only, so it disturbs no other broker of the machine. When its owner dies, however it
dies, the node is stopped too.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from service.node.home import HOST, Home, NodeError, taken
from service.node.process import (
    POLL,
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

__all__ = ["Node", "NodeError"]

STOP_WITHIN: Final = 20.0
FOLLOW_WITHIN: Final = 10.0
"""What the VM started ends after it, in milliseconds; a port closes last."""

# A VM that still boots can miss a SIGTERM.
TERM_AGAIN: Final = 2.0

# Lives as long as its standard input, which its owner holds: $1 is the node, $2 its port mapper.
GUARD: Final = "read _; kill -CONT $1; kill -TERM $1 $2"

_STARTING: Final = "requires the 'rabbit' app to be running"
"""What `rabbitmqctl` says of a node that is not done with its start."""


class Node:
    """A RabbitMQ node on this machine, kept in one folder; start it again and it knows its queues.

    ``async with Node(folder) as node`` starts it, waits until it speaks AMQP, and stops it.
    """

    def __init__(self, folder: Path) -> None:
        self._home = Home.prepare(folder.resolve())
        self._held = contextlib.ExitStack()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._environment = self._home.environment(os.environ)
        self.version = ""
        """RabbitMQ's version, as the node says it; empty before the first start."""

    @property
    def url(self) -> str:
        """The AMQP address, with its password; the same at every start."""
        return self._home.url

    @property
    def folder(self) -> Path:
        """Where the node keeps everything."""
        return self._home.folder

    @property
    def alive(self) -> bool:
        """Whether the node's process runs (frozen or not)."""
        return "vm" in self._running and self._running["vm"].poll() is None

    async def __aenter__(self) -> Self:
        """Start the node."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop the node."""
        await self.stop()

    async def start(self, within: float = 60.0) -> None:
        """Start the node and wait until it speaks AMQP, at most so many seconds.

        Raises:
            NodeError: RabbitMQ is missing or does not start, a port of the node is taken, or
                another process runs this folder.
        """
        if self.alive:
            return
        scripts = find_scripts()
        first = not self._running
        if first:
            self._held.enter_context(self._home.locked())
        try:
            if first:
                await self._end_leftovers()
                await self._start_port_mapper()
            self._start_vm(scripts)
            await self._until_ready(within)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop the node cleanly; none of its processes is left."""
        if self._running:
            await self._end()
        self._held.close()

    def kill(self) -> None:
        """End the Erlang VM with SIGKILL, as a crash would; `start` brings it back."""
        self._dismiss("guard")
        self._dismiss("vm")

    def freeze(self) -> None:
        """Stop the VM's clock (SIGSTOP): sockets stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen VM go on."""
        self._signal(signal.SIGCONT)

    async def ctl(self, *words: str, within: float = 120.0) -> str:
        """Run `rabbitmqctl` on this node (one to two seconds) and return what it printed.

        Raises:
            NodeError: the command failed.
        """
        done = await self._ctl(words, within)
        if _STARTING in done.stdout:  # it speaks AMQP a moment before it is done with its start
            await self._ctl(("await_startup", "--timeout", "60"), within)
            done = await self._ctl(words, within)
        if done.returncode:
            text = done.stdout.strip() or f"no answer within {within:g} s"
            raise NodeError(f"rabbitmqctl {' '.join(words)} failed: {text}")
        return done.stdout

    async def _ctl(self, words: Sequence[str], within: float) -> "subprocess.CompletedProcess[str]":
        command = [str(find_scripts() / "rabbitmqctl"), "--silent", *words]
        return await asyncio.to_thread(_run, command, self._environment, within)

    async def flush(self) -> None:
        """Let a `kill` that follows find every queue on disk.

        Up to 3 s after a quorum queue was declared, RabbitMQ (3.10 to 4.x) has its name in memory
        only; a SIGKILL in that time leaves the queue without a leader for good (measured; see also
        https://github.com/rabbitmq/rabbitmq-server/issues/15725). A classic queue may be gone.
        """
        tables, log = "[dets:sync(Table) || Table <- dets:all()]", "catch mnesia:sync_log()"
        await self.ctl("eval", f"{tables}, {log}.")

    async def _end(self) -> None:
        self._dismiss("guard")
        until = time.monotonic() + STOP_WITHIN
        while self.alive and time.monotonic() < until:
            self._signal(signal.SIGCONT)
            self._signal(signal.SIGTERM)
            await eventually(lambda: not self.alive, TERM_AGAIN)
        self._dismiss("vm")
        self._dismiss("epmd")
        await end_marked(self._home.mark, FOLLOW_WITHIN)
        self._home.pids.unlink(missing_ok=True)

    async def _end_leftovers(self) -> None:
        """End what an owner that was killed left running on this folder."""
        noted = _noted(self._home)
        for pid, mark in noted:
            if is_ours(pid, mark):
                await end_stray(pid, mark, STOP_WITHIN)
        if noted:
            await end_marked(self._home.mark, FOLLOW_WITHIN)
            await eventually(lambda: self._home.ports.first_taken() is None, FOLLOW_WITHIN)

    async def _start_port_mapper(self) -> None:
        self._refuse_taken_ports()
        port = self._home.ports.epmd
        command = [str(find_epmd()), "-address", HOST, "-port", str(port)]
        self._running["epmd"] = spawn(command, self._environment, subprocess.DEVNULL)
        await eventually(lambda: taken(port), within=5.0)

    def _refuse_taken_ports(self) -> None:
        port = self._home.ports.first_taken()
        if port is not None:
            message = (
                f"Port {port} of the private broker in {self._home.folder} is taken by another "
                f"program. Stop that program, or delete {self._home.folder / 'ports.json'}: "
                "other ports are then chosen, and agents need the new address."
            )
            raise NodeError(message)

    def _start_vm(self, scripts: Path) -> None:
        with self._home.boot_log.open("wb") as log:
            vm = spawn([str(scripts / "rabbitmq-server")], self._environment, log.fileno())
        self._running["vm"] = vm
        pids = {"vm": vm.pid, "epmd": self._running["epmd"].pid}
        self._home.pids.write_text(json.dumps(pids))
        guard = ["/bin/sh", "-c", GUARD, "guard", *map(str, pids.values())]
        self._running["guard"] = spawn(
            guard, self._environment, subprocess.DEVNULL, given=subprocess.PIPE
        )

    async def _until_ready(self, within: float) -> None:
        until = time.monotonic() + within
        while self.alive and time.monotonic() < until:
            version = await greeted(HOST, self._home.ports.amqp)
            if version:
                self.version = version
                return
            await asyncio.sleep(POLL)
        how = f"did not answer within {within:g} s" if self.alive else "ended at its start"
        told = _first_errors(self._home)
        raise NodeError(f"The private broker {how} ({self._home.boot_log}). It said:\n{told}")

    def _signal(self, number: signal.Signals) -> None:
        if not self.alive:
            raise NodeError("The private broker does not run: start it first.")
        os.killpg(self._running["vm"].pid, number)

    def _dismiss(self, part: str) -> None:
        if part in self._running:
            end_group(self._running.pop(part))


def _run(
    command: list[str], environment: dict[str, str], within: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the command is ours, and no shell reads it
            command,
            env=environment,
            timeout=within,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, returncode=1, stdout="")


def _noted(home: Home) -> list[tuple[int, str]]:
    if not home.pids.exists():
        return []
    pids: dict[str, int] = json.loads(home.pids.read_text())
    return [(pids["vm"], home.name), (pids["epmd"], f"-port {home.ports.epmd}")]


def _first_errors(home: Home, lines: int = 10) -> str:
    """Return what the node printed at this start: its first errors, else its last lines."""
    told = home.boot_log.read_text(errors="replace").splitlines()
    errors = [line.partition("[error]")[2].partition("> ")[2] for line in told if "[error]" in line]
    words = [line for line in errors if line.strip()][:lines]
    return "\n".join(words or told[-lines:] or ["(nothing)"])
