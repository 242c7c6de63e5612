"""Who should own which integration: pure.

All hubs that are there rank themselves alike, so integrations spread without anybody deciding.
First those that have the key, then those that have recordings, then the rest; among equals the
highest hash of hub and integration (rendezvous hashing: when a hub comes or goes, only its own
share moves).

The broker gives a lease that was let go to the hub that has waited longest, not to the best one.
So a hub that is not the best passes it on: it leaves the line and stands at its end again. Each
hub passes the same message once; when it comes round a second time the better hub is not in the
line, and it keeps it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from contracts._events import Mode, OwnsEvent
from service.ownership.members import Members
from service.ownership.state import LeaseMessage

DAMPING: Final = 10.0
"""Seconds between two times that a hub yields the same integration.

So long it also keeps one that it took before it could hear who else is there. The first hub that is
back after the broker was lost takes all of them, to serve what has waited for it; to hand most of
them on at once, while queues still elect their leaders, made that wait seconds more (measured).
"""

_CLASSES: Final[tuple[Mode, ...]] = ("configured", "sandbox", "none")


def weight(instance: str, integration: str) -> bytes:
    """Return how much a hub is drawn to an integration; the same on every host."""
    return blake2b(f"{instance}\0{integration}".encode(), digest_size=8).digest()


def best(integration: str, hubs: Iterable[OwnsEvent]) -> str | None:
    """Return the hub that should own an integration, of those that know it."""
    able = [hub for hub in hubs if integration in hub.modes]
    if not able:
        return None
    first = min(able, key=lambda hub: _CLASSES.index(hub.modes[integration]))
    equals = [hub for hub in able if hub.modes[integration] == first.modes[integration]]
    return max(equals, key=lambda hub: weight(hub.instance, integration)).instance


class Spread:
    """What one hub does about its rank. Times are monotonic seconds and come from the caller."""

    def __init__(self, members: Members) -> None:
        self._members = members
        self._passed: dict[str, int] = {}
        self._moved: dict[str, float] = {}
        """When this hub yielded an integration, or took it without having heard the others."""

    def stands(self, integration: str, now: float) -> bool:
        """Return whether this hub may wait for a lease.

        It may not while it hears of another store, nor where it has only recordings or nothing
        while a hub that has more is there: a recording never answers while a configured hub
        lives.
        """
        return not (self._members.foreign_stores(now) or self._betters(integration, now))

    def takes(self, integration: str, found: LeaseMessage, now: float) -> bool:
        """Return whether this hub keeps a lease that came to it, or passes it on.

        Whoever wrote it may be dead: until it speaks again nothing is passed to it.
        """
        self._members.doubt(found.owner)
        if not self.stands(integration, now):
            return False
        first = best(integration, self._reachable(integration, now))
        if first not in {self._me, None} and self._passed.get(integration) != found.seq:
            self._passed[integration] = found.seq
            return False
        if not self._members.informed(now):
            self._moved[integration] = now
        return True

    def heir(self, integration: str, now: float) -> str | None:
        """Return the hub to which this one, the owner, should yield now; None to go on.

        A hub of a better class is given way at once: this one takes the lease back only when
        that one is gone. One of the same class is given way as `DAMPING` says.
        """
        betters = self._betters(integration, now)
        if betters:
            return best(integration, (hub for hub in betters if self._trusted(hub, now)))
        if now - self._moved.get(integration, float("-inf")) < DAMPING:
            return None
        first = best(integration, self._standing(integration, now))
        fresh = first is not None and self._members.fresh(first, now)
        return first if fresh and first != self._me else None

    def yielded(self, integration: str, now: float) -> None:
        """Take note that this hub gives an integration to its heir."""
        self._moved[integration] = now

    def mends(self, integration: str, now: float) -> bool:
        """Return whether this hub has to put a lost lease message back (`Lease.mend`)."""
        orphaned = self._members.orphaned(integration, now)
        return orphaned and best(integration, self._standing(integration, now)) == self._me

    @property
    def _me(self) -> str:
        return self._members.me.instance

    def _betters(self, integration: str, now: float) -> list[OwnsEvent]:
        mine = _class_of(self._members.me, integration)
        hubs = self._members.present(now)
        return [hub for hub in hubs if _class_of(hub, integration) < mine]

    def _standing(self, integration: str, now: float) -> list[OwnsEvent]:
        """Return this hub and those that say they wait for this lease or hold it."""
        me, *others = self._members.present(now)
        return [me, *(hub for hub in others if integration in hub.standing and self._ours(hub))]

    def _reachable(self, integration: str, now: float) -> list[OwnsEvent]:
        return [hub for hub in self._standing(integration, now) if self._trusted(hub, now)]

    def _trusted(self, hub: OwnsEvent, now: float) -> bool:
        """Return whether a lease may be given to a hub: it was heard lately and is of ours."""
        return self._ours(hub) and self._members.fresh(hub.instance, now)

    def _ours(self, hub: OwnsEvent) -> bool:
        return hub.store == self._members.me.store


def _class_of(hub: OwnsEvent, integration: str) -> int:
    mode = hub.modes.get(integration)
    return len(_CLASSES) if mode is None else _CLASSES.index(mode)


@dataclass(frozen=True, slots=True)
class Door:
    """The rank of this hub for one integration, as its lease asks for it."""

    spread: Spread
    integration: str
    clock: Callable[[], float]

    def stands(self) -> bool:
        """Return whether the lease may be waited for."""
        return self.spread.stands(self.integration, self.clock())

    def takes(self, found: LeaseMessage) -> bool:
        """Return whether a lease that came is kept."""
        return self.spread.takes(self.integration, found, self.clock())
