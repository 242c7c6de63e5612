"""Request queues that no hub serves any more.

Where `HUB_INTEGRATIONS` was narrowed, the queue of an earlier start is still bound: requests go
into it, and would wait for ever. Each hub that knows such an integration names its queue at the
start, and answers what is in it once nobody has said for `LEFT_AFTER` that he serves it: by the
record, where that knows a call, or else with `not_configured`. One that was heard to serve it
since is only away: what waits, waits for it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from clients._clock import Clock
from contracts import Names
from service.amqp.errors import BusError
from service.amqp.link import Link
from service.amqp.queues import look
from service.ownership.members import Members

LEFT_AFTER: Final = 60.0
"""Seconds from this hub's start; the others may be starting too."""

_TURN: Final = 1.0

log = structlog.get_logger()


class Answers(Protocol):
    """A consumer that answers (`service.amqp.subscription.Subscription`)."""

    def start(self) -> None:
        """Begin to attach."""
        ...

    async def aclose(self) -> None:
        """Detach; what is not settled goes back to the queue."""
        ...


@dataclass
class Leftovers:
    """What one hub does about queues that it is not told to serve."""

    names: Names
    known: Collection[str]
    """The integrations that this hub knows and does not serve."""
    members: Members
    link: Link
    subscribe: Callable[[str], Answers]
    """Makes the consumer of a queue that answers all that is in it."""
    clock: Clock
    after: float = LEFT_AFTER
    _left: set[str] = field(default_factory=set)
    _answering: dict[str, Answers] = field(default_factory=dict)

    async def run(self) -> None:
        """Name what is left, and answer it while nobody else does, until cancelled."""
        began = self.clock.now()
        try:
            await self._find()
            while True:
                await self._turn(self.clock.now() - began >= self.after)
                await self.clock.sleep(_TURN)
        finally:
            for consumer in self._answering.values():
                await consumer.aclose()

    async def _find(self) -> None:
        """Look which of the queues are there; the broker may be away meanwhile."""
        unseen = sorted(self.known)
        while unseen:
            try:
                await self._look(unseen[-1])
            except BusError as error:
                log.debug("leftovers_unseen", reason=str(error))
                await self.clock.sleep(_TURN)
            else:
                unseen.pop()

    async def _look(self, name: str) -> None:
        depth = None if name in self._served() else await look(self.link, self.names.queue(name))
        if depth:
            self._left.add(name)
            _warn(name, self.names.queue(name), depth.messages)

    async def _turn(self, late: bool) -> None:  # noqa: FBT001  (a moment, no option)
        for name in self._left & self._served():
            self._left.remove(name)
            if consumer := self._answering.pop(name, None):
                await consumer.aclose()
        if late:
            for name in self._left - self._answering.keys():
                consumer = self._answering[name] = self.subscribe(self.names.queue(name))
                consumer.start()
                log.warning("answers_for_nobody", queue=self.names.queue(name))

    def _served(self) -> set[str]:
        present = self.members.present(self.clock.now())
        return {name for says in present for name in says.modes}


def _warn(name: str, queue: str, messages: int) -> None:
    log.warning(
        "queue_left_over",
        queue=queue,
        messages=messages,
        advice=f"No hub serves {name}. Name it in HUB_INTEGRATIONS, or delete this queue; until "
        "then its requests are answered not_configured.",
    )
