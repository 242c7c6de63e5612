"""One hub of a family starts at a time: whoever has the exclusive queue `hub.starting`."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

from contracts._names import Names
from service.amqp.errors import LOCKED, BusError, Denied
from service.amqp.wire import Wire, address, connect, translated
from service.pauses import Pauses

WAIT_WITHIN: Final = 60.0
_PAUSE: Final = 0.2
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
            await _take(wire, names.starting)
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


async def _take(wire: Wire, queue: str) -> None:
    pauses = Pauses(_PAUSE, _PAUSE)
    while True:
        channel = await wire.open_channel(confirms=False)
        try:
            with translated():
                await channel.queue_declare(queue, exclusive=True)
        except Denied as denied:
            if denied.code != LOCKED:
                raise
            await pauses.wait()
        else:
            return
