"""The loop that must not die: a bug in one turn is logged, and the next turn comes."""

from collections.abc import Callable

import structlog

from clients._clock import Clock

log = structlog.get_logger()


async def repeat(turn: Callable[[], object], every: float, clock: Clock) -> None:
    """Do one turn, wait so many seconds, and again, until cancelled. A turn does not wait."""
    while True:
        try:
            turn()
        except Exception:
            log.exception("bug", where=getattr(turn, "__qualname__", repr(turn)))
        await clock.sleep(every)
