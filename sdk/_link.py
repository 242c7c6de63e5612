"""One connection to the broker that comes back by itself."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from aio_pika.abc import AbstractChannel, AbstractConnection

from sdk import _amqp, _translation
from sdk._address import Address
from sdk._errors import Closed, Denied, HubUnreachable, Lost, Refused
from sdk._pauses import Pauses

Reset = Callable[[], None]
Prepare = Callable[[AbstractConnection, Reset], Awaitable[None]]
"""Makes a new connection ready; may give it up later by calling the `Reset`."""

_log = logging.getLogger("sdk")


class Link:
    """A connection that is kept up; each new one is prepared before anybody may use it."""

    def __init__(self, address: Address, prepare: Prepare) -> None:
        self._address = address
        self._prepare = prepare
        self._connection: AbstractConnection | None = None
        self._settled = asyncio.Event()  # up, or over for good
        self._over = False
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
        self._supervisor.add_done_callback(self._end)
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
            while not self._supervisor.done():  # wait_for of Python 3.11 may drop a cancellation
                self._supervisor.cancel()
                await asyncio.wait([self._supervisor], timeout=1.0)
        self._end()
        await asyncio.gather(*self._aside)

    async def ready(self) -> AbstractConnection:
        """Wait for the connection, however long.

        Raises:
            Closed: the link was closed.
        """
        while self._connection is None:
            if self._over:
                raise Closed
            await self._settled.wait()
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
            self._begin(_amqp.close_channel(channel))

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something aside; `aclose` waits for it."""
        task = self._loop.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        return task

    async def _supervise(self) -> None:
        pauses = Pauses()
        while True:
            began = self._loop.time()
            try:
                await self._live()
            except (Lost, Denied) as error:
                self._note(str(error))
                if isinstance(error, Refused) and not self._was_up:
                    return
            except Exception:  # noqa: BLE001  (this loop must not die)
                _log.exception("a bug; connecting again")
            await asyncio.sleep(pauses.next(lasted=self._loop.time() - began))

    def _end(self, _: object = None) -> None:
        self._over = True
        self._settled.set()

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
            await asyncio.shield(self._begin(_amqp.disconnect(connection)))

    def _rise(self, connection: AbstractConnection) -> None:
        self._connection, self._was_up, self._reason = connection, True, ""
        self._settled.set()
        _log.info("connected to the hub at %s", self._address.shown)

    def _ended(self, broken: asyncio.Event, error: BaseException | None) -> None:
        if not broken.is_set():
            self._note(_translation.why(error))
        broken.set()

    def _note(self, reason: str) -> None:
        if reason != self._reason:
            _log.warning("no way to the hub at %s: %s", self._address.shown, reason)
        self._reason = reason
