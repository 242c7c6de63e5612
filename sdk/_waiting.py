"""Calls that wait for their reply: who hears what, and that repeats are dropped."""

import asyncio
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from sdk._replies import Progress, Reply
from sdk._request import Outgoing


@dataclass
class Waiting:
    """One call, until its reply is there."""

    outgoing: Outgoing
    reply: asyncio.Future[Reply] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    confirmed: bool = False
    """Whether the broker has the request."""

    def unanswered(self) -> bool:
        """Return whether the reply is still to come."""
        return not self.reply.done()

    def hear(self, said: Reply | Progress) -> None:
        """Take the reply, or tell of the progress; what comes after the reply is dropped."""
        if self.reply.done():
            return
        if isinstance(said, Reply):
            self.reply.set_result(said)
            return
        try:
            self.outgoing.tell(said.place, said.eta)
        except Exception as error:  # noqa: BLE001  (the caller's own: it hears of it)
            self.fail(error)

    def fail(self, error: Exception) -> None:
        """End the call without a reply."""
        if not self.reply.done():
            self.reply.set_exception(error)
            self.reply.exception()  # nobody may be waiting for it yet


class Calls:
    """The calls of one agent that wait, by their correlation id."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[Waiting]:
        """Those that wait now."""
        return iter([*self._waiting.values()])

    @contextlib.contextmanager
    def waiting(self, outgoing: Outgoing) -> Iterator[Waiting]:
        """Let a call wait while the block runs."""
        one = self._waiting[outgoing.correlation_id] = Waiting(outgoing)
        try:
            yield one
        finally:
            del self._waiting[outgoing.correlation_id]
            one.reply.cancel()

    def hear(self, correlation_id: str, said: Reply | Progress) -> None:
        """Hand over what came; what nobody waits for (any more) is dropped."""
        one = self._waiting.get(correlation_id)
        if one is not None:
            one.hear(said)
