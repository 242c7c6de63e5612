"""The breaker of one upstream: stops calls to what is known to be down. Pure: time is passed in."""

import math
from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after so many failures in a row; then one probe at a time finds out.

    The first probe may go after `pause` seconds. A failed one doubles the pause, up to `longest`;
    a good one closes the breaker. Which outcomes count as failures is the caller's.

    Every admitted call belongs to a turn, handed back with its outcome: what a call from before
    the breaker opened tells later neither closes it nor stands for the probe.
    """

    def __init__(self, failures: int = 5, pause: float = 30.0, longest: float = 300.0) -> None:
        self._failures = failures
        self._first_pause = pause
        self._longest = longest
        self._pause = pause
        self._due = -math.inf
        self._row = 0
        self._turn = 1
        self.state: State = "closed"
        self.retry_at = -math.inf
        """When the next call may be let through, unless a probe brings good news before."""

    def admit(self, now: float) -> int:
        """Return the turn of a call that may leave now; 0 if none may."""
        if self.state == "closed":
            return self._turn
        if self.state == "half_open" or now < self._due:
            return 0
        self.state = "half_open"
        self.retry_at = now + self._longer()
        return self._turn

    def succeeded(self, turn: int) -> None:
        """A call of that turn went well."""
        if turn == self._turn:
            self._close()

    def failed(self, turn: int, now: float) -> None:
        """A call of that turn found the upstream down."""
        if turn != self._turn:
            return
        self._row += 1
        if self.state == "half_open":
            self._open(now, self._longer())
        elif self._row >= self._failures:
            self._open(now, self._first_pause)

    def abandoned(self, turn: int) -> None:
        """A call of that turn told nothing: it was cancelled, or never left."""
        if turn == self._turn and self.state == "half_open":
            self._wait()

    def _longer(self) -> float:
        return min(2 * self._pause, self._longest)

    def _open(self, now: float, pause: float) -> None:
        self._pause = pause
        self._due = now + pause
        self._wait()

    def _wait(self) -> None:
        self._turn += 1
        self.state = "open"
        self.retry_at = self._due

    def _close(self) -> None:
        self._row = 0
        self.state = "closed"
        self.retry_at = -math.inf
