"""Keeps health true where no traffic tells it, and tells it again for those who came late."""

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from clients._clock import Clock
from clients._gate import HandedBack
from clients._limits import HOUR, Limits
from contracts import Failure
from service.integration import Integration
from service.ownership.members import Members
from service.ownership.owner import Telling
from service.readiness import Troubled
from service.repeat import repeat

_LOOKS_EVERY: Final = 1.0
_SHARE: Final = 0.01
"""Of a window of an hour or more, what probes may take."""

log = structlog.get_logger()


class Watched(Protocol):
    """A holder of a lease, as far as it is watched (`service.ownership.owner.Owner`)."""

    @property
    def integration(self) -> Integration:
        """What it serves."""
        ...

    @property
    def telling(self) -> Telling:
        """Who tells of it."""
        ...

    @property
    def held(self) -> bool:
        """Whether this hub owns it."""
        ...

    @property
    def serving(self) -> bool:
        """Whether requests come."""
        ...


class Prober:
    """Of everything owned: one cheap probe where no traffic told anything, and snapshots.

    A probe takes a token like any call, and gives up where it has to wait for one.
    """

    def __init__(
        self,
        owners: Sequence[Watched],
        members: Members,
        records: Troubled,
        clock: Clock,
        interval: float,
    ) -> None:
        self._owners = owners
        self._members = members
        self._records = records
        self._clock = clock
        self._interval = interval
        self._trouble = ""
        self._told: dict[str, float] = {}
        self._probed: dict[tuple[str, str], float] = {}
        self._probes: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Probe and tell, until cancelled."""
        try:
            await repeat(self._look, min(self._interval, _LOOKS_EVERY), self._clock)
        finally:
            for task in self._probes.values():
                task.cancel()

    def _look(self) -> None:
        trouble = self._company() or self._records.trouble
        for owner in self._owners:
            if owner.held:
                owner.telling.troubled(trouble)
                self._tell(owner)
                self._probe(owner)
            else:
                self._told.pop(owner.integration.name, None)

    def _company(self) -> str:
        """Return what is wrong with the hubs that are there; it is logged when it changes."""
        trouble = self._members.trouble(self._clock.now())
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("hubs_at_odds", reason=trouble or "They go together again.")
        return trouble

    def _tell(self, owner: Watched) -> None:
        now, name = self._clock.now(), owner.integration.name
        if now - self._told.get(name, float("-inf")) >= self._interval:
            self._told[name] = now
            owner.telling.snapshot()

    def _probe(self, owner: Watched) -> None:
        for upstream in self._silent(owner):
            which = owner.integration.name, upstream
            self._probed[which] = self._clock.now()
            task = self._probes[which] = asyncio.create_task(_probe(owner, upstream))
            task.add_done_callback(partial(self._done, which))

    def _done(self, which: tuple[str, str], _: asyncio.Task[None]) -> None:
        del self._probes[which]

    def _silent(self, owner: Watched) -> Iterator[str]:
        """Yield the upstreams that can be probed and that nobody has called for long enough."""
        integration, now = owner.integration, self._clock.now()
        if not owner.serving or integration.unusable:
            return
        for name, facts in integration.upstreams.items():
            which = integration.name, name
            if not facts.probe or which in self._probes or facts.lacking(integration.env):
                continue
            last = max(owner.telling.heard_at(name), self._probed.get(which, float("-inf")))
            if now - last >= spacing(facts.allowed(integration.env), self._interval):
                yield name


def spacing(limits: Limits, interval: float) -> float:
    """Return the seconds between probes: rare where the vendor counts by the hour or the day."""
    long = (rate for rate in limits.rates if rate.per >= HOUR)
    return max([interval, *(rate.per / rate.calls / _SHARE for rate in long)])


async def _probe(owner: Watched, upstream: str) -> None:
    try:
        await owner.integration.client.get().probe(upstream)
    except (Failure, HandedBack):
        return  # the attempt itself has told its failure
    except Exception:
        log.exception("bug", where=f"probe of {owner.integration.name}.{upstream}")
