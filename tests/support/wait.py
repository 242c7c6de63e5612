"""Waiting in tests: for something to become true, never for time to pass."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Final

POLL: Final = 0.01
PATIENCE: Final = 5.0
"""How many times longer than on a quiet machine anything may take."""


async def wait_until(
    predicate: Callable[[], object | Awaitable[object]],
    within: float = 5.0,
    what: str = "what the test waits for",
) -> None:
    """Poll until the predicate (plain or async) holds; fail after so many seconds.

    They are those of a quiet machine, where that is plenty: a busy one gets `PATIENCE`.
    """
    until = time.monotonic() + PATIENCE * within
    while not (seen := await _ask(predicate)):
        if time.monotonic() >= until:
            raise AssertionError(f"{what} did not happen within {within:g} s; last seen: {seen!r}")
        await asyncio.sleep(POLL)


async def _ask(predicate: Callable[[], object | Awaitable[object]]) -> object:
    answer = predicate()
    return await answer if inspect.isawaitable(answer) else answer
