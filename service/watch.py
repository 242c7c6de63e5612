"""Whether the broker still has what was declared, and still knows the consumers of this hub.

A hub declares at its start. What an operator deletes afterwards the broker tells only to those who
consume from it, or look for it; a consumer that the broker has lost hears nothing at all. So what
turned out to be gone is declared anew, on a connection of its own as at the start; what is there
with other arguments is named until somebody mends it, and nothing is deleted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final, Protocol

import structlog

from clients._clock import Clock
from contracts import Names
from service.amqp import topology
from service.amqp.errors import BusError, TopologyError
from service.amqp.link import Link
from service.amqp.queues import exists, look
from service.base import Links

LOOKS_EVERY: Final = 15.0
"""Seconds between two looks at all that is consumed."""

MISSED: Final = 2
"""Looks in a row that show no consumer: RabbitMQ says 0, too, of a queue that elects a leader."""

_TURN: Final = 0.5
_TRIES_EVERY: Final = 5.0

log = structlog.get_logger()


class Watched(Protocol):
    """A consumer (`service.amqp.subscription.Subscription`)."""

    @property
    def queue(self) -> str:
        """Its queue; empty where that comes and goes with it."""
        ...

    @property
    def attached(self) -> bool:
        """Whether messages may come now, as far as this hub knows."""
        ...

    def renew(self, reason: str) -> None:
        """Detach, and attach again."""
        ...


@dataclass
class Watch:
    """Compares the broker with what this hub believes."""

    url: str
    names: Names
    links: Links
    integrations: Sequence[str]
    consumers: Callable[[], Iterable[Watched]]
    clock: Clock = field(default_factory=Clock)
    every: float = LOOKS_EVERY
    trouble: str = ""
    """What differs from what was declared, and how to mend it; nothing if all is well."""
    _missed: dict[str, int] = field(default_factory=dict)
    _looked: float = -inf
    _tried: float = -inf

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.clock.sleep(_TURN)
            try:
                await self._turn()
            except BusError as error:
                log.debug("watch_interrupted", reason=str(error))
            except Exception:
                log.exception("bug", where="watch")

    async def _turn(self) -> None:
        now = self.clock.now()
        if now - self._looked >= self.every:
            self._looked = now
            await self._look(self.links.look)
        if self._doubtful() and now - self._tried >= (_TRIES_EVERY if self.trouble else 0.0):
            self._tried = now
            await self._declare(self._doubtful())

    def _doubtful(self) -> set[str]:
        return set[str]().union(*(link.doubtful for link in self.links))

    async def _declare(self, doubtful: set[str]) -> None:
        log.warning("declares_anew", gone=sorted(doubtful))
        try:
            await topology.declare_again(self.url, self.names, self.integrations)
        except TopologyError as error:
            if self.trouble != str(error):
                log.error("topology_differs", reason=str(error))  # noqa: TRY400  (it says all)
            self.trouble = str(error)
            return
        self.trouble = ""
        for link in self.links:
            link.doubtful -= doubtful

    async def _look(self, link: Link) -> None:
        for exchange in topology.exchanges(self.names):
            if not await exists(link, exchange.name):
                link.doubtful.add(exchange.name)
        for consumer in list(self.consumers()):
            if consumer.queue and consumer.queue not in link.silent and consumer.attached:
                await self._look_for(consumer, link)

    async def _look_for(self, consumer: Watched, link: Link) -> None:
        queue = consumer.queue
        depth = await look(link, queue)
        if depth is None:
            link.doubtful.add(queue)
        if depth is None or depth.consumers or not consumer.attached:
            self._missed.pop(queue, None)
            return
        self._missed[queue] = self._missed.get(queue, 0) + 1
        if self._missed[queue] >= MISSED:
            del self._missed[queue]
            log.warning("consumer_forgotten", queue=queue)
            consumer.renew("the broker knows nothing of it")
