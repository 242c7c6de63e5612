"""The line in front of a lease queue, as one hub stands in it: one channel, one message at most.

The broker gives the message to whoever has waited longest, and no second one while it is
unacknowledged. An owner that dies between the confirm of a new message and the acknowledgement of
the old one leaves both: the next in the line gets the old one, the new one behind it. So whoever
gets a message looks whether another follows before it believes it. (With nobody in the line the
queue's length of one drops the older. What a third party publishes meanwhile pushes out the
owner's new message, and the owner receives it in that one's place.)
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiormq.channel import Channel

from service.amqp.consumer import Consumer, consume
from service.amqp.delivery import Delivery
from service.amqp.errors import BusError, LinkLost, NoAnswer
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import send
from service.amqp.queues import ask_apart, doubted, look
from service.amqp.wire import close_channel, translated

ANSWER_WITHIN: Final = 5.0


@dataclass(frozen=True, slots=True)
class LeaseQueue:
    """Where a lease is: its queue, over a link for leases alone (heartbeat 3 s)."""

    link: Link
    queue: str


def _nobody(_reason: str) -> None:
    """Nobody wants to know yet."""


class Line:
    """One visit to the line: `join`, wait for the message, hold it, replace it, `leave`."""

    def __init__(self, place: LeaseQueue) -> None:
        self._place = place
        self._came: asyncio.Queue[Delivery] = asyncio.Queue()
        self._held: Delivery | None = None
        self._consumer: Consumer | None = None
        self._scope: asyncio.Timeout | None = None
        self._why = ""
        self.over: Callable[[str], None] = _nobody
        """Called at once, with the reason, when the visit is over by itself."""

    async def join(self) -> None:
        """Stand at the end of the line.

        Raises:
            BusError: there is no such queue, or no broker.
        """
        self._consumer = await consume(
            self._place.link, self._place.queue, self._came.put_nowait, prefetch=1, confirms=True
        )

    @asynccontextmanager
    async def lasting(self) -> AsyncIterator[None]:
        """Run a block for as long as the visit lasts, and interrupt it when that is over.

        Raises:
            LinkLost: it was interrupted; the text says why.
        """
        ended = self._attached.ended
        ended.add_done_callback(self._ended)
        try:
            async with asyncio.timeout(None) as self._scope:
                yield
        except TimeoutError:
            raise LinkLost(self._why) from None
        finally:
            self._scope = None
            ended.remove_done_callback(self._ended)

    def break_off(self, reason: str) -> None:
        """End the visit now."""
        if self._scope is not None and not self._why:
            self._why = reason
            self.over(reason)
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def receive(self) -> bytes:
        """Wait until the message is handed to us; from then on we hold it."""
        self._held = await self._came.get()
        return self._held.body

    async def followed(self, within: float = ANSWER_WITHIN) -> bool:
        """Return whether another message follows the one that is held.

        Raises:
            BusError: the broker does not say.
        """
        channel, queue = self._attached.channel, self._place.queue
        try:
            with translated():
                async with asyncio.timeout(within):
                    found = await channel.queue_declare(queue, passive=True)
        except TimeoutError:
            raise NoAnswer(queue, within) from None
        return bool(found.message_count)

    async def publish(self, body: bytes) -> None:
        """Put a message into the queue and wait for the broker's confirm.

        Raises:
            NotPublished: nobody knows whether it is there.
        """
        await send(self._attached.channel, "", self._place.queue, Message(body))

    def drop(self) -> None:
        """Acknowledge the message that is held: the one behind it is handed to us next."""
        if self._held is not None:
            self._held.ack()
            self._held = None

    async def leave(self) -> None:
        """Close the channel: what is held goes to the next in the line."""
        if self._consumer is not None:
            await self._consumer.close()

    @property
    def _attached(self) -> Consumer:
        if self._consumer is None:
            raise LinkLost("The hub does not stand in this line.")
        return self._consumer

    def _ended(self, ended: "asyncio.Future[str]") -> None:
        self.break_off(ended.result())


async def seed(place: LeaseQueue, body: bytes, within: float = ANSWER_WITHIN) -> None:
    """Publish the first message of a lease, if the queue shows no message and no consumer.

    Waits for the connection. Two hubs may do this at once: the queue keeps one of the two.

    Raises:
        BusError: there is no such queue, or it does not answer, or the connection was lost.
    """
    link, queue = place.link, place.queue
    if queue in link.silent:
        await ask_apart(link, queue)
    channel = await link.channel(confirms=True)
    try:
        async with asyncio.timeout(within):
            with doubted(link, queue):
                empty = await _empty(channel, queue)
            if empty:
                await send(channel, "", queue, Message(body))
    except TimeoutError:
        link.silent.add(queue)
        raise NoAnswer(queue, within) from None
    finally:
        await close_channel(channel)


async def _empty(channel: Channel, queue: str) -> bool:
    with translated():
        found = await channel.queue_declare(queue, passive=True)
    return not found.message_count and not found.consumer_count


async def answers(link: Link, queue: str, within: float) -> bool:
    """Return whether the broker answers about a queue, within so many seconds."""
    with contextlib.suppress(BusError):
        return await look(link, queue, within) is not None
    return False
