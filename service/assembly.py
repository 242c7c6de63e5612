"""What a hub serves with: all that is made for each integration, and what those share.

Made in a thread (`service.app`): imports and database take their time.
"""

from collections.abc import Coroutine
from functools import partial
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from clients import _registry
from clients._operation import Operation
from contracts._events import OwnsEvent
from service.amqp.delivery import Delivery
from service.amqp.subscription import Subscription
from service.answer import Answer
from service.ask import Understanding
from service.base import Base
from service.budget import Budgets
from service.cache import Cache
from service.dead.office import Office
from service.dead.verdict import Judge
from service.desk import Desk, Handle, Reads
from service.envelope import Envelope, Reader
from service.integration import Integration, Means, wanted
from service.memory import Memory
from service.metrics import Metrics
from service.ownership.handover import Handover
from service.ownership.lease import Lease
from service.ownership.line import LeaseQueue
from service.ownership.owner import Owner, Telling
from service.ownership.rank import Door
from service.ownership.state import Identity
from service.path import Surroundings, compose
from service.post import Post
from service.prober import Prober
from service.record.database import said
from service.record.records import NotOpened
from service.record.store import Store
from service.running import Running
from service.settings import Settings
from service.shared import Shared
from service.stray import Dropped, DroppedReader, Unrouted

_STRAYS: Final = 2
"""Queues of requests that no owner sees."""


class Assembly:
    """Owners, leases and desks of one hub; nothing of it runs before the hub starts it.

    Raises:
        NotConfigured: a limit or an address is none, or the access file names no operation.
        NotOpened: there is no such database, or it cannot be read.
        OSError: the data folder cannot be made.
    """

    def __init__(self, base: Base) -> None:
        settings, clock = base.settings, base.clock
        self._base = base
        self._known = _known()
        base.access.check([name for one in self._known.values() for name in one])
        means = _means(base)
        facts = wanted(settings.integrations, _registry.load)
        self.integrations = {one.name: Integration(one, means) for one in facts}
        self._counts = _open(settings)  # the last that may fail: nothing is left open
        self.store = base.witness.records(self._counts)
        self.who = Identity(settings.instance, self.store.store_id, base.run)
        self.metrics = Metrics()
        self._cache = Cache(clock.now)
        self._memory = Memory(desks=len(self.integrations) + _STRAYS)
        self._post = Post(base.publisher, base.names, base.source, clock, self.metrics)
        self._reader = Reader(
            base.names, settings.max_request_bytes, base.access.restricted, base.user
        )
        self._understandings: dict[str, Understanding] = {}
        self.strays = self._strays()
        """Desks for the requests that no owner sees, by queue."""
        self.dead_letters = self._office()
        self.owners: dict[str, Owner] = {}
        self.leases: dict[str, Lease] = {}
        self.handovers: dict[str, Handover] = {}
        for integration in self.integrations.values():
            self._stand_by(integration)

    def owns(self) -> OwnsEvent:
        """Return what the hub says of itself now."""
        return OwnsEvent(
            instance=self.who.instance,
            store=self.who.store,
            modes={name: one.mode for name, one in self.integrations.items()},
            run=self.who.run,
            owned=tuple(name for name, lease in self.leases.items() if lease.held),
            standing=tuple(name for name, lease in self.leases.items() if lease.standing),
        )

    @property
    def unserved(self) -> frozenset[str]:
        """The integrations that this hub knows, and is not told to serve."""
        return frozenset(self._known) - self.integrations.keys()

    def watches(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """Return the loops that look after all that is owned."""
        base, owned = self._base, list(self.owners.values())
        settings = base.settings
        prober = Prober(owned, base.members, self.store, base.clock, settings.health_interval)
        budgets = Budgets(owned, base.events, self.metrics, base.clock, settings.instance)
        return prober.run(), budgets.run()

    def _strays(self) -> dict[str, Desk]:
        base, operations = self._base, dict[str, Operation]()
        for name, known in self._known.items():
            self._understandings[name] = Understanding(known, self._reader, base.access)
            operations |= known
        self.metrics.know(operations)
        played = {name for name, one in self.integrations.items() if one.mode == "sandbox"}
        means = self._understandings, self.store, base.clock, played
        dropped, unrouted = Dropped(*means), Unrouted(*means, self.integrations)
        return {
            base.names.unrouted: self._desk(self._reader, unrouted.handle),
            base.names.dropped: self._desk(DroppedReader(self._reader), dropped.handle),
        }

    def _office(self) -> Office:
        base = self._base
        return Office(
            url=base.url,
            names=base.names,
            own_user=base.user,
            publisher=base.publisher,
            looking=base.links.look,
            judge=Judge(self._reader, self._understandings),
            record=self._counts,
            redact=base.redact,
            clock=base.clock,
        )

    def _stand_by(self, integration: Integration) -> None:
        base, name = self._base, integration.name
        owner = self._owner(integration)
        place = LeaseQueue(base.links.lease, base.names.lease(name))
        door = Door(base.spread, name, base.clock.now)
        lease = Lease(place, self.who, owner, door, base.clock.now)
        for gate in integration.gates.values():
            gate.starved = lease.renew_now
        self.owners[name], self.leases[name] = owner, lease
        self.handovers[name] = Handover(lease, owner)

    def _owner(self, integration: Integration) -> Owner:
        base = self._base
        shared = Shared(base.clock.now, self._cache)
        surroundings = Surroundings(
            integration, self.store, shared, base.clock, base.access, self._counts
        )

        def most(user: str) -> int | None:
            return base.access.most(user, integration.taken)

        running = Running(compose(surroundings), base.clock, most)
        understanding = self._understandings[integration.name]

        async def handle(delivery: Delivery, envelope: Envelope) -> Answer:
            ask = understanding.ask(delivery, envelope)
            ask.call.recall = delivery.recall
            ask.call.unwanted = partial(self._post.is_full, envelope)
            if envelope.progress:
                ask.call.on_wait = partial(desk.promise, envelope)
            return await running.answer(ask, delivery)

        desk = self._desk(self._reader, handle)
        telling = Telling(integration, base.events, self.metrics)
        integration.note = telling.note
        subscribe = partial(Subscription, base.links.consume, base.names.queue(integration.name))
        return Owner(integration, desk, subscribe, telling)

    def _desk(self, reader: Reads, handle: Handle) -> Desk:
        return Desk(self._post, reader, handle, self._memory)


def _known() -> dict[str, dict[str, Operation]]:
    """Return the operations of all integrations, by their names: other hubs serve too."""
    return {
        name: {one.name: one for one in _registry.load(name).operations.values()}
        for name in _registry.names()
    }


def _means(base: Base) -> Means:
    settings = base.settings
    return Means(
        env=settings.environment,
        redact=base.redact,
        clock=base.clock,
        instance=settings.instance,
        sandbox=settings.sandbox,
        most_bytes=settings.max_reply_bytes,
        window=settings.window,
    )


def _open(settings: Settings) -> Store:
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        return Store(settings.store_url)
    except SQLAlchemyError as error:
        raise NotOpened(
            f"The record of calls cannot be opened: {said(error)}. Look at HUB_DATABASE_URL and "
            "HUB_DATA_DIR."
        ) from None
