"""What Prometheus reads: names, units and labels of every series.

Labels take their values from what the hub knows itself, never from what an asker wrote: the number
of series is bounded.
"""

from collections.abc import Iterable
from contextlib import suppress
from math import isfinite
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from contracts import _names as wire
from service.answer import Answer

UNKNOWN: Final = "unknown"
"""The label of all operations that nobody knows."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The series of one hub."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._known: frozenset[str] = frozenset()
        self._requests = Counter(
            "hub_requests",
            "Requests answered, by how and from where.",
            ["operation", "status", "served"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "hub_request_seconds",
            "From delivery to answer, waiting for the limit included.",
            ["integration"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._attempts = Counter(
            "hub_upstream_attempts",
            "HTTP attempts, by what they came to.",
            ["integration", "upstream", "result"],
            registry=self.registry,
        )
        self._dead = Counter(
            "hub_dead_letters", "Dead letters written.", ["reason"], registry=self.registry
        )
        self._unheard = Counter(
            "hub_replies_unheard",
            "Replies on the exchange that nobody was bound for.",
            registry=self.registry,
        )
        self._owned = self._gauge(
            "hub_owned", "1 for each integration whose lease this hub holds.", ["integration"]
        )
        per_upstream = ["integration", "upstream"]
        self._left = self._gauge(
            "hub_limit_tokens_left", "Calls that the limit allows now.", per_upstream
        )
        self._waiting = self._gauge(
            "hub_limit_waiting", "Calls that wait for the limit.", per_upstream
        )
        ProcessCollector(registry=self.registry)

    def know(self, operations: Iterable[str]) -> None:
        """Take these names as labels from now on; all others are ``unknown``."""
        self._known |= frozenset(operations)

    def answered(self, operation: str, answer: Answer, seconds: float) -> None:
        """Count one answer."""
        name = operation if operation in self._known else UNKNOWN
        status = "ok" if answer.ok else "failed"
        self._requests.labels(name, status, answer.served).inc()
        self._seconds.labels(wire.integration_of(name)).observe(seconds)

    def attempted(self, integration: str, upstream: str, result: str) -> None:
        """Count one HTTP attempt: ``ok`` or the code of its failure."""
        self._attempts.labels(integration, upstream, result).inc()

    def dead(self, reason: str) -> None:
        """Count one dead letter."""
        self._dead.labels(reason).inc()

    def unheard(self) -> None:
        """Count one reply that nobody was there for."""
        self._unheard.inc()

    def owns(self, integration: str, *, held: bool) -> None:
        """Show whether this hub owns an integration."""
        self._owned.labels(integration).set(int(held))

    def limit(self, integration: str, upstream: str, left: float, waiting: int) -> None:
        """Show what is left of a limit, where there is one, and how many wait for it."""
        if isfinite(left):
            self._left.labels(integration, upstream).set(left)
        self._waiting.labels(integration, upstream).set(waiting)

    def no_limit(self, integration: str, upstream: str) -> None:
        """Show nothing of a limit any more: another hub does."""
        for gauge in (self._left, self._waiting):
            with suppress(KeyError):
                gauge.remove(integration, upstream)

    def text(self) -> bytes:
        """Return all series in Prometheus' text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, about: str, labels: list[str]) -> Gauge:
        return Gauge(name, about, labels, registry=self.registry)
