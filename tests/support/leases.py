"""Holders of a lease that spend numbered tokens, and the proof that no token was spent twice.

A state is the number of the next token. An owner reserves some by writing a higher number, and
spends them, one by one, only after the confirm and for 1.5 s. So the numbers that all hubs
together spend never repeat, unless somebody spends what another one has reserved.
"""

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

import aiormq
from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic

from contracts._names import Names
from service.amqp.link import Link
from service.amqp.topology import queues
from service.ownership.lease import Admission, Identity, Lease, LeaseQueue
from service.ownership.state import LeaseMessage
from tests.support.wait import wait_until

RESERVED: Final = 100
VALID: Final = 1.5


class Record(NamedTuple):
    """Something that happened to a holder. `at` is CLOCK_MONOTONIC, the same in all processes."""

    hub: str
    what: str
    at: float
    number: int = 0
    """The token that was spent; the next one, where the lease was gained or regained."""


@dataclass
class Spender:
    """A holder that spends what it may whenever it is asked to."""

    hub: str
    note: Callable[[Record], None]
    working: bool = True
    state: dict[str, Any] = field(default_factory=dict)
    paused: bool = False
    reasons: list[str] = field(default_factory=list)
    gains: int = 0
    plans: int = 0
    on_plan: Callable[[], None] | None = None
    on_lost: Callable[[], None] | None = None
    next: int = 0
    _limit: int = 0
    _until: float = 0.0

    def gained(self, state: Mapping[str, Any], *, paused: bool) -> None:
        self.gains += 1
        self.state, self.paused = dict(state), paused
        self.next = self._limit = state.get("next", 0)
        self._note("gained", self.next)

    def regained(self, *, paused: bool) -> None:
        self.gains += 1
        self.paused = paused
        self._note("regained", self.next)

    def lost(self, reason: str) -> None:
        self._limit = self.next
        self.reasons.append(reason)
        self._note("lost")
        if self.on_lost:
            self.on_lost()

    def plan(self, *, final: bool) -> tuple[dict[str, Any], object]:
        self.plans += 1
        if self.on_plan:
            self.on_plan()
        top = self.next + (0 if final else RESERVED)
        return {"next": top}, (time.monotonic(), top)

    def confirmed(self, ticket: object) -> None:
        assert isinstance(ticket, tuple)
        planned, self._limit = ticket
        self._until = planned + VALID
        self._note("confirmed", self._limit)

    def busy(self) -> bool:
        return self.working

    def spend(self) -> bool:
        """Spend one token if that is allowed now."""
        now = time.monotonic()
        if self.next >= self._limit or now > self._until:
            return False
        self.note(Record(self.hub, "spent", now, self.next))
        self.next += 1
        return True

    def _note(self, what: str, number: int = 0) -> None:
        self.note(Record(self.hub, what, time.monotonic(), number))


@dataclass
class Open:
    """Lets a hub have the lease, unless the test says otherwise."""

    stand: bool = True
    refusals: int = 0
    """How many leases that come are passed on."""
    came: list[LeaseMessage] = field(default_factory=list)

    def stands(self) -> bool:
        return self.stand

    def takes(self, found: LeaseMessage) -> bool:
        self.came.append(found)
        return len(self.came) > self.refusals


async def declare(url: str, names: Names, integration: str = "notion") -> str:
    """Declare a lease queue as the hub does; returns its name."""
    queue = names.lease(integration)
    wanted = next(one for one in queues(names, [integration]) if one.name == queue)
    connection = await aiormq.connect(url)
    channel = await connection.channel()
    await channel.queue_declare(queue, durable=True, arguments=wanted.arguments)
    await connection.close()
    return queue


class Hub:
    """One hub's lease over a connection of its own: ``async with Hub(url, queue, "a") as hub``."""

    def __init__(
        self,
        url: str,
        queue: str,
        name: str,
        *,
        door: Admission | None = None,
        clock: Callable[[], float] = time.monotonic,
        spender: type[Spender] = Spender,
    ) -> None:
        self.records: list[Record] = []
        self.spender = spender(name, self.records.append)
        self.door = Open()
        self.link = Link(url, name=name, heartbeat=3)
        self.lease = Lease(
            LeaseQueue(self.link, queue),
            Identity(name, "store"),
            self.spender,
            door or self.door,
            clock,
        )

    async def __aenter__(self) -> Self:
        await self.link.__aenter__()
        self.lease.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.lease.close()
        await self.link.aclose()

    async def stands(self) -> Self:
        """Wait until it is in the line."""
        await wait_until(lambda: self.lease.standing, what=f"{self.spender.hub} in the line")
        return self

    async def owns(self, within: float = 5.0) -> Self:
        """Wait until it holds the lease and has renewed it."""
        await wait_until(
            lambda: self.lease.held and self.lease.renewed_at > 0,
            within,
            f"{self.spender.hub} owner",
        )
        return self


@asynccontextmanager
async def outsider(url: str, queue: str) -> AsyncIterator["Outsider"]:
    """Give a bare channel, for what no hub does."""
    connection = await aiormq.connect(url)
    try:
        yield Outsider(await connection.channel(), queue)
    finally:
        await connection.close()


@dataclass
class Outsider:
    """Reads, holds and writes lease messages by hand."""

    channel: AbstractChannel
    queue: str

    async def put(self, body: bytes) -> None:
        properties = Basic.Properties(delivery_mode=2)
        await self.channel.basic_publish(body, routing_key=self.queue, properties=properties)

    async def take(self) -> bytes:
        """Wait for the message and hold it."""
        came: asyncio.Queue[bytes] = asyncio.Queue()

        async def note(message: DeliveredMessage) -> None:
            came.put_nowait(message.body)

        await self.channel.basic_qos(prefetch_count=1)
        await self.channel.basic_consume(self.queue, note)
        return await asyncio.wait_for(came.get(), 30)


async def read(url: str, queue: str) -> LeaseMessage:
    """Return what the lease says when nobody holds it."""
    async with outsider(url, queue) as one:
        return LeaseMessage.decode(await one.take())


def spent(records: Iterable[Record]) -> list[Record]:
    """Return what was spent, in the order of time."""
    return sorted((one for one in records if one.what == "spent"), key=lambda one: one.at)


def spent_twice(records: Iterable[Record]) -> set[int]:
    """Return the tokens that were spent more than once."""
    return {
        token for token, times in Counter(one.number for one in spent(records)).items() if times > 1
    }


def tenures(records: Iterable[Record]) -> list[tuple[float, float, str]]:
    """Return when each owner spent its first and its last token, in the order of time."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    gains: Counter[str] = Counter()
    for one in sorted(records, key=lambda one: one.at):
        gains[one.hub] += one.what in {"gained", "regained"}
        if one.what == "spent":
            found[one.hub, gains[one.hub]].append(one.at)
    return sorted((times[0], times[-1], hub) for (hub, _), times in found.items())


def overlap(records: Iterable[Record]) -> float:
    """Return for how many seconds at most two owners were spending at the same time."""
    return max((one[1] - two[0] for one, two in itertools.pairwise(tenures(records))), default=0.0)
