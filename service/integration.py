"""One integration inside this hub: facts, gates, health, and its client once somebody asks."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any

from clients import _recordings, _registry
from clients._client import Client
from clients._clock import Clock
from clients._environment import Environment
from clients._gate import Gate
from clients._http import Transport
from clients._kit import Kit, Note, gate_for
from clients._limits import Plan
from clients._pool import Lazy
from clients._recordings import Recording
from clients._redact import Redactor
from clients._sandbox import SandboxEnvironment, SandboxTransport, recorded
from clients._transport import AioHttpTransport
from contracts import Failure
from contracts._events import Mode
from service.health import Health
from service.window import window


@dataclass(frozen=True)
class Means:
    """What all integrations of a hub share."""

    env: Environment
    redact: Redactor
    clock: Clock
    instance: str
    sandbox: str = "off"
    """`off`, `on` or `auto` (`clients._sandbox.recorded`)."""
    most_bytes: int = 8 * 1024 * 1024
    """Bytes of an upstream's answer."""
    window: int = 256
    """Requests that one integration holds in memory."""


class Integration:
    """One integration, as far as it needs no broker."""

    def __init__(self, facts: type[Client], means: Means) -> None:
        self.facts = facts
        self.redact = means.redact.apart()
        self.name = facts.name
        self._means = means
        self.upstreams = facts.upstreams_in(means.env)
        self.most = means.window
        """Requests that it holds in memory at most."""
        self.taken = means.window
        """Requests that it holds in memory at most for now."""
        self.largest = means.most_bytes
        """Bytes of a result."""
        self.lacking = facts.lacking(means.env)
        self.recorded = recorded(means.sandbox, self.upstreams, means.env)
        """The upstreams that answer from recordings."""
        self.mode = self._mode()
        self._stand_ins = self._sandbox()
        self.env = self._stand_ins if self.mode == "sandbox" else means.env
        self.gates: dict[str, Gate] = {
            name: gate_for(upstream.allowed(means.env), means.clock, upstream.connections)
            for name, upstream in self.upstreams.items()
        }
        self.health = Health(self.name, self.upstreams, means.instance)
        self.client = Lazy(self._make)
        if self.recorded:
            with suppress(ValueError, OSError):  # the calls tell of it
                self._read_recordings()
        here = self.upstreams.values()
        self.redact.learn(
            [text for one in here for text in one.secrets(means.env)],
            [text for one in here for text in one.accounts(means.env)],
        )
        self.note: Note = lambda *_: None

    @property
    def unusable(self) -> tuple[str, ...]:
        """The variables it lacks, where no upstream at all can be called; none in the sandbox."""
        if self.recorded or not self.facts.unusable(self._means.env):
            return ()
        return self.lacking

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over: what the former owner had reserved counts as spent."""
        now, wall = self._means.clock.now(), self._means.clock.wall()
        for name, gate in self.gates.items():
            gate.bucket.revoke()
            gate.bucket.restore(now, wall, state.get(name, {}))

    def plan(self, *, final: bool) -> tuple[dict[str, Any], dict[str, Plan]]:
        """Return the state to write into the lease, and the plans that it will confirm."""
        now, wall = self._means.clock.now(), self._means.clock.wall()
        plans = {
            name: gate.bucket.plan(now, wall, 0.0 if final else gate.wanted())
            for name, gate in self.gates.items()
        }
        return {name: plan.state for name, plan in plans.items()}, plans

    def confirm(self, plans: Mapping[str, Plan]) -> None:
        """The lease holds that state: its tokens may be spent."""
        for name, plan in plans.items():
            gate = self.gates[name]
            gate.bucket.confirm(plan)
            gate.pump()

    def withhold(self) -> None:
        """Nothing may be spent before the next `confirm`."""
        for gate in self.gates.values():
            gate.bucket.revoke()

    def window(self) -> int:
        """Return how many requests to hold in memory: those that it can serve soon, if any.

        A request may be for any of its upstreams, so the one that can serve most counts; where a
        breaker is not closed, one request is enough to try.
        """
        now = self.now()
        found = (
            window(
                partial(gate.bucket.wait, now, 1.0),
                self.most if gate.breaker.state == "closed" else 1,
            )
            for gate in self.gates.values()
        )
        return max(found, default=self.most)

    def wait(self) -> float:
        """Return the seconds until all that waits now may have left."""
        etas = (gate.eta() for gate in self.gates.values())
        return max(filter(isfinite, etas), default=0.0)

    @property
    def busy(self) -> bool:
        """Whether any of its gates is in use."""
        return any(gate.busy for gate in self.gates.values())

    def open(self) -> None:
        """Let calls through: this hub owns it."""
        for gate in self.gates.values():
            gate.open()

    def close(self) -> None:
        """Let nobody through; who waits is handed back, but for what has acted (`Gate.close`)."""
        self.withhold()
        for gate in self.gates.values():
            gate.close()

    def _mode(self) -> Mode:
        if self.recorded:
            return "sandbox" if len(self.recorded) == len(self.upstreams) else "configured"
        return "none" if self.unusable else "configured"

    def _sandbox(self) -> Environment:
        env = self._means.env
        upstreams = [self.upstreams[name] for name in self.recorded]
        keys = {name: "sandbox" for one in upstreams for name in one.keys if not one.secret_url}
        addresses = {
            one.url_variable: f"https://{one.name.replace('_', '-')}.sandbox.invalid"
            for one in upstreams
            if one.url_variable in one.lacking(env)
        }
        return SandboxEnvironment(env, addresses | dict(self.facts.samples), keys)

    def _make(self) -> Client:
        return self.facts(
            Kit(
                env=self.env,
                gates=self.gates,
                transports=self.transport,
                redact=self.redact,
                clock=self._means.clock,
                note=self._told,
                most_bytes=self._means.most_bytes,
                stand_ins=dict.fromkeys(self.recorded, self._stand_ins),
            )
        )

    def _read_recordings(self) -> tuple[Recording, ...]:
        """Read once, and at the start: that is in a thread, and the first calls are in the loop."""
        return _recordings.of(self.name, self.facts.__module__)

    def _told(self, upstream: str, failure: Failure | None, seconds: float) -> None:
        self.note(upstream, failure, seconds)

    def now(self) -> float:
        """Return the hub's monotonic clock."""
        return self._means.clock.now()

    def transport(self, name: str) -> Transport:
        """Return a new way to the upstream of that name."""
        upstream = self.upstreams[name]
        if name in self.recorded:
            address = upstream.address(self._stand_ins)
            return SandboxTransport(upstream, address, self._read_recordings())
        return AioHttpTransport(
            max_bytes=self._means.most_bytes,
            connections=upstream.connections,
            tls=upstream.tls(self.env),
        )


def wanted(named: Collection[str], load: Callable[[str], type[Client]]) -> list[type[Client]]:
    """Return the clients that are on: those that are named, else all but those that have to be."""
    found = [load(name) for name in named or _registry.names()]
    return [one for one in found if named or not one.opt_in]
