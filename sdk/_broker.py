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

from contracts import Failure
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
from sdk._stream import BrokerStream, Source, Stream, T
from sdk._waiting import Calls, Waiting

CONNECT_WITHIN: Final = 10.0
LATER_KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""The queue for later replies goes when nobody has looked into it for a week."""
_MOST_EVENTS: Final = 10_000
"""Events that wait in the broker for a slow agent; the oldest go first."""
_REMEMBERED: Final = 10_000
"""Later replies whose repeats are known."""

_LEFT: Final = "The Hub was left while this was under way; ask again with the same request id."
_NOBODY: Final = "No hub runs on this broker: start one with `hub up` or `hub serve`."


class Broker:
    """A `Way`: everything of one agent that goes over AMQP."""

    def __init__(self, address: Address, name: str) -> None:
        self._names = address.names
        self._user = address.user
        self._later = self._names.reply_queue(address.user, name) if name else ""
        self._calls = Calls()
        self._link = Link(address, self._prepare)
        self._outbox = Outbox(self._link)
        self._inbox = Inbox(address, self._hear)
        self._streams: weakref.WeakSet[BrokerStream[Any]] = weakref.WeakSet()
        self._seen: OrderedDict[str | None, None] = OrderedDict()
        self._again: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str:
        """Why there is no connection; nothing if there is one."""
        return self._link.reason

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
            await asyncio.wait([self._again])
        if self._link.up:
            await self._inbox.delete(await self._link.ready())
        await self._link.aclose()

    async def ask(self, outgoing: Outgoing) -> Reply:
        """Publish until confirmed, then wait for the reply."""
        with self._calls.waiting(outgoing) as waiting:
            await self._publish(waiting)
            waiting.confirmed = True
            return await waiting.reply

    async def submit(self, outgoing: Outgoing) -> None:
        """Publish until confirmed; the reply goes to the queue for later ones."""
        message = outgoing.message(self._user, self._later)
        letter = Letter(self._names.requests, outgoing.operation, message)
        await self._send(letter, outgoing)

    def replies(self) -> Stream[Reply]:
        """Return what comes to the queue for later replies; repeats are passed over."""
        return self._stream(Source(self._later_queue, self._read_later, self._remember))

    def events(self, pattern: str) -> Stream[Event]:
        """Return the events under a pattern, from a queue that goes with the stream."""

        async def queue(channel: AbstractChannel) -> AbstractQueue:
            made = await channel.declare_queue(
                exclusive=True, auto_delete=True, arguments={"x-max-length": _MOST_EVENTS}
            )
            await made.bind(self._names.events, pattern)
            return made

        return self._stream(Source(queue, _read_event))

    async def command(self, command: Control) -> None:
        """Publish an order to all hubs."""
        body = command.model_dump_json().encode()
        message = Message(body, message_id=command.id, user_id=self._user)
        await self._outbox.publish(Letter(self._names.control, "", message, nobody=_NOBODY))

    async def _publish(self, waiting: Waiting) -> None:
        outgoing = waiting.outgoing
        message = outgoing.message(self._user, self._inbox.reply_to)
        letter = Letter(
            self._names.requests, outgoing.operation, message, needed=waiting.unanswered
        )
        await self._send(letter, outgoing)

    async def _send(self, letter: Letter, outgoing: Outgoing) -> None:
        try:
            await self._outbox.publish(letter)
        except Closed:
            raise HubUnreachable(_LEFT) from None
        finally:
            outgoing.left |= letter.left

    async def _prepare(self, connection: AbstractConnection, reset: Reset) -> None:
        """Attach to the replies of a new connection; runs before anything is published on it."""
        if not await _amqp.exchange_exists(connection, self._names.requests):
            raise Lost(
                f"no hub has prepared this broker, there is no exchange {self._names.requests!r}; "
                "start a hub with `hub serve`, or set the HUB_PREFIX of the one that runs"
            )
        if self._later:
            await self._keep_later(connection)
        channel, lost = await self._inbox.attach(connection, reset)
        if self._inbox.direct:
            self._outbox.use_only(channel)
        if lost:
            await self._ask_again()

    async def _keep_later(self, connection: AbstractConnection) -> None:
        try:
            await _amqp.declare(connection, self._later, {"x-expires": LATER_KEPT_MS})
        except Denied as denied:
            if not await _amqp.queue_exists(connection, self._later):
                raise Refused(
                    f"this user may not declare the queue {self._later!r} for later replies, and "
                    f"nobody else has ({denied})"
                ) from denied

    async def _ask_again(self) -> None:
        """Publish once more what was confirmed and waits: its reply may have been lost."""
        if self._again is not None:
            self._again.cancel()
            await asyncio.wait([self._again])
        self._again = asyncio.create_task(self._repeat_all())

    async def _repeat_all(self) -> None:
        known = [waiting for waiting in self._calls if waiting.confirmed]
        await asyncio.gather(*map(self._repeat, known))

    async def _repeat(self, waiting: Waiting) -> None:
        try:
            await self._publish(waiting)
        except (Failure, HubUnreachable) as error:
            waiting.fail(error)

    def _hear(self, message: AbstractIncomingMessage) -> None:
        correlation = message.correlation_id or ""
        self._calls.hear(correlation, read_reply(message.body, message.headers, correlation))

    async def _later_queue(self, channel: AbstractChannel) -> AbstractQueue:
        return await channel.get_queue(self._later, ensure=False)

    def _read_later(self, message: AbstractIncomingMessage) -> Reply | None:
        if message.correlation_id in self._seen:
            return None
        said = read_reply(message.body, message.headers, message.correlation_id or "")
        return said if isinstance(said, Reply) else None

    def _remember(self, message: AbstractIncomingMessage) -> None:
        self._seen[message.correlation_id] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _stream(self, source: Source[T]) -> Stream[T]:
        stream = BrokerStream(self._link, source)
        self._streams.add(stream)
        return stream


def _read_event(message: AbstractIncomingMessage) -> Event | None:
    return read_event(message.routing_key or "", message.body)
