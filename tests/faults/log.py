"""What agents write down of their requests and replies, plain ones and those of the SDK alike."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any, Final, Protocol, TypeVar

import orjson

from tests.faults.history import Got, Sent
from tests.faults.hostile import CASES
from tests.faults.plan import Asked

T = TypeVar("T")

CONFIRM_WITHIN: Final = 5.0
_COUNTER: Final = re.compile(rb'"counter":(\d+)')


class Agent(Protocol):
    """Somebody who asks."""

    async def ask(self, asked: Asked) -> None:
        """Publish a request until the broker has it; its outcome comes to the log."""
        ...


class Log:
    """What all agents saw, and who waits for an outcome."""

    def __init__(self) -> None:
        self.sent: dict[int, Sent] = {}
        self.got: list[Got] = []
        self.finals: set[int] = set()
        self.heard: Callable[[int], object] = lambda _: None
        """Told of the first outcome of each."""

    def arrived(self, got: Got) -> None:
        self.got.append(got)
        if got.token not in self.finals:
            self.finals.add(got.token)
            self.heard(got.token)

    @property
    def waiting(self) -> set[int]:
        """Those that have no outcome, and will get one: the buried are never answered."""
        answered = (
            one.token
            for one in self.sent.values()
            if not one.hostile or CASES[one.hostile].answered
        )
        return set(answered) - self.finals


def got(number: int, body: bytes, ok: bool, served: str) -> Got:
    """Return what a reply says."""
    code, outcome, counted = "ok", "sent", _COUNTER.search(body) if ok else None
    if not ok:
        problem = orjson.loads(body)
        code, outcome = problem["code"], problem["outcome"]
    digest = hashlib.blake2b(body, digest_size=12).hexdigest()
    counter = int(counted[1]) if counted else -1
    return Got(number, monotonic(), code, outcome, served, digest, counter)


async def attempt(work: Coroutine[Any, Any, T], within: float) -> T | None:
    """Return what it returns; None if it fails, hangs, or is cancelled by its library."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task}, timeout=within)
    finally:
        task.cancel()
    await asyncio.wait({task}, timeout=1)
    if not task.done() or task.cancelled() or task.exception():
        return None
    return task.result()
