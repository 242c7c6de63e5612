"""One request on its way through a client: what it may do, and what has happened so far."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol

from contracts import Outcome

if TYPE_CHECKING:
    import asyncio

Class = Literal["safe", "idempotent", "keyed", "unsafe"]
"""Reads; a repeat has the same effect; the vendor takes a key; a repeat acts twice."""


class Journal(Protocol):
    """The record of one call, as far as the client needs it."""

    async def sending(self) -> None:
        """Return once it is on record that the call leaves; raises when it may not."""
        ...


class NoJournal:
    """For calls of which no record is kept."""

    async def sending(self) -> None:
        """Nothing to write."""


@dataclass(slots=True)
class Call:
    """What is known of one request while it runs."""

    kind: Class = "safe"
    timeout: float = 30.0
    """Seconds from the first attempt."""
    deadline: float | None = None
    """The asker's own, on the monotonic clock."""
    user: str = "-"
    key: str = ""
    """What a vendor's idempotency header carries."""
    cost: float = 1.0
    journal: Journal = field(default_factory=NoJournal)
    on_wait: Callable[[int, float], None] | None = None
    """Told once, when it has to wait: its place in the agents' order (from 0), and seconds."""
    recall: "asyncio.Future[None] | None" = None
    """Done once it is to be handed back, unless something of it has left."""
    unwanted: Callable[[], bool] = bool
    """Tells, when it would leave, that nobody can take its outcome: it is handed back too."""

    ends: float | None = None
    """When it has to be over: set at the first attempt."""
    asked: Class | None = None
    """Class of its latest HTTP call, where it makes several."""
    attempts: int = 0
    recorded: int = 0
    """Attempts that a recording answered."""
    sent: bool = False
    """Whether anything of it, in any attempt, may have left."""
    doubt: bool = False
    """Whether something that acts may have happened: it left, and no answer denies it."""
    waited: float = 0.0
    upstream: float = 0.0
    """Seconds spent on answers."""
    tokens_left: float | None = None

    @property
    def recalled(self) -> bool:
        """Whether it is to be handed back."""
        if self.sent:
            return False
        return (self.recall is not None and self.recall.done()) or self.unwanted()

    @property
    def played(self) -> bool:
        """Whether it is to be taken as answered by recordings.

        One is enough for what only reads. What acts has to be played in all of its attempts: else
        it may have happened, and the record must not take it for a play.
        """
        return self.recorded >= (1 if self.kind == "safe" else max(self.attempts, 1))

    @property
    def outcome(self) -> Outcome:
        """Whether anything of it left, in the words of the wire."""
        return "sent" if self.sent else "not_sent"

    def last_moment(self) -> float | None:
        """Return when it has to be over, or None while nothing bounds it."""
        return self.deadline if self.ends is None else self.ends

    def begin(self, now: float) -> float:
        """Start the clock of the first attempt; returns when the call has to be over."""
        if self.ends is None:
            own = now + self.timeout
            self.ends = own if self.deadline is None else min(own, self.deadline)
        return self.ends


CURRENT: Final[ContextVar[Call]] = ContextVar("call")
"""The call that the running task makes. `Client.call` sets it."""
