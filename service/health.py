"""How well an integration is: pure, from what happened to calls to states worth telling.

Real traffic tells; a probe only where there is none. Two failures in a row bring an upstream
down, one success brings it up again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts import (
    BadUpstreamReply,
    CircuitOpen,
    Failure,
    NotConfigured,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from contracts._events import Cause, HealthEvent, State, UpstreamHealth

DAMPING: Final = 2
"""Failures in a row until an upstream counts as down."""

_CAUSES: Final[tuple[tuple[type[Failure], Cause], ...]] = (
    (UpstreamUnauthorized, "credential"),
    (NotConfigured, "credential"),
    (UpstreamThrottled, "quota"),
    (BadUpstreamReply, "contract"),
    (ReplyTooLarge, "contract"),
    (CircuitOpen, "upstream"),
)


def cause_of(failure: Failure | None) -> Cause | None:
    """Return what a failure says about the upstream; None if it says nothing bad.

    A refusal of the asker's parameters proves that the upstream works.
    """
    if failure is None:
        return None
    for kind, cause in _CAUSES:
        if isinstance(failure, kind):
            return cause
    if isinstance(failure, UpstreamUnavailable | OutcomeUnknown):
        return "upstream" if failure.facts.upstream_status else "network"
    return None


@dataclass(frozen=True)
class _Upstream:
    state: State = "up"
    cause: Cause | None = None
    detail: str = ""
    latency_ms: float | None = None
    failures: int = 0

    def after(self, failure: Failure | None, seconds: float) -> "_Upstream":
        cause = cause_of(failure)
        if cause is None or failure is None:
            return _Upstream(latency_ms=round(seconds * 1000, 1))
        failures = self.failures + 1
        if failures < DAMPING:
            return replace(self, failures=failures)
        state: State = "degraded" if cause in {"quota", "contract"} else "down"
        return _Upstream(state, cause, failure.detail, self.latency_ms, failures)

    def told(self) -> UpstreamHealth:
        return UpstreamHealth(
            state=self.state, cause=self.cause, detail=self.detail, latency_ms=self.latency_ms
        )


class Health:
    """The health of one integration, as one hub sees it."""

    def __init__(self, integration: str, upstreams: Iterable[str], hub: str) -> None:
        self.integration = integration
        self._hub = hub
        self._upstreams = {name: _Upstream() for name in upstreams}
        self._lacking: tuple[str, ...] = ()
        self._paused = False
        self._trouble = ""
        self._told: State | None = None
        self._since = datetime.now(UTC)

    def note(
        self, upstream: str, failure: Failure | None, seconds: float, *, quiet: bool = False
    ) -> HealthEvent | None:
        """Take note of one attempt; returns the event if the state has changed.

        While it is to be quiet a change is kept for the next time, if it lasts until then.
        """
        self._upstreams[upstream] = self._upstreams[upstream].after(failure, seconds)
        return None if quiet else self._changed()

    def set(self, *, lacking: tuple[str, ...], paused: bool) -> HealthEvent | None:
        """Take note of missing variables or a pause; returns the event if the state has changed."""
        self._lacking = lacking
        self._paused = paused
        return self._changed()

    def trouble(self, reason: str, *, quiet: bool = False) -> HealthEvent | None:
        """Take note of what is wrong with the hub; returns the event as `note` does."""
        self._trouble = reason
        return None if quiet else self._changed()

    def believe(self, told: HealthEvent) -> None:
        """Take over what the owner tells: this hub may be the next one."""
        for name, one in told.upstreams.items():
            if name in self._upstreams:
                failures = 0 if one.state == "up" else DAMPING
                self._upstreams[name] = _Upstream(
                    one.state, one.cause, one.detail, one.latency_ms, failures
                )
        self._told, self._since = told.state, told.since

    def snapshot(self) -> HealthEvent:
        """Return the state as it is."""
        return self._event(self.state, None)

    @property
    def state(self) -> State:
        """The state of the integration as a whole."""
        if self._paused:
            return "paused"
        if self._lacking:
            return "unconfigured"
        states = {one.state for one in self._upstreams.values()}
        if states <= {"up"}:
            return "degraded" if self._trouble else "up"
        return "down" if states == {"down"} else "degraded"

    def _changed(self) -> HealthEvent | None:
        state = self.state
        if state == self._told:
            return None
        previous, self._told = self._told, state
        self._since = datetime.now(UTC)
        return self._event(state, previous)

    def _event(self, state: State, previous: State | None) -> HealthEvent:
        worst = max(self._upstreams.values(), key=lambda one: one.failures, default=_Upstream())
        cause, detail = worst.cause, worst.detail
        if state == "unconfigured":
            cause, detail = "credential", f"Set {', '.join(self._lacking)} where the hub runs."
        elif cause is None and self._trouble:
            cause, detail = "hub", self._trouble
        return HealthEvent(
            integration=self.integration,
            state=state,
            previous=previous,
            cause=cause,
            detail=detail,
            since=self._since,
            latency_ms=worst.latency_ms,
            upstreams={name: one.told() for name, one in self._upstreams.items()},
            hub=self._hub,
        )
