"""One connection to the broker that comes back by itself."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final

from aio_pika.abc import AbstractChannel, AbstractConnection

from sdk import _amqp
from sdk._address import Address
from sdk._errors import Closed, Denied, HubUnreachable, Lost, Refused

SHORTEST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 2.0

Reset = Callable[[], None]
Prepare = Callable[[AbstractConnection, Reset], Awaitable[None]]
"""Makes a new connection ready; may give it up later by calling the `Reset`."""

_log = logging.getLogger("sdk")


def jitter(pause: float) -> float:
    """Return a random part of a pause, so that agents do not all come back at once."""
    return random.uniform(0, pause)  # noqa: S311  (no secret)


class Link:
    """A connection that is kept up; each new one is prepared before anybody may use it."""

    def __init__(self, address: Address, prepare: Prepare) -> None:
        self._address = address
        self._prepare = prepare
        self._connection: AbstractConnection | None = None
        self._settled = asyncio.Event()  # up, or over for good
        self._broken = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._aside: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._reason = "it does not answer"
        self._was_up = False

    @property
    def reason(self) -> str:
        """Why there is no connection; nothing if there is one."""
        return self._reason

    @property
    def up(self) -> bool:
        """Whether there is a connection, and it is prepared."""
        return self._connection is not None

    async def start(self, within: float) -> None:
        """Connect for the first time.

        Raises:
            HubUnreachable: not within so many seconds, or it never will.
        """
        self._supervisor = asyncio.create_task(self._supervise(), name="sdk link")
        self._supervisor.add_done_callback(lambda _: self._settled.set())
        try:
            async with asyncio.timeout(within):
                await self._settled.wait()
        except TimeoutError:
            tried = f", tried for {within:g} s"
        else:
            tried = ""
        if not self.up:
            raise HubUnreachable(
                f"There is no way to a hub at {self._address.shown}{tried}: {self._reason}."
            )

    async def aclose(self) -> None:
        """Close the connection; whoever waits for a channel gets `Closed`."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.wait([self._supervisor])
        self._settled.set()
        if self._aside:
            await asyncio.wait(self._aside)

    async def ready(self) -> AbstractConnection:
        """Wait for the connection, however long.

        Raises:
            Closed: the link was closed.
        """
        await self._settled.wait()
        if self._connection is None:
            raise Closed
        return self._connection

    async def channel(self, *, confirms: bool = False) -> AbstractChannel:
        """Wait for the connection, however long, and open a channel on it.

        Raises:
            Lost: the connection went away meanwhile, or is silent.
            Closed: the link was closed.
        """
        connection = await self.ready()
        return await _amqp.open_channel(connection, confirms=confirms)

    def reset(self) -> None:
        """Give up the connection there is; the next one is prepared anew."""
        self._broken.set()

    def drop(self, channel: AbstractChannel) -> None:
        """Close a channel, some time soon; may be called from anywhere."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close_aside, channel)

    def _close_aside(self, channel: AbstractChannel) -> None:
        if self.up and not channel.is_closed:
            task = asyncio.create_task(_amqp.close_channel(channel))
            self._aside.add(task)
            task.add_done_callback(self._aside.discard)

    async def _supervise(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            try:
                await self._live()
                pause = SHORTEST_PAUSE
            except (Lost, Denied) as error:
                self._note(str(error))
                if isinstance(error, Refused) and not self._was_up:
                    return
            await asyncio.sleep(jitter(pause))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _live(self) -> None:
        """See one connection through, from its beginning to its end."""
        connection = await _amqp.connect(self._address.url)
        broken = self._broken = asyncio.Event()
        connection.close_callbacks.add(lambda _, error: self._ended(broken, error))
        try:
            await self._prepare(connection, broken.set)
            self._rise(connection)
            await broken.wait()
        finally:
            broken.set()
            self._connection = None
            self._settled.clear()
            await _amqp.disconnect(connection)

    def _rise(self, connection: AbstractConnection) -> None:
        self._connection, self._was_up, self._reason = connection, True, ""
        self._settled.set()
        _log.info("connected to the hub at %s", self._address.shown)

    def _ended(self, broken: asyncio.Event, error: BaseException | None) -> None:
        if not broken.is_set():
            self._note(_amqp.why(error))
        broken.set()

    def _note(self, reason: str) -> None:
        if reason != self._reason:
            _log.warning("no way to the hub at %s: %s", self._address.shown, reason)
        self._reason = reason
