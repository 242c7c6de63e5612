"""Ending a task for sure."""

import asyncio
from typing import Any, Final

_AGAIN: Final = 1.0


async def end(task: "asyncio.Task[Any]") -> None:
    """Cancel a task until it is done.

    Once is not enough: `asyncio.wait_for` of Python 3.11, which aiormq uses, drops a cancellation
    that comes in the moment in which its result is there (python/cpython#86296).
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN)
