"""What a lease message says, and when the next one is due: pure.

The lease of an integration is one message in one queue. Whoever holds it unacknowledged owns the
integration; with each renewal the owner replaces it by a newer one. `lease` does that.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any, Final

import orjson

WORKING: Final = 0.5
"""Seconds from one renewal to the next while the owner works."""

IDLE: Final = 5.0
"""Seconds from one renewal to the next while it doesn't."""

GRACE: Final = 1.5
"""Seconds that a renewal may be late.

Counted from when it was due. So an owner that works stops at the latest 2 s after its last
confirmed renewal began, one that was idle 6.5 s after it, and one that asked for more tokens 1.5 s
after it asked. That bounds ownership. Spending ends earlier: tokens die 1.5 s after the plan that
reserved them (`clients._limits`). The broker takes the lease from an owner that went silent no
sooner than 6 s after its last byte (two heartbeats of 3 s), so only an idle one, without a token,
may believe 0.5 s too long. From one whose connection broke it takes it at once, even if the owner
hears nothing of that: then both spend for a moment, each what it has reserved itself.
"""

_LARGEST_SEQ: Final = 2**53


@dataclass(frozen=True, slots=True)
class Identity:
    """Which hub this is."""

    instance: str
    store: str
    """Id of the store in which it keeps its record of calls."""
    run: str = field(default_factory=lambda: secrets.token_hex(8))
    """Tells this process from any other of the same name, before it or beside it."""


@dataclass(frozen=True, slots=True)
class LeaseMessage:
    """The body of a lease message."""

    seq: int
    """Counts the renewals of this lease, over all owners; 0 is a seed."""
    owner: str = ""
    store: str = ""
    paused: bool = False
    state: Mapping[str, Any] = field(default_factory=dict)
    """What the owner's buckets will be when all that it reserved is spent.

    Empty where nothing is known: a new owner then starts without tokens.
    """
    at: str = ""
    """When it was written, RFC 3339 UTC; for people, no hub compares it."""
    run: str = ""
    """The process that wrote it; empty in a copy that was put back (`Memory.copy`)."""

    def encode(self) -> bytes:
        """Return the message as JSON."""
        return orjson.dumps(self)

    @classmethod
    def decode(cls, body: bytes) -> "LeaseMessage":
        """Return what a body says; one that makes no sense counts as a seed."""
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError:
            return SEED
        if not isinstance(said, dict) or not _makes_sense(said):
            return SEED
        return cls(
            seq=said["seq"],
            owner=str(said.get("owner", "")),
            store=str(said.get("store", "")),
            paused=said.get("paused") is True,
            state=said.get("state", {}),
            at=str(said.get("at", "")),
            run=str(said.get("run", "")),
        )


def _makes_sense(said: Mapping[str, Any]) -> bool:
    seq = said.get("seq")
    counts = isinstance(seq, int) and not isinstance(seq, bool) and 0 <= seq <= _LARGEST_SEQ
    return counts and isinstance(said.get("state", {}), dict)


SEED: Final = LeaseMessage(0)
"""What starts a lease that nobody ever held."""


class Memory:
    """The newest message of one lease that this hub has read or written.

    The state never goes back: what is read with a lower number changes nothing, be it a late seed
    or what an owner wrote before it was replaced. The message that is held is then a mere token,
    and what it ought to say is here.
    """

    def __init__(self) -> None:
        self.newest = SEED
        self._found = SEED
        self._confirmed = SEED

    @property
    def untouched(self) -> bool:
        """Whether nobody has owned the integration since this process wrote the lease.

        The message read last is then the very one that was confirmed to it last. Any owner would
        have replaced that before it spent a token, and a copy that was put back does not count.
        """
        found, mine = self._found, self._confirmed
        same = (found.seq, found.run) == (mine.seq, mine.run)
        return bool(found.run) and same and self.newest.run == mine.run

    def read(self, body: bytes) -> LeaseMessage:
        """Take note of a message from the queue; returns it, whether it is the newest or not."""
        self._found = message = LeaseMessage.decode(body)
        if message.seq >= self.newest.seq:
            self.newest = message
        return message

    def write(
        self, who: Identity, state: Mapping[str, Any], *, paused: bool, at: str
    ) -> LeaseMessage:
        """Return the next message; it counts as seen even if it never arrives."""
        seq = self.newest.seq + 1
        self.newest = LeaseMessage(
            seq, who.instance, who.store, paused=paused, state=state, at=at, run=who.run
        )
        return self.newest

    def confirm(self, written: LeaseMessage) -> None:
        """The broker has that message, and this process held the lease when it heard so."""
        self._confirmed = written

    def copy(self) -> bytes:
        """Return the newest message for a queue that shows none."""
        return replace(self.newest, run="").encode()


class Schedule:
    """When an owner renews, and when it is too late. Times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        """The first renewal is due at once: nothing may be spent before it is confirmed."""
        self._regular = now
        self._asked = inf
        self.began = now
        """When the last renewal began; what it reserved counts from here."""

    @property
    def due(self) -> float:
        """When the next renewal has to begin; while one is under way, when that was due."""
        return min(self._regular, self._asked)

    @property
    def late(self) -> float:
        """After this moment, without a confirmed renewal, the lease counts as lost."""
        return self.due + GRACE

    def ask(self, now: float) -> None:
        """Have a renewal now, or, if one is under way, another one right after it."""
        self._asked = min(self._asked, now)

    def begin(self, now: float) -> None:
        """A renewal begins: all that was asked until now is part of it."""
        self._regular, self._asked = self.due, inf
        self.began = now

    def confirm(self, *, busy: bool) -> None:
        """The renewal is confirmed: the next one counts from when this one began."""
        self._regular = self.began + (WORKING if busy else IDLE)
