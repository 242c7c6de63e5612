"""All the processes of a run: a broker, three hubs behind proxies, stub vendors, agents."""

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, cast

from contracts._names import Names
from service.node.node import Node
from tests.faults.agents import PlainAgent
from tests.faults.history import Dead, Joined, read
from tests.faults.lanes import INTEGRATIONS, LIMITED, REFUSING, TOKEN, token, variables
from tests.faults.log import Agent, Log, attempt
from tests.faults.plan import AGENTS, ENDS, HUBS, SDK_AGENTS, Plan
from tests.faults.sdk_agent import SdkAgent
from tests.faults.stub import Seen
from tests.support.agent import apart, fetched, left_in
from tests.support.doom import Doom, Point
from tests.support.hub_process import ROOT, HubProcess
from tests.support.postgres import NoPostgres, Postgres
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

PREFIX: Final = "hub"
READY_WITHIN: Final = 60.0
_NO_ONE: Final = "http://127.0.0.1:9"  # the discard port: nobody listens there


class Stubs:
    """One process of stub vendors."""

    def __init__(self, log: Path, seed: int, vendors: Iterable[str]) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, "-m", "tests.faults.stub", str(log), str(seed), *vendors],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout
        self.urls: dict[str, str] = json.loads(self._process.stdout.readline())

    def order(self, vendor: str, how: str, share: float = 1.0) -> None:
        """From now on this vendor treats a share of its requests so; ``ok`` is as usual."""
        assert self._process.stdin
        line = json.dumps({"vendor": vendor, "how": how, "share": share})
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def close(self) -> list[Seen]:
        """End it; returns what it saw."""
        self._process.communicate()
        return read(self.log, Seen)


class WatchedProxy(Proxy):
    """Notes when connections are made."""

    def __init__(self, hub: str, joined: list[Joined], port: int) -> None:
        super().__init__("127.0.0.1", port)
        self._hub = hub
        self._joined = joined

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._joined.append(Joined(self._hub, time.monotonic()))
        await super()._serve(reader, writer)


@dataclass
class World:
    """All that a fault can befall."""

    plan: Plan
    folder: Path
    store: str
    """The address of the record of calls."""
    node: Node
    names: Names
    stubs: Stubs
    limited: Stubs
    log: Log
    hubs: dict[str, HubProcess] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    plain: list[PlainAgent] = field(default_factory=list)
    sdk: list[SdkAgent] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)

    @classmethod
    @asynccontextmanager
    async def opened(cls, plan: Plan, folder: Path) -> AsyncIterator[Self]:
        """Give a world in which every hub serves and every agent is connected."""
        limited = Stubs(folder / "limited.jsonl", plan.seed, LIMITED)
        rest = set(INTEGRATIONS) - {*LIMITED, REFUSING}
        stubs = Stubs(folder / "stubs.jsonl", plan.seed, sorted(rest))
        async with AsyncExitStack() as stack:
            stack.callback(stubs.close)
            stack.callback(limited.close)
            node = await stack.enter_async_context(Node(folder / "broker"))
            store = _store(stack, folder)
            world = cls(plan, folder, store, node, Names(PREFIX), stubs, limited, Log())
            await world._start_hubs(stack)
            await world._start_agents(stack)
            await node.flush()
            yield world

    async def _start_hubs(self, stack: AsyncExitStack) -> None:
        told = {REFUSING: _NO_ONE, **self.stubs.urls, **self.limited.urls}
        shared = {"HUB_DATABASE_URL": self.store}
        port = int(self.node.url.rsplit(":", 1)[1].rstrip("/"))
        for name in ENDS:
            proxy = WatchedProxy(name, self.joined, port)
            self.proxies[name] = await stack.enter_async_context(proxy)
        for name in HUBS:
            url = self.proxies[name].through(self.node.url)
            hub = HubProcess(url, PREFIX, self.folder / name, **variables(told), **shared)
            hub.doom = doom_of(self.plan, name, 0)
            self.hubs[name] = hub
            stack.push_async_callback(self._end, hub)
            hub.launch()
        for hub in self.hubs.values():
            await wait_until(hub.ready, READY_WITHIN, f"the hub's readiness ({hub.log})")

    async def _end(self, hub: HubProcess) -> None:
        if hub.alive:
            hub.thaw()
            with contextlib.suppress(AssertionError):
                await hub.stop()
                return
            hub.kill()

    async def _start_agents(self, stack: AsyncExitStack) -> None:
        for number in range(AGENTS):
            proxied = number % 2 == 0
            url = self.proxies["agents"].through(self.node.url) if proxied else self.node.url
            agent = PlainAgent(number, url, self.names, self.log)
            stack.push_async_callback(agent.aclose)
            self.plain.append(agent)
        for number in range(AGENTS, AGENTS + SDK_AGENTS):
            other = SdkAgent(number, self.node.url, self.names, self.log)
            await other.open()
            stack.push_async_callback(other.aclose)
            self.sdk.append(other)
        for agent in self.plain:
            await agent.ready()

    def agent(self, number: int) -> Agent:
        """Return an agent by its number."""
        everybody: list[Agent] = [*self.plain, *self.sdk]
        return everybody[number]

    def launch(self, hub: str, since: int) -> None:
        """Start a hub that is dead, with the doom that the plan has for it since then."""
        self.hubs[hub].doom = doom_of(self.plan, hub, since)
        self.hubs[hub].launch()

    async def left(self) -> dict[str, int]:
        """Return how many messages wait in the queues that end up empty."""
        names = self.names
        queues = [names.queue(one) for one in INTEGRATIONS]
        queues += [names.dropped, names.unrouted, *(agent.queue for agent in self.plain)]
        found = await attempt(left_in(self.node.url, queues), 10)
        return found if found is not None else {"nobody answers": 1}

    async def delete(self, queue: str) -> None:
        """Delete a queue, with all that is in it."""
        async with apart(self.node.url) as channel:
            await channel.queue_delete(queue)

    async def graves(self) -> list[Dead]:
        """Take all dead letters out of their queue."""
        found = await fetched(self.node.url, self.names.dead_letters)
        return [_dead(one) for one in found]


def _store(stack: AsyncExitStack, folder: Path) -> str:
    """Return where all hubs keep their calls: PostgreSQL where it is installed, else SQLite."""
    try:
        return stack.enter_context(Postgres()).url()
    except NoPostgres:
        return f"sqlite:///{folder / 'calls.sqlite3'}"


def doom_of(plan: Plan, hub: str, since: int) -> Doom | None:
    """Return where a hub that starts now will die: at requests of the next such fault."""
    for fault in plan.faults:
        mine = fault.params.get("hub") == hub and "point" in fault.params
        if mine and fault.at > since:
            block = token(fault.at + 255)[:-2]  # 256 requests, the first of them not before it
            point = cast("Point", fault.params["point"])
            return Doom(point, int(fault.params["nth"]), block, together=point != "after-ack")
    return None


def _dead(message: Any) -> Dead:  # noqa: ANN401  (aiormq's)
    mark = TOKEN.search(message.body)
    headers = message.header.properties.headers or {}
    number = int(mark[1], 16) if mark else -1
    return Dead(number, str(headers.get("hub-reason", "")), str(message.delivery.routing_key))
