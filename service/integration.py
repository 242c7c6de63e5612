"""One integration inside this hub: facts, gates, health, and its client once somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from clients import _recordings
from clients._client import Client
from clients._clock import Clock
from clients._environment import Environment
from clients._gate import Gate
from clients._http import Transport
from clients._kit import Kit, Note, gate_for
from clients._limits import Plan
from clients._operation import Operation
from clients._pool import Lazy
from clients._redact import Redactor
from clients._sandbox import SandboxEnvironment, SandboxTransport
from clients._transport import AioHttpTransport
from clients._upstream import Upstream
from contracts import Failure
from contracts._events import Mode
from service.health import Health


@dataclass(frozen=True)
class Means:
    """What all integrations of a hub share."""

    env: Environment
    redact: Redactor
    clock: Clock
    instance: str
    sandbox: str = "off"
    """`off`, `on`, or `auto`: those that lack a key."""
    most_bytes: int = 8 * 1024 * 1024
    """Bytes of an upstream's answer."""
    window: int = 256
    """Requests that one integration holds in memory."""


class Integration:
    """One integration, as far as it needs no broker."""

    def __init__(self, facts: type[Client], means: Means) -> None:
        self.facts = facts
        self.redact = means.redact
        self.name = facts.name
        self._means = means
        self.window = means.window
        self.lacking = facts.lacking(means.env)
        self.mode = _mode(means.sandbox, self.lacking, self.unusable)
        self.env = self._environment()
        self.gates: dict[str, Gate] = {
            name: gate_for(upstream.allowed(means.env), means.clock, upstream.connections)
            for name, upstream in facts.upstreams.items()
        }
        self.health = Health(self.name, facts.upstreams, means.instance)
        self.client = Lazy(self._make)
        self.note: Note = lambda *_: None
        self.operations: Mapping[str, Operation] = {
            one.name: one for one in facts.operations.values()
        }

    @property
    def unusable(self) -> tuple[str, ...]:
        """The variables it lacks, where no upstream at all can be called; none in the sandbox."""
        if getattr(self, "mode", "none") == "sandbox":
            return ()
        found = [one.lacking(self._means.env) for one in self.facts.upstreams.values()]
        return self.lacking if found and all(found) else ()

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

    @property
    def busy(self) -> bool:
        """Whether any of its gates is in use."""
        return any(gate.busy for gate in self.gates.values())

    def open(self) -> None:
        """Let calls through: this hub owns it."""
        for gate in self.gates.values():
            gate.open()

    def close(self) -> None:
        """Let nobody through; who waits is handed back."""
        for gate in self.gates.values():
            gate.bucket.revoke()
            gate.close()

    def _environment(self) -> Environment:
        env = self._means.env
        if self.mode != "sandbox":
            return env
        keys = (name for one in self.facts.upstreams.values() for name in one.auth.variables)
        return SandboxEnvironment(env, self.facts.samples, keys)

    def _make(self) -> Client:
        if self.mode != "sandbox":
            self.redact.learn(self._secrets())
        return self.facts(
            Kit(
                env=self.env,
                gates=self.gates,
                transports=self.transport,
                redact=self.redact,
                clock=self._means.clock,
                note=self._told,
            )
        )

    def _told(self, upstream: str, failure: Failure | None, seconds: float) -> None:
        self.note(upstream, failure, seconds)

    def now(self) -> float:
        """Return the hub's monotonic clock."""
        return self._means.clock.now()

    def transport(self, name: str) -> Transport:
        """Return a new way to the upstream of that name."""
        upstream: Upstream = self.facts.upstreams[name]
        if self.mode == "sandbox":
            base = upstream.address(self.env)
            return SandboxTransport(base, name, _recordings.load(self.name))
        return AioHttpTransport(max_bytes=self._means.most_bytes, connections=upstream.connections)

    def _secrets(self) -> list[str]:
        names = (name for one in self.facts.upstreams.values() for name in one.auth.variables)
        return [value for value in map(partial(_value, self.env), names) if value]


def _value(env: Environment, name: str) -> str | None:
    return env.get(name)


def _mode(sandbox: str, lacking: tuple[str, ...], unusable: tuple[str, ...]) -> Mode:
    if sandbox == "on" or (sandbox == "auto" and lacking):
        return "sandbox"
    return "none" if unusable else "configured"
