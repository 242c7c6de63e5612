"""Taking messages from one queue, on a channel of its own.

Nothing of the hub runs inside aiormq's callback, which is cancelled when its channel closes
(mosquito/aiormq#70): a delivery is handed to a plain function, and the hub makes its own task.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel
from pamqp.commands import Basic

from service.amqp.delivery import Delivery
from service.amqp.errors import BusError, NoAnswer
from service.amqp.link import Link
from service.amqp.queues import ask_apart, doubted
from service.amqp.wire import close_channel, hang_up, translated, usable, why

ANSWER_WITHIN: Final = 5.0
_CLOSE_WITHIN: Final = 2.0
_HEARD_AFTER: Final = 0.1
"""Seconds: a quorum queue may overlook what was settled just before the channel closed (measured
on 3.10.8; https://github.com/rabbitmq/rabbitmq-server/issues/10327)."""

_log = structlog.stdlib.get_logger()

OnDelivery = Callable[[Delivery], None]
"""Takes a message, at once and without waiting: it makes a task when there is work to do. It may
raise `Full`."""

_FULL: Final = "there is no memory for more"
_HAD_ENOUGH: Final = "there may be memory for more again"


class Full(Exception):
    """There is no memory for this message while so many others are held."""

    def __init__(self, held: int, emptied: Callable[[], Awaitable[None]]) -> None:
        super().__init__(held)
        self.held = held
        """How many messages are held."""
        self.emptied = emptied
        """Waits until none is."""


@dataclass(frozen=True)
class Temporary:
    """A queue of this consumer alone: the broker names it, and drops it with the consumer."""

    exchange: str
    keys: tuple[str, ...] = ("",)
    """Bindings, one per routing key."""

    def __str__(self) -> str:
        """Return it as logs show it."""
        return f"temporary, of {' '.join((self.exchange, *filter(None, self.keys)))}"


class Consumer:
    """A consumer while it lasts: `consume` makes one, and nothing brings it back."""

    def __init__(self, channel: Channel, queue: str, on_delivery: OnDelivery) -> None:
        self._loop = asyncio.get_running_loop()
        self.queue = queue
        self.channel = channel
        """For what must go over the same channel; closed only by `close`."""
        self.ended: asyncio.Future[str] = self._loop.create_future()
        """Done, with the reason, when no more messages come; wait for it with `over`."""
        self.tag = ""
        """The broker's name for it, once `consume` has returned."""
        self.enough = 0
        """It rests after so many messages more; never, if that is not above 0."""
        self.resting = False
        """Whether it takes no more by itself; what it took can be settled, until `close`."""
        self.full: Full | None = None
        """Why it rests, if there was no memory for a message."""
        self.recall: asyncio.Future[None] = self._loop.create_future()
        """Done once what was handed over goes back to the queue, but for calls that have left."""
        self.lost: asyncio.Future[None] = self._loop.create_future()
        """Done once nothing that was handed over can be settled any more."""
        self.cancelled: Callable[[], object] = bool
        """Called when the broker ends it: its queue was deleted or moved."""
        self._on_delivery = on_delivery
        self._taking = True
        self._stopping: asyncio.Task[None] | None = None
        self._stopped = False
        self._closed = False
        self._settled_at = -_HEARD_AFTER
        self._closing = channel.closing
        self._closing.add_done_callback(self._channel_closed)
        channel.on_consumer_cancel_callbacks.add(self._cancelled)

    @property
    def attached(self) -> bool:
        """Whether messages may still come."""
        return self._taking

    async def over(self) -> str:
        """Wait until no more messages come; return the reason."""
        return await asyncio.shield(self.ended)

    async def stop(self) -> None:
        """Take no more; what was handed over can still be settled, until `close`.

        Whoever waits for that may be cancelled, and another may wait for it: aiormq closes a
        channel over which a call was cancelled.
        """
        if self._stopping is None:
            if not ((self._taking or self.resting) and usable(self.channel)):
                return
            self._end("it was stopped")
            self._stopping = asyncio.create_task(self._cancel())
        await asyncio.shield(self._stopping)

    async def _cancel(self) -> None:
        with contextlib.suppress(TimeoutError, BusError), translated():
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self.channel.basic_cancel(self.tag)
                self._stopped = True

    def hand_back(self) -> None:
        """Have what was handed over go back to the queue, but for calls that have left."""
        if not self.recall.done():
            self.recall.set_result(None)

    async def close(self) -> None:
        """Close the channel: all that is not settled goes back to the queue in one go.

        From now on nothing is handed over, and `ack` and `reject` of what was return False.
        """
        self._closed = True
        self._end("it was closed")
        self._lose()
        try:
            await asyncio.sleep(self._settled_at + _HEARD_AFTER - self._loop.time())
        finally:
            await close_channel(self.channel)

    def may_settle(self) -> bool:
        """Return whether what was handed over can be settled."""
        self._settled_at = self._loop.time()
        return not self._closed and usable(self.channel)

    def may_requeue(self) -> bool:
        """Return whether what goes back now comes to somebody else: the broker knows it stopped."""
        return self._stopped

    async def take(self, message: DeliveredMessage) -> None:
        """Hand over one delivery (aiormq calls this).

        One that is not taken stays unsettled, and out of memory, until the channel closes.
        What else than `Full` is raised is a bug, and logged.
        """
        if not self._taking:
            return
        try:
            self._on_delivery(Delivery(message, self))
        except Full as full:
            self.full = full
            self._rest(_FULL)
        except Exception:  # noqa: BLE001  (the consumer's edge)
            _log.exception("delivery_not_taken", queue=self.queue)
        self.enough -= 1
        if self.enough == 0:
            self._rest(_HAD_ENOUGH)

    def give_up(self, reason: str) -> None:
        """End it: `close`, and begin anew."""
        self._end(reason)

    def _cancelled(self, _: Basic.Cancel) -> None:
        self.cancelled()
        self._end("the broker cancelled it: its queue was deleted or moved")

    def _channel_closed(self, closing: "asyncio.Future[object]") -> None:
        self._end(why(None if closing.cancelled() else closing.exception()))
        self._lose()

    def _lose(self) -> None:
        if not self.lost.done():
            self.lost.set_result(None)
        self.hand_back()

    def _rest(self, reason: str) -> None:
        self.resting = True
        self._end(reason)

    def _end(self, reason: str) -> None:
        self._taking = False
        if not self.ended.done():
            self.ended.set_result(reason)


async def consume(
    link: Link,
    source: str | Temporary,
    on_delivery: OnDelivery,
    *,
    prefetch: int,
    confirms: bool = False,
) -> Consumer:
    """Begin to take messages from a queue, at most `prefetch` unsettled at a time.

    The first may be handed over before this returns. With `confirms` the same channel can be
    published on (`service.amqp.publisher.send`).

    Raises:
        Denied: 404, the queue does not exist; 403, the hub may not read it.
        LinkLost: the connection went away meanwhile.
        NoAnswer: the queue does not answer.
    """
    if source in link.silent:
        await ask_apart(link, str(source))
    channel = await link.channel(confirms=confirms)
    try:
        with doubted(link, str(source)), translated():
            async with asyncio.timeout(ANSWER_WITHIN):
                consumer = await _begin(channel, source, on_delivery, prefetch)
    except TimeoutError:
        hang_up(channel)  # it may consume already
        link.silent.add(str(source))
        raise NoAnswer(str(source), ANSWER_WITHIN) from None
    except asyncio.CancelledError:
        await close_channel(channel)
        raise
    if isinstance(source, str):
        consumer.cancelled = partial(link.doubtful.add, source)
    return consumer


async def _begin(
    channel: Channel, source: str | Temporary, on_delivery: OnDelivery, prefetch: int
) -> Consumer:
    queue = await _named(channel, source)
    consumer = Consumer(channel, queue, on_delivery)
    await channel.basic_qos(prefetch_count=prefetch)
    begun = await channel.basic_consume(queue, consumer.take)
    consumer.tag = begun.consumer_tag or ""
    return consumer


async def _named(channel: Channel, source: str | Temporary) -> str:
    if isinstance(source, str):
        return source
    declared = await channel.queue_declare(exclusive=True, auto_delete=True)
    name = declared.queue or ""
    for key in source.keys:
        await channel.queue_bind(name, source.exchange, key)
    return name
