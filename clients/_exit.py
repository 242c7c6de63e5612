"""The way out of a gate: whoever is ready leaves in the moment in which its tokens are there."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clients._call import Call
from clients._limits import Bucket

PATIENCE: Final = 1.0
"""Seconds for which one that is ready keeps its connection; a pause is longer."""


@dataclass(slots=True, eq=False)
class Entry:
    """The right to make one attempt; handed back with what came of it."""

    call: Call
    turn: int
    """The breaker's."""
    until: float | None = None
    """When the attempt is over at the latest; None until it has left."""
    well: bool | None = None
    """Whether the upstream works; None: the attempt told nothing."""


_Ready = tuple[Entry, "asyncio.Future[bool]"]


class Exit:
    """Spends a bucket's tokens for those that were let in, in the order in which they are ready."""

    def __init__(self, bucket: Bucket, starved: Callable[[], None]) -> None:
        self._bucket = bucket
        self._starved = starved
        self._ready: deque[_Ready] = deque()
        self.inside = 0
        """How many were let in and have not left."""
        self.owed = 0.0
        """The tokens that those will spend."""
        self.spent = 0.0
        """The tokens spent so far; whoever looks at them may set them back."""

    def __len__(self) -> int:
        """How many are ready."""
        return len(self._ready)

    def expect(self, entry: Entry) -> None:
        """One was let in."""
        self.inside += 1
        self.owed += entry.call.cost

    def forget(self, entry: Entry) -> None:
        """One that was let in has left, or will not leave."""
        self.inside -= 1
        self.owed = self.owed - entry.call.cost if self.inside else 0.0

    def pay(self, entry: Entry, now: float) -> bool:
        """Spend the tokens of one that leaves now; returns whether they were there."""
        call = entry.call
        until = latest(call, now)
        if not self._bucket.take(now, call.cost, until):
            return False
        self.forget(entry)
        entry.until = until
        call.tokens_left = self._bucket.left(now)
        self.spent += call.cost
        return True

    def stand(self, entry: Entry) -> "asyncio.Future[bool]":
        """Stand at the end of the line of those who are ready; tells whether it may leave."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._ready.append((entry, future))
        return future

    def pump(self, now: float) -> None:
        """Let out who may leave now."""
        while self._ready:
            entry, future = self._ready[0]
            if not (future.done() or self.pay(entry, now)):
                return
            self._ready.popleft()
            _tell(future, answer=True)

    def turn_back(self) -> None:
        """Let nobody out: all that are ready have to wait for their turn again."""
        while self._ready:
            _tell(self._ready.popleft()[1], answer=False)

    def nap(self, now: float) -> float:
        """Return the seconds after which to look again; infinity if something else will tell.

        Turns back those who would have to wait for too long.
        """
        if not self._ready:
            return math.inf
        call = self._ready[0][0].call
        held = self._bucket.held(now, call.cost, latest(call, now))
        nap = self._bucket.wait(now, call.cost)
        if held == "slots":
            nap = max(nap, self._bucket.frees(now))
        if nap > PATIENCE:
            self.turn_back()
            return math.inf
        if held == "lease" and nap <= 0:
            self._starved()
            return math.inf
        return nap


def latest(call: Call, now: float) -> float:
    """Return when an attempt that begins now is over at the latest."""
    bounds = [now + call.timeout, call.ends, call.deadline]
    return min(bound for bound in bounds if bound is not None)


def _tell(future: "asyncio.Future[bool]", *, answer: bool) -> None:
    if not future.done():
        future.set_result(answer)
