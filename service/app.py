"""The composition root: a hub comes in, meets the others, stands for its integrations, and leaves.

All that is long-lived is made from here, in order, and closed in reverse. What a hub needs to meet
the others is in `service.base`, what it serves with in `service.assembly`: that takes a second to
import, and is made in a thread while the hub listens for a second to who is there.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final, Self

import structlog

from clients._clock import Clock
from contracts._events import LifeEvent, OwnsEvent
from service import late
from service.amqp import topology
from service.amqp.consumer import OnDelivery, Temporary
from service.amqp.subscription import Subscription
from service.base import Base
from service.ending import end
from service.leftover import Leftovers
from service.ownership.control import Commands
from service.ownership.meeting import Meeting
from service.ownership.roster import Roster
from service.ownership.starting import starting_alone
from service.readiness import Readiness
from service.repeat import lasting
from service.settings import Settings
from service.watch import Watch, Watched
from service.witness import Witness

if TYPE_CHECKING:
    from service.assembly import Assembly
    from service.ownership.handover import Handover

_STRAY_WINDOW: Final = 1024
"""Of what the broker dropped, repeats of calls that a hub was making when it died wait for up to
15 minutes: they leave room for the rest."""
_HEARD_WINDOW: Final = 256

log = structlog.get_logger()


class Hub:
    """One hub: ``async with Hub(settings, url) as hub`` serves until the block ends.

    Raises:
        BusError: exchanges or queues on the broker are not what the hub needs.
        CannotJoin: another hub on this broker keeps another record of calls, or has its name.
        NotOpened: its own record of calls cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        url: str,
        clock: Clock | None = None,
        witness: Witness | None = None,
    ) -> None:
        self.base = Base(settings, url, clock or Clock(), witness)
        self.settings, self.redact = settings, self.base.redact
        self._handovers: dict[str, Handover] = {}
        self._listeners: list[tuple[str, Subscription]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Meet the other hubs, and stand for every integration."""
        async with AsyncExitStack() as stack:
            await self._enter(stack)
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

    async def listen(self, pattern: str, take: OnDelivery) -> None:
        """Hear the events under a pattern until the hub ends."""
        source = Temporary(self.base.names.events, (pattern,))
        await self._listen(self._stack, source, take, _HEARD_WINDOW)

    async def _enter(self, stack: AsyncExitStack) -> None:
        base = self.base
        assembling = await stack.enter_async_context(_assembling(base))
        async with starting_alone(base.url, base.names):
            await topology.declare_meeting(base.url, base.names)
            await stack.enter_async_context(base.connected())
            roster = self._roster()
            hubs = Temporary(base.names.events, ("hub.*.owns", "hub.*.stopped"))
            self._ear = await self._listen(stack, hubs, roster.hear, _HEARD_WINDOW)
            meeting = Meeting(base.names, base.user, base.clock)
            prepare = partial(self._prepare, assembling)
            await meeting.hold(base.members, self._ear, base.publisher, prepare)
            await self._stand(stack, roster, meeting)

    def _roster(self) -> Roster:
        base = self.base
        return Roster(
            members=base.members,
            spread=base.spread,
            leases=self._handovers,
            events=base.events,
            clock=base.clock,
            me=self._owns,
            hears=lambda: self._ear.attached,
        )

    async def _prepare(self, assembling: "asyncio.Future[Assembly]") -> OwnsEvent:
        """Have ready what serves; nothing of it runs before the meeting has ended well."""
        self.work = work = await asyncio.shield(assembling)
        self.integrations, self.metrics = work.integrations, work.metrics
        self.owners, self.leases = work.owners, work.leases
        self.dead_letters = work.dead_letters
        self._handovers |= work.handovers
        base = self.base
        silent = await topology.declare_all(base.url, base.names, list(work.integrations))
        for link in base.links:
            link.silent |= set(silent)
        return work.owns()

    async def _stand(self, stack: AsyncExitStack, roster: Roster, meeting: Meeting) -> None:
        base, work = self.base, self.work
        for queue, desk in work.strays.items():
            await self._listen(stack, queue, desk.take, _STRAY_WINDOW)
        control = Commands(
            base.may_order, work.who, work.owners, work.leases, base.events, roster.speak
        )
        orders = Temporary(base.names.control)
        obeys = await self._listen(stack, orders, control.take, _HEARD_WINDOW)
        await meeting.attached(orders.exchange, obeys)
        for lease in work.leases.values():
            lease.start()
            stack.push_async_callback(lease.close)
        watch = Watch(base.url, base.names, base.links, list(work.integrations), self._consumers)
        loops = (*work.watches(), roster.run(), watch.run(), self._leftovers().run())
        for loop in loops:
            self._run(stack, loop)
        self._readiness = Readiness(
            links=vars(base.links),
            publisher=base.publisher,
            leases=work.leases,
            owners=work.owners,
            listeners=self._listeners,
            troubled=(watch, work.store),
            clock=base.clock,
        )

    async def _listen(
        self, stack: AsyncExitStack, source: str | Temporary, take: OnDelivery, prefetch: int
    ) -> Subscription:
        subscription = Subscription(self.base.links.consume, source, take, prefetch=prefetch)
        where = source.exchange if isinstance(source, Temporary) else source
        self._listeners.append((where, subscription))
        return await stack.enter_async_context(subscription)

    def _run(self, stack: AsyncExitStack, loop: Coroutine[Any, Any, None]) -> None:
        stack.push_async_callback(end, asyncio.create_task(lasting(loop)))

    def _leftovers(self) -> Leftovers:
        base, work = self.base, self.work
        desk = work.strays[base.names.unrouted]

        def subscribe(queue: str) -> Subscription:
            return Subscription(base.links.consume, queue, desk.take, prefetch=_HEARD_WINDOW)

        return Leftovers(
            base.names, work.unserved, base.members, base.links.look, subscribe, base.clock
        )

    def _consumers(self) -> Iterator[Watched]:
        """Yield all that takes messages now."""
        yield from (one for _, one in self._listeners)
        yield from (one.attachment for one in self.owners.values() if one.attachment)

    def _owns(self) -> OwnsEvent:
        return self.work.owns()

    def _life(self, what: str) -> None:
        event = LifeEvent(
            instance=self.settings.instance,
            store=self.work.who.store,
            version=version("integration-hub"),
        )
        log.info("hub", what=what, instance=event.instance, integrations=len(self.integrations))
        self.base.events.tell(f"hub.{event.instance}.{what}", event)


@asynccontextmanager
async def _assembling(base: Base) -> AsyncIterator["asyncio.Future[Assembly]"]:
    """Assemble in a thread; however the start ends, what was opened there is closed."""
    assembling = asyncio.get_running_loop().run_in_executor(None, _assemble, base)
    try:
        yield assembling
    finally:
        await asyncio.wait([assembling])
        if assembling.exception() is None:
            await assembling.result().store.aclose()


def _assemble(base: Base) -> "Assembly":
    return late.assembly()(base)
