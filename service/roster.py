"""Says every two seconds what this hub is and owns, hears the others, and spreads the leases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from pydantic import ValidationError

from clients._clock import Clock
from contracts._events import LifeEvent, OwnsEvent
from service.delivery import Delivery
from service.events import Events
from service.lease import Lease
from service.members import SAYS_EVERY, Members
from service.rank import Spread

_LOOKS_EVERY: Final = 0.5

log = structlog.get_logger()


@dataclass(frozen=True)
class Roster:
    """The part of a hub that deals with the other hubs."""

    members: Members
    spread: Spread
    leases: Mapping[str, Lease]
    events: Events
    clock: Clock
    me: Callable[[], OwnsEvent]
    """What this hub says of itself now."""

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
        self.events.tell(f"hub.{says.instance}.owns", says)

    async def run(self) -> None:
        """Speak, and yield what others should own, until cancelled."""
        spoken = float("-inf")
        while True:
            now = self.clock.now()
            if now - spoken >= SAYS_EVERY:
                self.speak()
                spoken = now
            for name, lease in self.leases.items():
                await self._spread(name, lease, now)
            await self.clock.sleep(_LOOKS_EVERY)

    async def _spread(self, name: str, lease: Lease, now: float) -> None:
        if not lease.held:
            if self.spread.mends(name, now):
                await lease.mend()
            return
        heir = self.spread.heir(name, now)
        if heir:
            log.info("yields", integration=name, to=heir)
            self.spread.yielded(name, now)
            await lease.yield_to_others()
