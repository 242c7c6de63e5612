"""The loop that must not die: a bug in one turn is logged, and the next turn comes."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from clients._clock import Clock

log = structlog.get_logger()


async def repeat(turn: Callable[[], object], every: float, clock: Clock) -> None:
    """Do one turn, wait so many seconds, and again, until cancelled. A turn does not wait."""
    while True:
        try:
            turn()
        except Exception:
            log.exception("bug", where=_name(turn))
        await clock.sleep(every)


async def lasting(loop: Coroutine[Any, Any, None]) -> None:
    """Run what ends with the hub; should it end before, the log says why."""
    try:
        await loop
    except Exception:
        log.exception("loop_died", where=_name(loop))
    else:
        log.error("loop_ended", where=_name(loop))


def _name(one: object) -> str:
    return getattr(one, "__qualname__", repr(one))
