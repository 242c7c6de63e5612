"""Holders of a lease that spend numbered tokens, and the proof that no token was spent twice.

A state is the number of the next token. An owner reserves some by writing a higher number, and
spends them, one by one, only after the confirm and for 1.5 s. So the numbers that all hubs
together spend never repeat, unless somebody spends what another one has reserved.
"""

import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import aiormq

from service.lease_state import LeaseMessage

ARGUMENTS: Final[dict[str, Any]] = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-max-length": 1,
    "x-overflow": "drop-head",
}
RESERVED: Final = 20
VALID: Final = 1.5


class Record(NamedTuple):
    """Something that happened to a holder. `at` is CLOCK_MONOTONIC, the same in all processes."""

    hub: str
    what: str
    at: float
    number: int = 0
    """The token that was spent; the first one that is free, where the lease was gained."""


@dataclass
class Spender:
    """A holder that spends what it may whenever it is asked to."""

    hub: str
    note: Callable[[Record], None]
    working: bool = True
    state: dict[str, Any] = field(default_factory=dict)
    paused: bool = False
    reasons: list[str] = field(default_factory=list)
    gains: int = 0
    plans: int = 0
    next: int = 0
    _limit: int = 0
    _until: float = 0.0

    def gained(self, state: Mapping[str, Any], *, paused: bool) -> None:
        self.gains += 1
        self.state, self.paused = dict(state), paused
        self.next = self._limit = state.get("next", 0)
        self._note("gained", self.next)

    def lost(self, reason: str) -> None:
        self._limit = self.next
        self.reasons.append(reason)
        self._note("lost")

    def plan(self, *, final: bool) -> tuple[dict[str, Any], object]:
        self.plans += 1
        top = self.next + (0 if final else RESERVED)
        return {"next": top}, (time.monotonic(), top)

    def confirmed(self, ticket: object) -> None:
        assert isinstance(ticket, tuple)
        planned, self._limit = ticket
        self._until = planned + VALID
        self._note("confirmed", self._limit)

    def busy(self) -> bool:
        return self.working

    def spend(self) -> bool:
        """Spend one token if that is allowed now."""
        now = time.monotonic()
        if self.next >= self._limit or now > self._until:
            return False
        self._note("spent", self.next)
        self.next += 1
        return True

    def _note(self, what: str, number: int = 0) -> None:
        self.note(Record(self.hub, what, time.monotonic(), number))


class Open:
    """Everybody may have the lease."""

    def __init__(self) -> None:
        self.stand = True
        self.refused = 0
        """How many leases that come are passed on."""

    def stands(self) -> bool:
        return self.stand

    def takes(self, found: LeaseMessage) -> bool:
        del found
        self.refused -= 1
        return self.refused < 0


async def declare(url: str, queue: str) -> None:
    """Declare a lease queue."""
    connection = await aiormq.connect(url)
    channel = await connection.channel()
    await channel.queue_declare(queue, durable=True, arguments=ARGUMENTS)
    await connection.close()


def spent(records: Iterable[Record]) -> list[Record]:
    """Return what was spent, in the order of time."""
    return sorted((one for one in records if one.what == "spent"), key=lambda one: one.at)


def spent_twice(records: Iterable[Record]) -> set[int]:
    """Return the tokens that were spent more than once."""
    return {
        token for token, times in Counter(one.number for one in spent(records)).items() if times > 1
    }


def tenures(records: Iterable[Record]) -> list[tuple[float, float, str]]:
    """Return when each owner spent its first and its last token, in the order of time."""
    found: dict[tuple[str, int], list[float]] = defaultdict(list)
    gains: Counter[str] = Counter()
    for one in sorted(records, key=lambda one: one.at):
        gains[one.hub] += one.what == "gained"
        if one.what == "spent":
            found[one.hub, gains[one.hub]].append(one.at)
    return sorted((times[0], times[-1], hub) for (hub, _), times in found.items())


def overlap(records: Iterable[Record]) -> float:
    """Return for how many seconds at most two owners were spending at the same time."""
    return max((one[1] - two[0] for one, two in itertools.pairwise(tenures(records))), default=0.0)
