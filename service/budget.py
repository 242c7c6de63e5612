"""What is left of each limit, told when it gets low, runs out, or is well again.

Looked at once a second, never on the way of a request.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Final

from clients._clock import Clock
from clients._gate import Gate
from clients._rates import DAY
from contracts._events import Level, LimitEvent
from service.events import Tells
from service.metrics import Metrics
from service.prober import Watched
from service.repeat import repeat

LOOKS_EVERY: Final = 1.0
"""Seconds: events of one upstream come no closer."""

LOW: Final = 0.2
"""Of the smallest window: with less left than this, the budget is low."""

CALM: Final = 5
"""Looks in a row that have to be better before it is told so."""

_LONGEST: Final = 31 * DAY
_LEVELS: Final[tuple[Level, ...]] = ("ok", "low", "exhausted")


def level(left: float, capacity: float, waiting: int) -> Level:
    """Return how much of a budget is left: `left` tokens of `capacity`, while so many wait."""
    if waiting and left < 1:
        return "exhausted"
    return "low" if left < LOW * capacity else "ok"


class Budget:
    """The level of one upstream: worse is told at once, better when it has stayed so.

    At a takeover a bucket may start empty, so that `low` has to stay for a while there too.
    """

    def __init__(self) -> None:
        self._told: Level | None = None
        self._looks = 0

    def look(self, seen: Level) -> Level | None:
        """Take note of one look; return the level if it is to be told."""
        if seen == self._told:
            self._looks = 0
            return None
        self._looks += 1
        if self._is_calm(seen) and self._looks < CALM:
            return None
        self._told, self._looks = seen, 0
        return seen

    def _is_calm(self, seen: Level) -> bool:
        if self._told is None:
            return seen == "low"
        return _LEVELS.index(seen) < _LEVELS.index(self._told)


class Budgets:
    """Watches the limits of everything owned."""

    def __init__(
        self, owners: Sequence[Watched], events: Tells, metrics: Metrics, clock: Clock, hub: str
    ) -> None:
        self._owners = owners
        self._events = events
        self._metrics = metrics
        self._clock = clock
        self._hub = hub
        self._budgets: dict[tuple[str, str], Budget] = {}

    async def run(self) -> None:
        """Watch and tell, until cancelled."""
        await repeat(self.look, LOOKS_EVERY, self._clock)

    def look(self) -> None:
        """Look at every limit once."""
        for owner in self._owners:
            for upstream, gate in owner.integration.gates.items():
                if owner.held:
                    self._look(owner, upstream, gate)
                else:
                    self._forget(owner.integration.name, upstream)

    def _look(self, owner: Watched, upstream: str, gate: Gate) -> None:
        integration = owner.integration
        rates = integration.upstreams[upstream].allowed(integration.env).rates
        left = gate.bucket.left(self._clock.now())
        self._metrics.limit(integration.name, upstream, left, len(gate))
        if not rates:
            return
        seen = level(left, min(rate.capacity for rate in rates), len(gate))
        budget = self._budgets.setdefault((integration.name, upstream), Budget())
        if told := budget.look(seen):
            eta = gate.eta()
            event = LimitEvent(
                integration=integration.name,
                upstream=upstream,
                level=told,
                tokens_left=left,
                eta=eta if isfinite(eta) else _LONGEST,
                hub=self._hub,
            )
            self._events.tell(f"limit.{integration.name}.{told}", event)

    def _forget(self, integration: str, upstream: str) -> None:
        """Another hub tells it now."""
        if self._budgets.pop((integration, upstream), None):
            self._metrics.no_limit(integration, upstream)
