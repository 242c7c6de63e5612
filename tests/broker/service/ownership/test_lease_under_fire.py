"""A lease among processes that are killed, frozen and cut off, and a broker that dies.

The holders' own files are the truth: every token that was spent, with CLOCK_MONOTONIC.
"""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from contracts._names import Names
from service.node.node import Node
from tests.support.broker import Broker, OwnNames
from tests.support.lease_holder import start_holder
from tests.support.leases import VALID, Record, declare, overlap, read, spent, spent_twice
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

SETTLED = 5.0
"""Seconds after which RabbitMQ 3.10 is sure of a new queue (reference/reliability.md 6)."""
SILENT = 6.0
"""Seconds after which the broker gives up one that says nothing: two heartbeats."""


class Crowd:
    """Processes that want the same lease, and what they noted."""

    def __init__(self, queue: str, folder: Path) -> None:
        self.queue = queue
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.records: list[Record] = []
        self._processes: dict[str, BaseProcess] = {}
        self._read: dict[str, int] = {}

    async def start(self, name: str, url: str) -> None:
        """Start a holder, and wait until it stands in the line."""
        self._processes[name] = start_holder(url, self.queue, name, self._file(name))
        await wait_until(lambda: self._stands(name), 30.0, f"{name} in the line")

    def signal(self, name: str, number: signal.Signals) -> float:
        """Send a signal; returns when."""
        pid = self._processes[name].pid
        assert pid is not None
        now = time.monotonic()
        os.kill(pid, number)
        return now

    async def bury(self, name: str) -> None:
        """Kill a holder, frozen or not."""
        process = self._processes.pop(name)
        process.kill()
        await wait_until(lambda: not process.is_alive())
        process.close()

    async def end(self) -> None:
        for name in list(self._processes):
            await self.bury(name)

    def read(self) -> list[Record]:
        """Return all records, with those that are new."""
        for name in {path.stem for path in self.folder.glob("*.log")}:
            with self._file(name).open("rb") as file:
                file.seek(self._read.get(name, 0))
                whole, _, _ = file.read().rpartition(b"\n")
            if whole:
                self._read[name] = self._read.get(name, 0) + len(whole) + 1
                self.records += [Record(*json.loads(line)) for line in whole.splitlines()]
        return self.records

    async def owner(self) -> str:
        """Wait until somebody spends; returns who."""
        await self.next_after(time.monotonic(), within=12.0)
        return spent(self.read())[-1].hub

    async def next_after(self, moment: float, *others: str, within: float) -> Record:
        """Wait for the first token after a moment that was not spent by one of these."""

        def found() -> list[Record]:
            records = [one for one in self.read() if one.at > moment and one.hub not in others]
            return spent(records)

        await wait_until(found, within, f"a token of others than {others}")
        return found()[0]

    def noted(self, name: str, what: str, since: float) -> list[Record]:
        """Return the records of one kind and holder after a moment."""
        return [r for r in self.read() if (r.hub, r.what) == (name, what) and r.at > since]

    async def stands_again(self, name: str, since: float) -> None:
        """Wait until a holder that lost the lease is in the line again."""

        def happened() -> bool:
            lost = self.noted(name, "lost", since)
            return bool(lost) and any(r.number for r in self.noted(name, "tick", lost[0].at))

        await wait_until(happened, 5.0, f"{name} in the line again")

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _stands(self, name: str) -> bool:
        return any(one.number for one in self.read() if (one.hub, one.what) == (name, "tick"))


Crowds = Callable[[], Awaitable[Crowd]]
"""Makes a crowd around a lease of its own."""


@pytest.fixture
async def crowds(broker: Broker, names: OwnNames, tmp_path: Path) -> AsyncIterator[Crowds]:
    made: list[Crowd] = []

    async def make() -> Crowd:
        queue = await declare(broker.url, names, f"integration{len(made)}")
        made.append(Crowd(queue, tmp_path / str(len(made))))
        return made[-1]

    yield make
    for crowd in made:
        await crowd.end()


@pytest.fixture
async def crowd(crowds: Crowds) -> Crowd:
    return await crowds()


async def start(crowd: Crowd, url: str, *holders: str) -> None:
    await asyncio.gather(*(crowd.start(name, url) for name in holders))


def prove(crowd: Crowd) -> None:
    """No token was spent twice, and no two owners were spending at the same time."""
    assert not spent_twice(crowd.read())
    assert overlap(crowd.read()) <= 0


async def test_a_killed_owner_is_replaced_sooner_than_a_silent_one(
    crowd: Crowd, broker: Broker
) -> None:
    await start(crowd, broker.url, "a", "b", "c")
    for number in range(5):
        owner = await crowd.owner()
        killed = crowd.signal(owner, signal.SIGKILL)
        first = await crowd.next_after(killed, owner, within=2.0)
        assert first.at - killed < SILENT
        await crowd.bury(owner)
        await crowd.start(f"later{number}", broker.url)
    prove(crowd)


async def test_clean_hand_overs_leave_no_gap_and_no_overlap(crowd: Crowd, broker: Broker) -> None:
    await start(crowd, broker.url, "a", "b", "c")
    for _ in range(20):
        owner = await crowd.owner()
        told = crowd.signal(owner, signal.SIGUSR1)
        first = await crowd.next_after(told, owner, within=2.0)
        assert first.at - told < SILENT
    tokens = [one.number for one in spent(crowd.read())]
    assert tokens == list(range(len(tokens))), "a clean hand-over loses no token"
    assert overlap(crowd.read()) <= 0


async def test_a_cut_connection_moves_the_lease_and_spends_nothing_twice(
    crowd: Crowd, broker: Broker
) -> None:
    async with Proxy.before(broker.url) as one, Proxy.before(broker.url) as two:
        ways = {"a": one, "b": two}
        for name, proxy in ways.items():
            await crowd.start(name, proxy.through(broker.url))
        for _ in range(10):
            owner = await crowd.owner()
            cut = time.monotonic()
            ways[owner].cut()
            await crowd.next_after(cut, owner, within=2.0)
            await crowd.stands_again(owner, cut)
        assert not spent_twice(crowd.read())
        assert overlap(crowd.read()) < VALID


async def test_an_owner_that_the_broker_gave_up_spends_only_what_it_reserved(
    crowd: Crowd, broker: Broker
) -> None:
    """The worst a network can do: the broker sees the connection break, the owner doesn't."""
    async with Proxy.before(broker.url) as proxy:
        await crowd.start("near", proxy.through(broker.url))
        await crowd.start("far", broker.url)
        assert await crowd.owner() == "near"
        proxy.pause("down")
        cut = time.monotonic()
        for _, onward in proxy._pairs.values():
            onward.transport.abort()
        await crowd.next_after(cut, "near", within=2.0)
        await wait_until(lambda: crowd.noted("near", "lost", cut), 2.5)
        assert max(one.at for one in crowd.noted("near", "spent", 0.0)) - cut < VALID
        assert not spent_twice(crowd.read())


async def fall_into_a_black_hole(crowd: Crowd, url: str) -> None:
    """Lose all that the owner sends and gets; it stops by itself, long before it is replaced."""
    async with Proxy.before(url) as proxy:
        await crowd.start("near", proxy.through(url))
        await crowd.start("far", url)
        assert await crowd.owner() == "near"
        lost = time.monotonic()
        proxy.blackhole("up", "down")
        first = await crowd.next_after(lost, "near", within=10.0)
        assert crowd.noted("near", "lost", lost)[0].at < first.at
        assert max(one.at for one in crowd.noted("near", "spent", 0.0)) - lost < VALID
        prove(crowd)


async def freeze(crowd: Crowd, url: str, seconds: float) -> None:
    """Freeze the owner for so long, as the other one's ticks count it."""
    await start(crowd, url, "a", "b")
    owner = await crowd.owner()
    other = "b" if owner == "a" else "a"
    frozen = crowd.signal(owner, signal.SIGSTOP)
    await wait_until(lambda: crowd.noted(other, "tick", frozen + seconds), seconds + 5.0)
    thawed = crowd.signal(owner, signal.SIGCONT)
    await crowd.next_after(thawed, within=5.0)
    await wait_until(lambda: crowd.noted(owner, "tick", thawed + 1.0), 5.0)
    prove(crowd)


async def freeze_until_replaced(crowd: Crowd, url: str) -> None:
    """Freeze the owner until another one spends; thawed, it stops by itself."""
    await start(crowd, url, "a", "b")
    owner = await crowd.owner()
    frozen = crowd.signal(owner, signal.SIGSTOP)
    await crowd.next_after(frozen, owner, within=10.0)
    thawed = crowd.signal(owner, signal.SIGCONT)
    await wait_until(lambda: crowd.noted(owner, "lost", thawed), 2.0, "the old owner's end")
    await wait_until(lambda: crowd.noted(owner, "tick", thawed + 1.0), 5.0)
    assert not crowd.noted(owner, "spent", thawed)
    prove(crowd)


async def test_a_silent_owner_is_replaced_within_ten_seconds_and_never_doubled(
    crowds: Crowds, broker: Broker
) -> None:
    """Each on a lease of its own, all at once."""
    async with asyncio.TaskGroup() as owners:
        for seconds in (1.0, 2.5, 6.0):
            owners.create_task(freeze(await crowds(), broker.url, seconds))
        owners.create_task(freeze_until_replaced(await crowds(), broker.url))
        owners.create_task(fall_into_a_black_hole(await crowds(), broker.url))


async def test_after_the_broker_died_one_hub_goes_on_where_the_last_one_stopped(
    own_node: Node, own_names: Names, tmp_path: Path
) -> None:
    crowd = Crowd(await declare(own_node.url, own_names), tmp_path)
    await start(crowd, own_node.url, "a", "b", "c")
    declared = time.monotonic()
    await wait_until(lambda: crowd.noted("a", "tick", declared + SETTLED), SETTLED + 5.0)
    own_node.kill()
    died = time.monotonic()
    await own_node.start()
    back = time.monotonic()
    first = await crowd.next_after(died + VALID, within=10.0)
    await wait_until(lambda: crowd.noted("a", "tick", first.at + 1.0), 5.0)
    assert {one.hub for one in spent(crowd.read()) if one.at > back} == {first.hub}
    prove(crowd)
    confirmed = [one for one in crowd.read() if one.what == "confirmed"]
    last = max((one for one in confirmed if one.at < back), key=lambda one: one.number)
    if crowd.noted(first.hub, "regained", died):
        assert first.hub == last.hub, "only the last owner knows what was spent"
    else:
        assert max(one.number for one in crowd.noted(first.hub, "gained", died)) >= last.number
    await crowd.end()
    left = await read(own_node.url, crowd.queue)
    assert left.seq >= len(confirmed)
    assert left.state["next"] > max(one.number for one in spent(crowd.read()))


async def test_a_frozen_broker_stops_the_owner_and_a_thawed_one_has_one_owner(
    own_node: Node, own_names: Names, tmp_path: Path
) -> None:
    crowd = Crowd(await declare(own_node.url, own_names), tmp_path)
    await start(crowd, own_node.url, "a", "b")
    owner = await crowd.owner()
    own_node.freeze()
    frozen = time.monotonic()
    await wait_until(lambda: crowd.noted(owner, "lost", frozen), 2.5)
    own_node.thaw()
    await crowd.next_after(time.monotonic(), within=10.0)
    prove(crowd)
    await crowd.end()
