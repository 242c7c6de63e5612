"""The agents' side of a run: they ask in the order of the plan, at a steady pace."""

import asyncio
import time
from typing import Final

from tests.faults.lanes import LANES, Lane
from tests.faults.plan import Asked
from tests.faults.world import World
from tests.support.wait import wait_until

PACE: Final = 200.0
"""Requests in a second, as long as nothing holds the agents up."""
STUCK: Final = 60.0
"""Seconds without a first outcome after which nothing more is waited for: the rest is lost."""
_TICK: Final = 0.02


async def until(moment: float) -> None:
    """Wait for a moment of the monotonic clock: what takes time in a run is part of its plan."""
    left = moment - time.monotonic()
    await wait_until(lambda: time.monotonic() >= moment, left + 60)


class Load:
    """Feeds the lanes; each has so many requests under way at most."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._slots = {lane: asyncio.Semaphore(lane.window) for lane in LANES}
        self._lane_of: dict[int, Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.fed = 0
        """How many requests have been given to their agents."""
        self.gate = 0
        """How many may be: the next fault is not over."""
        self._moved = time.monotonic()
        world.log.heard = self._heard

    async def run(self) -> None:
        """Ask for all of the plan, and wait until the broker has everything that it can get."""
        asked, began, held = self._world.plan.asked(), time.monotonic(), 0.0
        for one in asked:
            if self.fed >= self.gate:
                since = time.monotonic()
                await wait_until(lambda: self.fed < self.gate, 300, "the end of a fault")
                held += time.monotonic() - since
            due = began + held + self.fed / PACE
            if due > time.monotonic() + _TICK:
                await until(due)
            self._begin(one)
        self._moved = time.monotonic()
        await wait_until(lambda: not self._tasks or self._stuck, 600, "the broker to take it all")
        for task in self._tasks:
            task.cancel()

    @property
    def _stuck(self) -> bool:
        return time.monotonic() - self._moved > STUCK

    async def reached(self, place: int) -> None:
        """Wait until so many have been fed."""
        await wait_until(lambda: self.fed >= place, 600, f"request {place}")

    def _begin(self, asked: Asked) -> None:
        self.fed += 1
        task = asyncio.create_task(self._ask(asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, asked: Asked) -> None:
        await self._slots[asked.lane].acquire()
        if asked.hostile is None:
            self._lane_of[asked.number] = asked.lane
        await self._world.agent(asked.agent).ask(asked)
        if asked.hostile is not None:
            self._slots[asked.lane].release()

    def _heard(self, number: int) -> None:
        self._moved = time.monotonic()
        if lane := self._lane_of.pop(number, None):
            self._slots[lane].release()
