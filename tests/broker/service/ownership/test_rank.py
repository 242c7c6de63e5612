"""Leases find the hubs that should have them: rank, members and leases together on a broker."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from contracts._events import Mode, OwnsEvent
from service.ownership.members import GONE, Members
from service.ownership.rank import DAMPING, Door, Spread, best, weight
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
        self.strangers: list[OwnsEvent] = []
        self.told = 0

    async def join(self, name: str, mode: Mode = "configured", store: str = "s") -> Villager:
        """Let a hub come; it has heard the others before it waits for a lease."""
        hub = Villager(self._url, self._queues, name, mode, store)
        self.hubs[name] = hub
        self.tell()
        for lease in hub.leases.values():
            await self._stack.enter_async_context(lease)
        return hub

    async def owned_by(self, name: str, within: float, since: float | None = None) -> float:
        """Wait until this hub alone owns notion; returns how long that took."""
        began = since or time.monotonic()
        await wait_until(lambda: self.owners() == [name], within)
        return time.monotonic() - began

    async def kill(self, name: str) -> None:
        """Let a hub fall silent and lose its connection, as a kill would."""
        self.silent.add(name)
        for hub in self.hubs[name].leases.values():
            await hub.link.aclose()

    def tell(self) -> None:
        """Let everybody hear what everybody says now."""
        self.told += 1
        loud = [hub.says() for hub in self.hubs.values() if hub.name not in self.silent]
        for hearer in self.hubs.values():
            for says in (*loud, *self.strangers):
                hearer.members.hear(says, time.monotonic())

    async def live(self) -> None:
        while True:
            self.tell()
            for hub in [*self.hubs.values()]:  # one may join meanwhile
                await hub.look()
            await asyncio.sleep(LOOKS_EVERY)

    def owners(self, integration: str = NOTION) -> list[str]:
        return [name for name, hub in self.hubs.items() if integration in hub.owned()]


@asynccontextmanager
async def village_around(broker: Broker, names: OwnNames, *leases: str) -> AsyncIterator[Village]:
    queues = {one: await declare(broker.url, names, one) for one in leases}
    async with AsyncExitStack() as stack:
        village = Village(broker.url, queues, stack)
        life = asyncio.create_task(village.live())
        yield village
        assert not life.done(), life
        life.cancel()
        await asyncio.wait([life])


@pytest.fixture
async def village(broker: Broker, names: OwnNames) -> AsyncIterator[Village]:
    async with village_around(broker, names, NOTION) as village:
        yield village


def ranked(*names: str) -> list[str]:
    """Return these hubs, best for notion first."""
    return sorted(names, key=lambda name: weight(name, NOTION), reverse=True)


async def test_a_hub_that_joins_gets_its_share_past_those_that_waited_longer(
    village: Village,
) -> None:
    """With two others in the line, and one of them in front of it."""
    first, second, third = ranked("a", "b", "c")
    for name in (third, second, first):
        await village.join(name)
        assert await village.owned_by(name, within=DAMPING) < DAMPING
    gains = {name: hub.leases[NOTION].spender.gains for name, hub in village.hubs.items()}
    assert gains == {first: 1, second: 1, third: 1}, "who passes it on never owns it"


async def test_all_leases_come_to_where_they_belong(broker: Broker, names: OwnNames) -> None:
    integrations = [f"integration_{number}" for number in range(8)]
    async with village_around(broker, names, *integrations) as village:
        for name in ("a", "b", "c"):
            await village.join(name)
        says = [hub.says() for hub in village.hubs.values()]
        wanted = {one: [best(one, says)] for one in integrations}
        await wait_until(
            lambda: {one: village.owners(one) for one in integrations} == wanted, DAMPING
        )
        for hub in village.hubs.values():
            assert len(hub.yields) == len(set(hub.yields)), "each once, not to and fro"


async def test_a_recording_never_answers_while_a_configured_hub_lives(village: Village) -> None:
    recorder = await village.join("recorder", "sandbox")
    await village.owned_by("recorder", within=5.0)
    for name in ("b", "c"):
        await village.join(name)
    await wait_until(lambda: set(village.owners()) < {"b", "c"} and village.owners(), DAMPING)
    gains = recorder.leases[NOTION].spender.gains
    await wait_until(lambda: not recorder.leases[NOTION].lease.standing)

    one = village.owners()[0]
    await village.kill(one)
    await wait_until(lambda: village.owners() and village.owners() != [one], 2.0)
    assert recorder.leases[NOTION].spender.gains == gains

    last = village.owners()[0]
    killed = time.monotonic()
    await village.kill(last)
    assert await village.owned_by("recorder", within=10.0, since=killed) > GONE - 1.0


async def test_with_another_store_about_nobody_takes_a_lease(village: Village) -> None:
    owner = await village.join("a")
    await village.owned_by("a", within=5.0)
    stranger = await village.join("b", store="t")
    await village.join("c")
    await wait_until(lambda: owner.members.foreign_stores(time.monotonic()) == {"t"})
    assert village.owners() == ["a"], "who owns one goes on"
    assert not village.hubs["c"].leases[NOTION].lease.standing
    assert not stranger.leases[NOTION].lease.standing


async def test_who_yields_to_a_hub_that_does_not_come_gets_it_back_and_keeps_it(
    village: Village,
) -> None:
    first, second = ranked("a", "b")
    owner = await village.join(second)
    await village.owned_by(second, within=5.0)
    liar = OwnsEvent(instance=first, store="s", modes={NOTION: "configured"}, standing=(NOTION,))
    village.strangers.append(liar)
    lease = owner.leases[NOTION]
    await wait_until(lambda: lease.spender.gains == 2)
    heard = village.told
    await wait_until(lambda: village.told > heard + 20)
    assert village.owners() == [second]
    assert owner.yields == [NOTION]
