"""The way over a broker: one connection, the replies' queue, the outbox, and streams."""

import asyncio
import weakref
from collections import OrderedDict
from typing import Any, Final

from aio_pika import Message
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)

from contracts._events import Control
from sdk import _amqp
from sdk._address import Address
from sdk._errors import Closed, Denied, HubUnreachable, Lost, Refused
from sdk._events import Event, read_event
from sdk._inbox import Inbox
from sdk._link import Link, Reset
from sdk._outbox import Letter, Outbox
from sdk._replies import Reply, read_reply
from sdk._request import Outgoing
from sdk._stream import BrokerStream, Source, Stream
from sdk._waiting import Calls, Waiting

CONNECT_WITHIN: Final = 10.0
LATER_KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""The queue for later replies goes when nobody has looked into it for a week."""
_MOST_EVENTS: Final = 10_000
"""Events that wait in the broker for an agent that is slow; the oldest go first."""
_REMEMBERED: Final = 10_000

_LEFT: Final = "The Hub was left while this was under way; ask again with the same request id."


class Broker:
    """A `Way`: everything of one agent that speaks AMQP."""

    def __init__(self, address: Address, name: str) -> None:
        self._names = address.names
        self._user = address.user
        self._later = self._names.reply_queue(address.user, name) if name else ""
        self._calls = Calls()
        self._link = Link(address, self._prepare)
        self._outbox = Outbox(self._link)
        self._inbox = Inbox(address, self._take)
        self._streams: weakref.WeakSet[BrokerStream[Any]] = weakref.WeakSet()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._again: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect, and attach to the queue for replies.

        Raises:
            HubUnreachable: there is no broker, or no hub has prepared it.
        """
        await self._link.start(CONNECT_WITHIN)

    async def aclose(self, *, taken: bool) -> None:
        """Detach the streams, end the calls that wait, delete the replies' queue, disconnect."""
        for stream in [*self._streams]:
            await stream.aclose(taken=taken)
        for waiting in self._calls:
            waiting.fail(HubUnreachable(_LEFT))
        if self._again is not None:
            self._again.cancel()
        if self._link.up:
            await self._inbox.delete(await self._link.ready())
        await self._link.aclose()

    async def ask(self, outgoing: Outgoing) -> Reply:
        """Publish until confirmed, then wait for the reply."""
        with self._calls.waiting(outgoing) as waiting:
            await self._publish(outgoing, waiting)
            waiting.confirmed = True
            return await waiting.reply

    async def submit(self, outgoing: Outgoing) -> None:
        """Publish until confirmed; the reply goes to the queue for later ones."""
        message = outgoing.message(self._user, self._later)
        await self._send(Letter(self._names.requests, outgoing.operation, message), outgoing)

    def replies(self) -> Stream[Reply]:
        """Return what comes to the queue for later replies; repeats are passed over."""
        return self._stream(Source(self._later_queue, self._read_later, self._remember))
