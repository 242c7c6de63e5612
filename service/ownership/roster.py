"""Says every two seconds what this hub is and owns, hears the others, and spreads the leases."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog
from pydantic import ValidationError

from clients._clock import Clock
from contracts._events import LifeEvent, OwnsEvent
from service.amqp.delivery import Delivery
from service.ending import end
from service.events import Tells
from service.ownership.members import SAYS_EVERY, Members
from service.ownership.rank import Spread
from service.repeat import repeat

_LOOKS_EVERY: Final = 0.5

log = structlog.get_logger()


class Moves(Protocol):
    """A lease, as far as it can go from hub to hub (`service.ownership.lease.Lease`)."""

    @property
    def held(self) -> bool:
        """Whether this hub owns the integration."""
        ...

    async def yield_to_others(self) -> None:
        """Give it to the next in the line."""
        ...

    async def mend(self) -> None:
        """Put a message back that was lost."""
        ...


@dataclass(frozen=True)
class Roster:
    """The part of a hub that deals with the other hubs."""

    members: Members
    spread: Spread
    leases: Mapping[str, Moves]
    events: Tells
    clock: Clock
    me: Callable[[], OwnsEvent]
    """What this hub says of itself now."""
    hears: Callable[[], bool]
    """Whether what the others say reaches this hub."""
    _moves: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _spoken: list[float] = field(default_factory=lambda: [float("-inf")])

    def hear(self, delivery: Delivery) -> None:
        """Take note of a `hub.<instance>.<what>` event."""
        what = delivery.routing_key.rpartition(".")[2]
        try:
            if what == "owns":
                said = OwnsEvent.model_validate_json(delivery.body)
                self.members.hear(said, self.clock.now())
            elif what == "stopped":
                self.members.leave(LifeEvent.model_validate_json(delivery.body).instance)
        except ValidationError:
            log.warning("event_not_understood", key=delivery.routing_key)
        delivery.ack()

    def speak(self) -> None:
        """Say what this hub is and owns."""
        says = self.me()
        self.members.me = says
        self._spoken[-1] = self.clock.now()
        self.events.tell(f"hub.{says.instance}.owns", says)

    async def run(self) -> None:
        """Speak, and yield what others should own, until cancelled."""
        try:
            await repeat(self._turn, _LOOKS_EVERY, self.clock)
        finally:
            await self._end_moves()

    def _turn(self) -> None:
        now = self.clock.now()
        self.members.attend(now, attached=self.hears())
        if now - self._spoken[-1] >= SAYS_EVERY or self.me() != self.members.me:
            self.speak()
        for name, lease in self.leases.items():
            self._spread(name, lease, now)

    def _spread(self, name: str, lease: Moves, now: float) -> None:
        if name in self._moves:
            return
        if not lease.held:
            if self.spread.mends(name, now):
                self._move(name, lease.mend())
        elif heir := self.spread.heir(name, now):
            log.info("yields", integration=name, to=heir)
            self.spread.yielded(name, now)
            self._move(name, lease.yield_to_others())

    def _move(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        # in a task: a lease that is stuck must not keep this hub from saying that it lives
        task = asyncio.create_task(work)
        self._moves[name] = task
        task.add_done_callback(lambda _: self._moves.pop(name, None))

    async def _end_moves(self) -> None:
        await asyncio.gather(*map(end, list(self._moves.values())))
