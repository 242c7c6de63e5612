"""A caller of one bucket that writes down what it was let through."""

import math

from clients._limits import Bucket
from clients._signals import Seen
from tests.support.budget import NANO, Grant

LASTING = 30.0


class Caller:
    """Plays steps on a bucket, and writes down what it let through."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self.nanos = 3 * NANO
        self.grants: list[Grant] = []
        self.flying: list[float] = []
        self.most_flying = 0
        self.paused = 0.0

    @property
    def now(self) -> float:
        """Monotonic seconds."""
        return self.nanos / NANO

    def take(self, cost: float) -> bool:
        """Try one call."""
        until = self.now + LASTING
        foretold = self.bucket.held(self.now, cost, until)
        taken = self.bucket.take(self.now, cost, until)
        assert taken == (foretold == "")
        if taken:
            assert self.now >= self.paused
            self.grants.append((self.nanos, cost))
            self.flying = [end for end in self.flying if end > self.now] + [until]
            self.most_flying = max(self.most_flying, len(self.flying))
        return taken

    def play(self, step: tuple[object, ...]) -> None:
        """Let one thing happen."""
        match step:
            case ("pass", int(nanos)):
                self.nanos += nanos
            case ("take", float(cost)):
                self.take(cost)
            case ("drain", float(cost)):
                while self.take(cost):
                    pass
            case ("wait", float(cost)):
                self.wait(cost)
            case ("pause", float(seconds)):
                until = self.now + seconds
                self.bucket.pause(until)
                self.paused = max(self.paused, until)
            case ("observe", int(remaining), float() | None as reset):
                self.bucket.observe(self.now, Seen(remaining, reset))
            case ("finish",) if self.flying:
                self.bucket.finish(self.flying.pop())
            case _:
                pass

    def wait(self, cost: float) -> None:
        """Sleep as told; nothing but the cap on calls in flight may hold the call back then."""
        while wait := self.bucket.wait(self.now, cost):
            if wait == math.inf:
                return
            self.nanos = max(self.nanos + 1, round((self.now + wait) * NANO))
        assert self.bucket.held(self.now, cost, self.now + LASTING) in {"", "slots"}
        self.take(cost)
