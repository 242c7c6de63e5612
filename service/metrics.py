"""What Prometheus reads: names, units and labels of every series."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from contracts import _names as wire
from service.answer import Answer

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The series of one hub."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
        self._owned = Gauge(
            "hub_owned",
            "1 for each integration whose lease this hub holds.",
            ["integration"],
            registry=self.registry,
        )

    def answered(self, operation: str, answer: Answer, seconds: float) -> None:
        """Count one answer."""
        status = "ok" if answer.ok else "failed"
        self._requests.labels(operation, status, answer.served).inc()
        self._seconds.labels(wire.integration_of(operation)).observe(seconds)

    def attempted(self, integration: str, upstream: str, result: str) -> None:
        """Count one HTTP attempt: ``ok`` or the code of its failure."""
        self._attempts.labels(integration, upstream, result).inc()

    def dead(self, reason: str) -> None:
        """Count one dead letter."""
        self._dead.labels(reason).inc()

    def owns(self, integration: str, *, held: bool) -> None:
        """Show whether this hub owns an integration."""
        self._owned.labels(integration).set(int(held))

    def text(self) -> bytes:
        """Return all series in Prometheus' text format."""
        return generate_latest(self.registry)
