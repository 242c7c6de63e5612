"""What the hub tells without being asked: bodies of the messages on ``hub.events``."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from contracts._types import Utc

State = Literal["up", "degraded", "down", "unconfigured", "paused"]
Cause = Literal["network", "credential", "quota", "upstream", "contract", "hub"]
Mode = Literal["configured", "sandbox", "none"]
Level = Literal["ok", "low", "exhausted"]


class Event(BaseModel):
    """Base of all events; readers ignore what they don't know."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)


class UpstreamHealth(BaseModel):
    """One upstream of an integration, as the hub sees it."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    state: State
    cause: Cause | None = None
    detail: str = ""
    latency_ms: float | None = None
    """Time of the last answer, milliseconds."""


class HealthEvent(Event):
    """``health.<integration>.<state>``: on every change, and as a snapshot."""

    integration: str
    state: State
    previous: State | None = None
    cause: Cause | None = None
    detail: str = ""
    since: Utc
    """When it came into this state."""
    latency_ms: float | None = None
    """Time of the last answer, milliseconds."""
    upstreams: dict[str, UpstreamHealth] = {}
    hub: str
    """Instance that says so."""


class LimitEvent(Event):
    """``limit.<integration>.<low|exhausted|ok>``: how much of a budget is left."""

    integration: str
    upstream: str
    level: Level
    tokens_left: float
    eta: float
    """Seconds until one call could go."""
    hub: str


class OwnsEvent(Event):
    """``hub.<instance>.owns``: who is there, what it could do and what it does."""

    instance: str
    store: str
    """Id of the store in which it keeps its record of calls."""
    modes: dict[str, Mode]
    """What it could do for each integration it stands for."""
    owned: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    """Those whose lease it holds or waits for: only there may another hub yield to it."""
    run: str = ""
    """Random, new with each start: tells a process from another one of the same name."""


class LifeEvent(Event):
    """``hub.<instance>.<started|stopped>``."""

    instance: str
    store: str
    version: str


class Control(BaseModel):
    """A command to all hubs, on ``hub.control``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["reload_keys", "pause", "resume", "who"]
    integration: str | None = None
    id: str


class DidEvent(Event):
    """``hub.<instance>.<did>``: the answer to a `Control`."""

    instance: str
    store: str
    did: str
    id: str
    integration: str | None = None
    detail: str = ""
