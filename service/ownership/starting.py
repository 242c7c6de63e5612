"""One hub of a family starts at a time: whoever has the exclusive queue `hub.starting`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

from contracts._names import Names
from service.amqp.errors import BusError
from service.amqp.queues import take_alone
from service.amqp.wire import address, connect

WAIT_WITHIN: Final = 60.0
_HEARTBEAT: Final = 3  # a holder that froze is given up by the broker after two of these


@contextlib.asynccontextmanager
async def starting_alone(
    url: str, names: Names, within: float = WAIT_WITHIN
) -> AsyncIterator[None]:
    """Hold the family's lock for starting; others wait for it, at most so many seconds.

    The lock is a connection of its own and ends with it, however this process ends.

    Raises:
        BusError: another hub kept the lock all the time.
        LinkLost: the broker cannot be reached.
    """
    wire = await connect(address(url, name="hub-starting", heartbeat=_HEARTBEAT))
    try:
        async with asyncio.timeout(within) as waiting:
            await take_alone(partial(wire.open_channel, confirms=False), names.starting)
            waiting.reschedule(None)
            yield
    except TimeoutError:
        if not waiting.expired():
            raise
        raise BusError(
            f"Another hub has been starting for {within:g} s (it holds the exclusive queue "
            f"{names.starting}). Look at its log, stop it if it hangs, then start this one again."
        ) from None
    finally:
        await wire.end()
