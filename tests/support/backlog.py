"""What a hub does under a backlog far larger than its window: its memory, and its deadlines."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

import psutil

from contracts._names import Names
from tests.support.agent import Agent, all_of
from tests.support.hub_process import HubProcess
from tests.support.upstream import Upstream
from tests.support.vendor import NOTION, Vendor, page, variables
from tests.support.wait import wait_until

FEW: Final = 200
WINDOW: Final = 256
RATE: Final = 200
EVERY: Final = 100
"""One in so many requests has a deadline."""
NEAR: Final = (-0.8, -0.3, 0.0, 0.3, 2.0)
"""Seconds from when the limit would serve a request to its deadline."""
GRACE: Final = 0.5
_WARM: Final = 600
_REACHES: Final = 10 * RATE
"""Requests until the hub has met enough deadlines."""


@dataclass
class Seen:
    """What was seen from outside."""

    few: int = 0
    """Bytes of the hub's memory (RSS) with `FEW` requests."""
    most: int = 0
    """Its peak with the backlog."""
    asked: int = 0
    inside: int = 0
    """Requests that came into the window before their deadline."""
    late: list[str] = field(default_factory=list)
    """Those of them that were not answered in time."""
    codes: set[str] = field(default_factory=set)

    @property
    def growth(self) -> float:
        """Memory with the backlog, relative to that with a few requests."""
        return self.most / self.few


async def observe(url: str, names: Names, folder: Path, backlog: int) -> Seen:
    """Measure a hub first with `FEW` requests, then with a backlog."""
    vendor, seen = Vendor(), Seen()
    limited = {"NOTION_LIMIT": f"{RATE}/1s burst {RATE}", "HUB_INTEGRATIONS": "notion"}
    async with Upstream(vendor) as up, Agent(url, names) as agent:
        hub = HubProcess(url, names.prefix, folder, **(variables(up.url) | limited))
        async with hub:
            await agent.finals(await reads(agent, _WARM), 30)
            seen.few = await with_few(hub, agent, vendor)
            async with watched(hub, seen):
                flood = Flood(agent)
                await flood.publish(backlog)
                await wait_until(lambda: flood.answered > _REACHES, 60, "the deadlines' turn")
                seen.asked = backlog
    flood.judge(seen)
    return seen


async def with_few(hub: HubProcess, agent: Agent, vendor: Vendor) -> int:
    """Return the hub's memory with a few requests inside."""
    vendor.hold()
    ids = await reads(agent, FEW)
    await wait_until(lambda: vendor.waiting[NOTION] == 32, 20, "calls under way")
    used = rss(hub)
    vendor.release()
    await agent.finals(ids, 30)
    return max(used, rss(hub))


@asynccontextmanager
async def watched(hub: HubProcess, seen: Seen) -> AsyncIterator[None]:
    """Note the hub's peak while the block runs."""

    async def watch() -> None:
        def never() -> bool:
            seen.most = max(seen.most, rss(hub))
            return False

        await wait_until(never, within=3600)

    task = asyncio.create_task(watch())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@dataclass(frozen=True)
class Deadline:
    """One that a request has: its place in the order, and monotonic seconds."""

    place: int
    asked: float
    at: float


class Flood:
    """Reads by the thousand, some of them with deadlines around the time of their turn."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._before = len(agent.log.finals)
        self._deadlines: dict[str, Deadline] = {}

    @property
    def answered(self) -> int:
        """How many have an outcome."""
        return len(self._agent.log.finals) - self._before

    async def publish(self, count: int) -> None:
        """Ask for so many, in order."""
        began, near = time.monotonic(), cycle(NEAR)
        for first in range(0, count, 500):
            asks = []
            for place in range(first, min(first + 500, count)):
                within = None
                if place % EVERY == EVERY - 1:
                    within = began + place / RATE + next(near) - time.monotonic()
                    now = time.monotonic()
                    self._deadlines[f"f{place}"] = Deadline(place, now, now + within)
                asks.append(
                    self._agent.send(
                        "notion.get_page",
                        page(place),
                        correlation_id=f"f{place}",
                        within=within,
                    )
                )
            await all_of(*asks)

    def judge(self, seen: Seen) -> None:
        """Look at every deadline that a request met inside the window.

        A request is inside once all but a window of those before it have their outcome.
        """
        finals = self._agent.log.finals
        times = sorted(some[0].at for id_, some in finals.items() if id_.startswith("f"))
        for id_, one in self._deadlines.items():
            if one.place - WINDOW >= len(times) or one.at > times[-1]:
                continue  # it did not come in, or its end was not seen
            entered = max(one.asked, times[one.place - WINDOW] if one.place > WINDOW else 0.0)
            if entered >= one.at:
                continue
            seen.inside += 1
            answer = finals[id_][0] if id_ in finals else None
            if answer is None or answer.at > one.at + GRACE:
                seen.late.append(id_)
            seen.codes.add(answer.code if answer else "none")


async def reads(agent: Agent, count: int) -> list[str]:
    """Ask for so many pages."""
    ids: list[str] = await all_of(*(agent.send("notion.get_page", page(n)) for n in range(count)))
    return ids


def rss(hub: HubProcess) -> int:
    """Return the bytes of memory that a hub's process has."""
    return int(psutil.Process(hub.pid).memory_info().rss)
