"""The composition root: everything long-lived is made here, in order, and closed in reverse."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import structlog

from clients import _registry
from clients._clock import Clock
from clients._operation import Operation
from clients._redact import Redactor
from contracts import Names
from contracts._events import LifeEvent, OwnsEvent
from service.access import read_access
from service.amqp import topology
from service.amqp.consumer import OnDelivery, Temporary
from service.amqp.delivery import Delivery
from service.amqp.link import Link
from service.amqp.publisher import Publisher
from service.amqp.subscription import Subscription
from service.answer import Answer
from service.ask import Understanding
from service.budget import Budgets
from service.cache import Cache
from service.desk import Desk, Handle, Reads, Running
from service.ending import end
from service.envelope import Envelope, Reader
from service.events import Events
from service.integration import Integration, Means, wanted
from service.memory import Memory
from service.metrics import Metrics
from service.ownership.control import Commands
from service.ownership.handover import Handover
from service.ownership.lease import Lease
from service.ownership.line import LeaseQueue
from service.ownership.meeting import Meeting
from service.ownership.members import Members
from service.ownership.owner import Owner, Telling
from service.ownership.rank import Door, Spread
from service.ownership.roster import Roster
from service.ownership.starting import starting_alone
from service.ownership.state import Identity
from service.path import Surroundings, compose
from service.post import Post
from service.prober import Prober
from service.readiness import Readiness
from service.repeat import lasting
from service.settings import Settings
from service.shared import Shared
from service.store import Store
from service.stray import Dropped, DroppedReader, unrouted

_HEARTBEATS: Final = {"consume": 3, "publish": 10, "lease": 3, "look": 10}
"""Seconds for each connection; a frozen hub is replaced once the broker misses two of the lease's,
and its requests go to the new owner once it misses two of the consumers'."""
_STRAYS: Final = 2
"""Queues of requests that no owner sees."""
_STRAY_WINDOW: Final = 64
_HEARD_WINDOW: Final = 256

log = structlog.get_logger()


@dataclass(frozen=True)
class Links:
    """One connection for each kind of traffic: none of them stops another."""

    consume: Link
    publish: Link
    lease: Link
    look: Link
    """For questions about queues: one that hangs costs the connection (`service.amqp.queues`)."""


class Hub:
    """One hub: ``async with Hub(settings, url) as hub`` serves until the block ends.

    Raises:
        BusError: exchanges or queues on the broker are not what the hub needs.
        CannotJoin: another hub on this broker keeps another record of calls, or has its name.
    """

    def __init__(self, settings: Settings, url: str, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or Clock()
        self.names = Names(settings.prefix)
        self.metrics = Metrics()
        self.cache = Cache(self.clock.now)
        self.redact = Redactor(settings.secrets(url))
        self.owners: dict[str, Owner] = {}
        self.leases: dict[str, Lease] = {}
        self.understandings: dict[str, Understanding] = {}
        self._handovers: dict[str, Handover] = {}
        self._listeners: list[tuple[str, Subscription]] = []
        self._url = url
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Declare, meet the other hubs, and stand for every integration."""
        async with AsyncExitStack() as stack:
            await self._build(stack)
            self._stack = stack.pop_all()
        self._life("started")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Take nothing new, finish what has left, hand back the rest, close everything."""
        async with self._stack:
            await asyncio.gather(*(one.retire() for one in self._handovers.values()))
            self._life("stopped")

    async def ready(self) -> str:
        """Return what keeps it from being ready; nothing when it is."""
        return await self._readiness.lacks()

    async def _build(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        self.access = read_access(settings.access_file)
        found = _integrations(settings, self._means())
        self.integrations = {one.name: one for one in found}
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.store = Store(settings.store_url)
        stack.push_async_callback(self.store.aclose)
        async with starting_alone(self._url, self.names):
            silent = await topology.declare_all(self._url, self.names, list(self.integrations))
            self.links = await self._connect(stack)
            for link in vars(self.links).values():
                link.silent |= set(silent)
            await self._join(stack)

    async def _join(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        publisher = Publisher(self.links.publish)
        self.post = Post(
            publisher, self.names, f"/hub/{settings.instance}", self.clock, self.metrics
        )
        self.events = Events(publisher, self.names, self.post.source)
        stack.push_async_callback(self.events.flush)
        self.reader = Reader(
            self.names, settings.max_request_bytes, self.access.restricted, _user(self._url)
        )
        self.who = Identity(settings.instance, self.store.store_id)
        self._memory = Memory(desks=len(self.integrations) + _STRAYS)
        desks = self._stray_desks()
        roster = await self._own(stack)
        control = Commands(
            self._commands, self.who, self.owners, self.leases, self.events, roster.speak
        )
        meeting = Meeting(self.names, _user(self._url), self.clock)
        await meeting.hold(roster.members, self._ear, publisher)
        for queue, desk in desks.items():
            await self._listen(stack, queue, desk.take, _STRAY_WINDOW)
        orders = Temporary(self.names.control)
        obeys = await self._listen(stack, orders, control.take, _HEARD_WINDOW)
        await meeting.attached(orders.exchange, obeys)
        for lease in self.leases.values():
            lease.start()
            stack.push_async_callback(lease.close)
        self._run(stack, roster.run())
        links = vars(self.links)
        self._readiness = Readiness(links, self.leases, self.owners, self._listeners, self.clock)

    async def _connect(self, stack: AsyncExitStack) -> Links:
        made = {
            name: await stack.enter_async_context(
                Link(self._url, name=f"hub-{name}-{self.settings.instance}", heartbeat=heartbeat)
            )
            for name, heartbeat in _HEARTBEATS.items()
        }
        return Links(**made)

    def _stray_desks(self) -> dict[str, Desk]:
        operations: dict[str, Operation] = {}
        for name in _registry.names():  # what other hubs serve, too: any hub takes the strays
            known = {one.name: one for one in _registry.load(name).operations.values()}
            self.understandings[name] = Understanding(known, self.reader, self.access)
            operations |= known
        self.metrics.know(operations)
        dropped = Dropped(self.understandings, self.store)
        return {
            self.names.unrouted: self._desk(self.reader, unrouted(operations)),
            self.names.dropped: self._desk(DroppedReader(self.reader), dropped.handle),
        }

    async def _own(self, stack: AsyncExitStack) -> Roster:
        members = Members(self._owns(), self.clock.now())
        spread = Spread(members)
        for name, integration in self.integrations.items():
            owner = self._owner(integration)
            place = LeaseQueue(self.links.lease, self.names.lease(name))
            door = Door(spread, name, self.clock.now)
            lease = Lease(place, self.who, owner, door, self.clock.now)
            for gate in integration.gates.values():
                gate.starved = lease.renew_now
            self.owners[name], self.leases[name] = owner, lease
            self._handovers[name] = Handover(lease, owner)
        roster = Roster(
            members, spread, self._handovers, self.events, self.clock, self._owns, self._hears
        )
        hubs = Temporary(self.names.events, ("hub.*.owns", "hub.*.stopped"))
        self._ear = await self._listen(stack, hubs, roster.hear, _HEARD_WINDOW)
        owned, clock = list(self.owners.values()), self.clock
        prober = Prober(owned, members, clock, self.settings.health_interval)
        budgets = Budgets(owned, self.events, self.metrics, clock, self.settings.instance)
        for watch in (prober, budgets):
            self._run(stack, watch.run())
        return roster

    def _commands(self, user: str | None) -> bool:
        return user is not None and (user == _user(self._url) or self.access.operates(user))

    def _owner(self, integration: Integration) -> Owner:
        shared = Shared(self.clock.now, self.cache)
        at = Surroundings(integration, self.store, shared, self.clock)
        running = Running(compose(at))
        understanding = self.understandings[integration.name]

        async def handle(delivery: Delivery, envelope: Envelope) -> Answer:
            ask = understanding.ask(delivery, envelope)
            if envelope.progress:
                ask.call.on_wait = partial(desk.promise, envelope)
            return await running.answer(ask)

        desk = self._desk(self.reader, handle)
        telling = Telling(integration, self.events, self.metrics)
        integration.note = telling.note
        subscribe = partial(Subscription, self.links.consume, self.names.queue(integration.name))
        return Owner(integration, desk, subscribe, telling)

    async def listen(self, pattern: str, take: OnDelivery) -> None:
        """Hear the events under a pattern until the hub ends."""
        source = Temporary(self.names.events, (pattern,))
        await self._listen(self._stack, source, take, _HEARD_WINDOW)

    async def _listen(
        self, stack: AsyncExitStack, source: str | Temporary, take: OnDelivery, prefetch: int
    ) -> Subscription:
        subscription = Subscription(self.links.consume, source, take, prefetch=prefetch)
        where = source.exchange if isinstance(source, Temporary) else source
        self._listeners.append((where, subscription))
        return await stack.enter_async_context(subscription)

    def _desk(self, reader: Reads, handle: Handle) -> Desk:
        return Desk(self.post, reader, handle, self._memory)

    def _run(self, stack: AsyncExitStack, loop: Coroutine[Any, Any, None]) -> None:
        stack.push_async_callback(end, asyncio.create_task(lasting(loop)))

    def _means(self) -> Means:
        settings = self.settings
        return Means(
            env=settings.environment,
            redact=self.redact,
            clock=self.clock,
            instance=settings.instance,
            sandbox=settings.sandbox,
            most_bytes=settings.max_reply_bytes,
            window=settings.window,
        )

    def _owns(self) -> OwnsEvent:
        return OwnsEvent(
            instance=self.settings.instance,
            store=self.store.store_id,
            modes={name: one.mode for name, one in self.integrations.items()},
            run=self.who.run,
            owned=tuple(name for name, lease in self.leases.items() if lease.held),
            standing=tuple(name for name, lease in self.leases.items() if lease.standing),
        )

    def _hears(self) -> bool:
        return self._ear.attached

    def _life(self, what: str) -> None:
        event = LifeEvent(
            instance=self.settings.instance,
            store=self.store.store_id,
            version=version("integration-hub"),
        )
        log.info("hub", what=what, instance=event.instance, integrations=len(self.integrations))
        self.events.tell(f"hub.{event.instance}.{what}", event)


def _integrations(settings: Settings, means: Means) -> list[Integration]:
    return [Integration(one, means) for one in wanted(settings.integrations, _registry.load)]


def _user(url: str) -> str:
    return unquote(urlsplit(url).username or "guest")
