"""One connection to the broker that comes back by itself.

No robust connection of a library: those restore channels, queues and consumers behind one's back,
and a queue that no longer fits puts them into an endless loop. A link restores nothing but itself;
who used it opens a channel again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final, Self

import structlog
from aiormq.channel import Channel

from service.amqp.errors import LinkLost
from service.amqp.wire import Wire, address, connect
from service.ending import end
from service.pauses import Pauses

SHORTEST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 1.0
HEARTBEAT: Final = 10
"""Seconds; the lease's link takes 3, to be replaced sooner."""

_TOLD_AGAIN: Final = 60.0

_log = structlog.stdlib.get_logger()


class Link:
    """A named connection that is kept up: ``async with Link(url, name="hub-publish") as link``.

    Entering does not wait for the broker; `channel` does.

    Raises:
        ValueError: the address is none, or would not check the broker's certificate.
    """

    def __init__(self, url: str, *, name: str, heartbeat: int = HEARTBEAT) -> None:
        self.name = name
        self._address = address(url, name=name, heartbeat=heartbeat)
        self._wire: Wire | None = None
        self._settled = asyncio.Event()  # up, or closed for good
        self._supervisor: asyncio.Task[None] | None = None
        self._reason = "it was not opened yet"
        self._told: dict[str, float] = {}
        self.silent: set[str] = set()
        """Queues that did not answer: `consume` asks them on a connection apart first."""
        self.doubtful: set[str] = set()
        """What the broker did not find, or took a consumer from: to be compared with what was
        declared (`service.watch`)."""

    @property
    def up(self) -> bool:
        """Whether there is a connection now."""
        return self._wire is not None

    @property
    def blocked(self) -> str:
        """The broker's reason to take no messages here; empty when it takes them."""
        return "" if self._wire is None else self._wire.blocked

    @property
    def reason(self) -> str:
        """Why there is no connection; empty when there is one."""
        return self._reason

    def is_news(self, trouble: str) -> bool:
        """Return whether none of those who use this link has told that within a minute.

        What befalls a connection befalls all of them: one line says it.
        """
        now = asyncio.get_running_loop().time()
        self._told = {text: at for text, at in self._told.items() if now - at < _TOLD_AGAIN}
        known = trouble in self._told
        self._told.setdefault(trouble, now)
        return not known

    async def __aenter__(self) -> Self:
        """Begin to connect."""
        self._supervisor = asyncio.create_task(self._supervise(), name=f"link {self.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connection and stop."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connection and stop; whoever waits for a channel gets `LinkLost`."""
        self._reason = "it was closed"
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            await end(supervisor)
        self._settled.set()

    async def channel(self, *, confirms: bool = False) -> Channel:
        """Wait for the connection, however long, and open a channel on it.

        Raises:
            LinkLost: the connection went away meanwhile, or the link was closed.
        """
        await self._settled.wait()
        if self._wire is None:
            raise LinkLost(f"There is no connection to the broker: {self._reason}.")
        return await self._wire.open_channel(confirms=confirms)

    @contextlib.asynccontextmanager
    async def apart(self) -> AsyncIterator[Wire]:
        """Open a connection of its own to the same broker, for what might hurt this one.

        Raises:
            LinkLost: the broker cannot be reached.
        """
        wire = await connect(self._address)
        try:
            yield wire
        finally:
            await wire.end()

    async def _supervise(self) -> None:
        pauses = Pauses(SHORTEST_PAUSE, LONGEST_PAUSE)
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._hold(await connect(self._address))
            except LinkLost as lost:
                self._fall(str(lost))
            except Exception:  # noqa: BLE001  (the loop that must not die)
                _log.exception("bug", where=f"link {self.name}")
                self._fall("the hub failed at this connection; its log says how")
            else:
                if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
                    pauses.reset()
            await pauses.wait()

    async def _hold(self, wire: Wire) -> None:
        try:
            self._rise(wire)
            self._fall(await wire.lost())
        except BaseException:
            self._fall(self._reason)
            await wire.end()
            raise

    def _rise(self, wire: Wire) -> None:
        self._wire, self._reason = wire, ""
        self._settled.set()
        _log.info("broker_connected", link=self.name)

    def _fall(self, reason: str) -> None:
        self._wire = None
        self._settled.clear()
        if reason != self._reason:
            _log.warning("broker_unreachable", link=self.name, reason=reason)
        self._reason = reason
