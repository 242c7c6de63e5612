"""The record of calls: ``claimed`` -> ``sent`` -> ``done``, so that nothing unsafe runs twice."""

from dataclasses import dataclass
from typing import Protocol

from service.answer import Answer


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

    Exactly one of: `claim` (nobody sent it: run it), `answer` (it is over), `conflict` (the id
    belongs to another request). With `sent`, an earlier run may have reached the upstream.
    """

    claim: Claim | None = None
    answer: Answer | None = None
    conflict: bool = False
    sent: bool = False


class ClaimLost(Exception):
    """Another hub has claimed the call since: this one may not send it."""


class Records(Protocol):
    """A store of calls, shared by all hubs of one broker."""

    store_id: str

    async def claim(
        self, key: Key, fingerprint: bytes, operation: str, *, sandbox: bool = False
    ) -> Taken:
        """Claim a call, or learn what became of it.

        What a recording answered counts in the `sandbox` only: nothing was done.
        """
        ...

    async def sending(self, claim: Claim) -> None:
        """Return once it is on record that the call leaves.

        Raises:
            ClaimLost: it is another's by now.
        """
        ...

    async def unsent(self, claim: Claim) -> None:
        """Take back that the call left: it surely was not executed."""
        ...

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        """Keep the outcome; returns the one that counts, which may be an earlier one."""
        ...

    async def aclose(self) -> None:
        """Write what is left, and close."""
        ...
