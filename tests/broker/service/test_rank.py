"""Leases find the hubs that should have them: rank, members and leases together on a broker."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import pytest

from contracts._events import Mode, OwnsEvent
from service.members import GONE, Members
from service.rank import DAMPING, Door, Spread, best
from tests.support.broker import Broker, OwnNames
from tests.support.leases import Hub, declare
from tests.support.wait import wait_until

LOOKS_EVERY = 0.05
NOTION = "notion"


class Villager:
    """A hub that says who it is, hears the others, and spreads its leases."""

    def __init__(self, url: str, queues: dict[str, str], name: str, mode: Mode, store: str) -> None:
        self.name, self.mode, self.store = name, mode, store
        self.leases: dict[str, Hub] = {}
        self.queues = queues
        self.members = Members(self.says(), time.monotonic())
        self.spread = Spread(self.members)
        for integration, queue in queues.items():
            door = Door(self.spread, integration, time.monotonic)
            self.leases[integration] = Hub(url, queue, name, door=door)
        self.yields: list[str] = []

    def says(self) -> OwnsEvent:
        return OwnsEvent(
            instance=self.name,
            store=self.store,
            modes=dict.fromkeys(self.queues, self.mode),
            owned=tuple(name for name, hub in self.leases.items() if hub.lease.held),
            standing=tuple(name for name, hub in self.leases.items() if hub.lease.standing),
        )

    async def look(self) -> None:
        for integration, hub in self.leases.items():
            now = time.monotonic()
            if hub.lease.held and self.spread.heir(integration, now):
                self.spread.yielded(integration, now)
                self.yields.append(integration)
                await hub.lease.yield_to_others()

    def owned(self) -> set[str]:
        return set(self.says().owned)


class Village:
    """Hubs that hear each other."""

    def __init__(self, url: str, queues: dict[str, str], stack: AsyncExitStack) -> None:
        self._url, self._queues, self._stack = url, queues, stack
        self.hubs: dict[str, Villager] = {}
        self.silent: set[str] = set()

    async def join(self, name: str, mode: Mode = "configured", store: str = "s") -> Villager:
        """Let a hub come; it has heard the others before it waits for a lease."""
        hub = Villager(self._url, self._queues, name, mode, store)
        self.hubs[name] = hub
        self.tell()
        for lease in hub.leases.values():
            await self._stack.enter_async_context(lease)
        return hub

    def tell(self) -> None:
        """Let everybody hear what everybody says now."""
        for speaker in self.hubs.values():
            for hearer in self.hubs.values():
                if speaker.name not in self.silent:
                    hearer.members.hear(speaker.says(), time.monotonic())

    async def live(self) -> None:
        while True:
            self.tell()
            for hub in self.hubs.values():
                await hub.look()
            await asyncio.sleep(LOOKS_EVERY)

    def owners(self, integration: str = NOTION) -> list[str]:
        return [name for name, hub in self.hubs.items() if integration in hub.owned()]


@pytest.fixture
async def village(broker: Broker, names: OwnNames) -> AsyncIterator[Village]:
    async with village_of(broker, names, [NOTION]) as village:
        yield village


class village_of:  # noqa: N801  (reads like a function)
    """A village around leases of its own."""

    def __init__(self, broker: Broker, names: OwnNames, integrations: Sequence[str]) -> None:
        self._broker, self._names, self._integrations = broker, names, integrations
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Village:
        url = self._broker.url
        queues = {one: await declare(url, self._names, one) for one in self._integrations}
        village = Village(url, queues, self._stack)
        self._life = asyncio.create_task(village.live())
        return village

    async def __aexit__(self, *_: object) -> None:
        self._life.cancel()
        await asyncio.wait([self._life])
        await self._stack.aclose()
