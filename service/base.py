"""What a hub has before it knows its integrations: its settings, and its ends of the bus."""

import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from clients._clock import Clock
from clients._redact import Redactor
from contracts import Names
from contracts._events import OwnsEvent
from service.amqp.link import Link
from service.events import Events
from service.ownership.members import Members
from service.ownership.rank import Spread
from service.permission.access import read_access
from service.settings import Settings
from service.witness import Witness

_HEARTBEATS: Final = {"consume": 3, "publish": 10, "lease": 3, "look": 10}
"""Seconds for each connection; a frozen hub is replaced once the broker misses two of the lease's,
and its requests go to the new owner once it misses two of the consumers'."""


@dataclass(frozen=True)
class Links:
    """One connection for each kind of traffic: none of them stops another."""

    consume: Link
    publish: Link
    lease: Link
    look: Link
    """For questions about queues: one that hangs costs the connection (`service.amqp.queues`)."""

    def __iter__(self) -> Iterator[Link]:
        """Yield each."""
        yield from vars(self).values()


class Base:
    """What all parts of a hub are made with; nothing of it runs before it is `connected`.

    Raises:
        ValueError: the access file or the broker's address cannot be used.
    """

    def __init__(
        self, settings: Settings, url: str, clock: Clock, witness: Witness | None = None
    ) -> None:
        self.settings = settings
        self.witness = witness or Witness()
        self.url = url
        self.clock = clock
        self.names = Names(settings.prefix)
        self.redact = Redactor(settings.secrets(url))
        self.access = read_access(settings.access_file)
        self.user = unquote(urlsplit(url).username or "guest")
        """The hub's own at the broker."""
        self.source = f"/hub/{settings.instance}"
        """What it signs its messages with."""
        self.links = _links(url, settings.instance)
        self.publisher = self.witness.publisher(self.links.publish)
        self.events = Events(self.publisher, self.names, self.source)
        self.run = secrets.token_hex(8)
        """Tells this process from any other of the same name."""
        me = OwnsEvent(instance=settings.instance, store="", modes={}, run=self.run)
        self.members = Members(me, clock.now())
        """What this hub does itself is said there at the end of the meeting."""
        self.spread = Spread(self.members)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Keep the connections up until the block ends; what was told by then has left."""
        async with AsyncExitStack() as stack:
            for link in self.links:
                await stack.enter_async_context(link)
            stack.push_async_callback(self.events.flush)
            yield

    def may_order(self, user: str | None) -> bool:
        """Return whether a user at the broker may give orders to this hub."""
        return user is not None and (user == self.user or self.access.operates(user))


def _links(url: str, instance: str) -> Links:
    made = {
        name: Link(url, name=f"hub-{name}-{instance}", heartbeat=heartbeat)
        for name, heartbeat in _HEARTBEATS.items()
    }
    return Links(**made)
