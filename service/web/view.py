"""What `/api` shows of a running hub."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Protocol

from pydantic import ValidationError

from clients._gate import Gate
from contracts._events import HealthEvent
from service.amqp.delivery import Delivery
from service.facts import facts_of
from service.metrics import Metrics
from service.prober import Watched
from service.settings import Settings

_ELSEWHERE: Final = {"left": None, "eta": None, "waiting": None}
"""What is known of the budgets of another hub."""


class Shown(Watched, Protocol):
    """A holder of a lease, as far as it is shown (`service.ownership.owner.Owner`)."""

    @property
    def paused(self) -> bool:
        """Whether it was told to serve no more."""
        ...


class Running(Protocol):
    """A hub, as far as it is shown (`service.app.Hub`)."""

    @property
    def owners(self) -> Mapping[str, Shown]:
        """Its part in each integration."""
        ...

    @property
    def settings(self) -> Settings:
        """What it was told."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Its series."""
        ...

    async def ready(self) -> str:
        """Return what keeps it from being ready; nothing when it is."""
        ...


@dataclass(frozen=True)
class HubView:
    """The rows of one hub; health of what other hubs own is what they told last."""

    hub: Running
    heard: dict[str, HealthEvent] = field(default_factory=dict)

    def hear(self, delivery: Delivery) -> None:
        """Take note of another hub's health event."""
        delivery.ack()
        try:
            event = HealthEvent.model_validate_json(delivery.body)
        except ValidationError:
            return
        owner = self.hub.owners.get(event.integration)
        if owner is None:
            return
        self.heard[event.integration] = event
        if not owner.held:
            owner.integration.health.believe(event)

    async def ready(self) -> str:
        """Return what keeps the hub from being ready; nothing when it is."""
        return await self.hub.ready()

    def metrics(self) -> bytes:
        """Return all series in Prometheus' text format."""
        return self.hub.metrics.text()

    def names(self) -> Collection[str]:
        """Return the names of the integrations."""
        return self.hub.owners.keys()

    def integrations(self) -> list[dict[str, Any]]:
        """Return one row for each integration."""
        return [self._row(owner) for owner in self.hub.owners.values()]

    def integration(self, name: str) -> dict[str, Any]:
        """Return everything about one."""
        owner = self.hub.owners[name]
        facts = facts_of(owner.integration.facts, self.hub.settings.environment)
        return facts | self._row(owner)

    def health(self, name: str) -> dict[str, Any]:
        """Return the health of one, as its owner tells it."""
        owner = self.hub.owners[name]
        told = None if owner.held else self.heard.get(name)
        event = told or owner.integration.health.snapshot()
        return event.model_dump(mode="json")

    def _row(self, owner: Shown) -> dict[str, Any]:
        integration = owner.integration
        return {
            "name": integration.name,
            "mode": integration.mode,
            "owned": owner.held,
            "serving": owner.serving,
            "paused": owner.paused,
            "health": self.health(integration.name),
            "limits": self._limits(owner),
        }

    def _limits(self, owner: Shown) -> list[dict[str, Any]]:
        env, integration = self.hub.settings.environment, owner.integration
        return [
            {
                "upstream": name,
                "allowed": str(integration.upstreams[name].allowed(env)),
                **(_live(gate, integration.now()) if owner.held else _ELSEWHERE),
            }
            for name, gate in integration.gates.items()
        ]


def _live(gate: Gate, now: float) -> dict[str, Any]:
    left, eta = gate.bucket.left(now), gate.eta()
    return {
        "left": left if isfinite(left) else None,
        "eta": eta if isfinite(eta) else None,
        "waiting": len(gate),
    }
