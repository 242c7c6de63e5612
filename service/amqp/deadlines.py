"""Time limits for many awaits at once, on a single timer.

`asyncio.timeout` makes and cancels one timer per await; at thousands of publishes a second that
is a tenth of their cost. Here the limits are checked together, when the first of them may be over.
"""

import asyncio
from types import TracebackType
from typing import Self


class Deadlines:
    """Gives out time limits; belongs to one event loop."""

    def __init__(self) -> None:
        self._running: set[Limit] = set()
        self._timer: asyncio.Handle | None = None
        self._due = 0.0  # uvloop's timers do not tell

    def within(self, seconds: float) -> "Limit":
        """Return a context that ends with `TimeoutError` after so many seconds."""
        return Limit(self, seconds)

    def add(self, limit: "Limit") -> None:
        """Watch over a limit."""
        self._running.add(limit)
        if self._timer is None or limit.at < self._due:
            self._arm(limit.at)

    def remove(self, limit: "Limit") -> None:
        """Forget a limit: what it bounded has ended."""
        self._running.discard(limit)

    def _arm(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(at, self._check)
        self._due = at

    def _check(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for limit in [limit for limit in self._running if limit.at <= now]:
            self._running.remove(limit)
            limit.expire()
        if self._running:
            self._arm(min(limit.at for limit in self._running))


class Limit:
    """One time limit around the body of a `with`."""

    __slots__ = ("_cancels", "_deadlines", "_expired", "_seconds", "_task", "at")

    _task: "asyncio.Task[object]"
    at: float
    """When it is over, in the loop's time."""

    def __init__(self, deadlines: Deadlines, seconds: float) -> None:
        self._deadlines = deadlines
        self._seconds = seconds
        self._expired = False

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("A time limit needs a task to bound.")
        self._task = task
        self._cancels = task.cancelling()
        self.at = asyncio.get_running_loop().time() + self._seconds
        self._deadlines.add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._deadlines.remove(self)
        if not self._expired:
            return
        ours_alone = self._task.uncancel() <= self._cancels
        if ours_alone and kind is not None and issubclass(kind, asyncio.CancelledError):
            raise TimeoutError from error

    def expire(self) -> None:
        """Interrupt what is bounded."""
        self._expired = True
        self._task.cancel()
