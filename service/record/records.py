"""The record of calls: ``claimed`` -> ``sent`` -> ``done``, so that nothing unsafe runs twice."""

from dataclasses import dataclass
from typing import Final, Protocol

from service.answer import Answer

KEPT: Final = 24 * 3600.0
"""Seconds for which an outcome is kept after its request was acknowledged."""


@dataclass(frozen=True, slots=True)
class Key:
    """Whose request, and which."""

    user: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to make one call; taken over by the next who claims what was not sent."""

    key: Key
    token: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a claim found.

    At most one of: `claim` (nobody sent it: run it), `answer` (it is over), `conflict` (the id
    belongs to another request). With `sent`, an earlier run may have reached the upstream; with
    nothing else it did so a moment ago, and may yet tell how that ended.
    """

    claim: Claim | None = None
    answer: Answer | None = None
    conflict: bool = False
    sent: bool = False


@dataclass(frozen=True, slots=True)
class LastWord:
    """The outcome of a call that nobody is going to make, by whether it may have left."""

    unsent: Answer
    sent: Answer
    timeout: float
    """Seconds that the call may take once it has left."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the record says of one request."""

    state: str
    """``free``, ``claimed``, ``sent``, ``done``; ``sandbox``: a recording answered it."""
    fingerprint: bytes
    answer: Answer | None = None
    """The outcome, once done."""


class ClaimLost(Exception):
    """Another has claimed the call since: this one may not send it."""


class NotOpened(Exception):
    """The record of calls cannot be opened; the sentence says why, and where to look."""


class Records(Protocol):
    """A store of calls, shared by all hubs of one broker."""

    store_id: str

    @property
    def trouble(self) -> str:
        """What keeps it from writing, so that what acts waits; nothing while it can."""
        ...

    async def claim(
        self,
        key: Key,
        fingerprint: bytes,
        operation: str,
        *,
        sandbox: bool = False,
        young: float = 0.0,
    ) -> Taken:
        """Claim a call, or learn what became of it.

        What a recording answered counts in the `sandbox` only: nothing was done. A call that was
        sent less than `young` seconds ago is left to who sent it.
        """
        ...

    async def sending(self, claim: Claim) -> None:
        """Return once it is on record that the call leaves.

        Raises:
            ClaimLost: it is another's by now.
        """
        ...

    async def unsent(self, claim: Claim) -> None:
        """Let go of the claim: the call surely was not executed, and nobody is about to make it."""
        ...

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        """Keep the outcome; returns the one that counts, which may be an earlier one.

        Raises:
            ClaimLost: nothing left here, and the call is another's by now.
        """
        ...

    def acknowledged(self, key: Key) -> None:
        """Note that the outcome arrived: from now on it need not be kept for long."""
        ...

    async def give_up(
        self, key: Key, fingerprint: bytes, operation: str, last: LastWord, *, sandbox: bool
    ) -> Taken | None:
        """Keep the last word, and learn what counts; None while somebody may be at the call."""
        ...

    async def aclose(self) -> None:
        """Write what is left, and close."""
        ...
