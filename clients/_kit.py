"""What a client is given: everything that is not its own facts."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from clients._breaker import Breaker
from clients._clock import Clock
from clients._environment import Environment
from clients._gate import Gate
from clients._http import Transport
from clients._limits import Bucket, Limits
from clients._redact import Redactor
from clients._retry import Backoff, Retry
from contracts import Failure

Note = Callable[[str, Failure | None, float], None]
"""Told after each attempt: upstream, what went wrong, seconds it took."""


def _nobody(upstream: str, failure: Failure | None, seconds: float) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Way:
    """The way to one upstream."""

    env: Environment
    gate: Gate
    transport: Transport
    redact: Redactor
    clock: Clock
    retry: Retry
    most_bytes: float = math.inf
    backoff: Backoff = field(default_factory=Backoff)
    note: Note = _nobody


@dataclass(frozen=True)
class Kit:
    """The ways to all upstreams of one integration."""

    env: Environment
    gates: Mapping[str, Gate]
    transports: Callable[[str], Transport]
    """Makes the transport of the upstream of that name, on first use."""
    redact: Redactor
    clock: Clock = field(default_factory=Clock)
    note: Note = _nobody
    most_bytes: float = math.inf
    """Bytes of a result as it travels."""
    stand_ins: Mapping[str, Environment] = field(default_factory=dict)
    """What the upstreams that answer from recordings read in place of `env`."""

    def env_of(self, upstream: str) -> Environment:
        """Return what one upstream reads."""
        return self.stand_ins.get(upstream, self.env)

    def way(self, upstream: str) -> Way:
        """Return the way to one upstream."""
        return Way(
            env=self.env_of(upstream),
            gate=self.gates[upstream],
            transport=self.transports(upstream),
            redact=self.redact,
            clock=self.clock,
            retry=Retry(self.clock),
            most_bytes=self.most_bytes,
            note=self.note,
        )


def gate_for(limits: Limits, clock: Clock, connections: float = math.inf) -> Gate:
    """Return a closed-circuit gate under these limits, in front of so many connections."""
    return Gate(Bucket(limits.rates, limits.concurrency), Breaker(), clock, connections)
