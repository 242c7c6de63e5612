"""Looking at queues at run time, always beside the channels in use.

A passive declare or a consume that fails closes its channel, and one that hangs on a queue without
a leader makes the broker close the whole connection a minute later (541, measured on 3.10.8).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

from aiormq.abc import DeliveredMessage
from aiormq.channel import Channel

from service.amqp.errors import LOCKED, NOT_FOUND, Denied, LinkLost, NoAnswer
from service.amqp.link import Link
from service.amqp.wire import close_channel, translated
from service.pauses import Pauses

ANSWER_WITHIN: Final = 3.0
_TAKEN_PAUSE: Final = 0.2


@dataclass(frozen=True)
class Depth:
    """What a queue says of itself."""

    messages: int
    """Ready to be delivered; those delivered and not settled are not counted."""
    consumers: int
    """With a single active consumer RabbitMQ counts the active one only."""


@contextlib.contextmanager
def doubted(link: Link, name: str) -> Iterator[None]:
    """Note what turns out not to be there."""
    try:
        yield
    except Denied as denied:
        if denied.code == NOT_FOUND:
            link.doubtful.add(name)
        raise


async def exists(link: Link, exchange: str, within: float = ANSWER_WITHIN) -> bool:
    """Return whether there is such an exchange.

    Raises:
        LinkLost: the connection was lost meanwhile, or the broker says nothing.
        Denied: the hub may not look at it.
    """
    try:
        with translated():
            async with asyncio.timeout(within):
                channel = await link.channel()
                await channel.exchange_declare(exchange, passive=True)
                await close_channel(channel)
    except TimeoutError:
        raise LinkLost(f"The broker said nothing within {within:g} s.") from None
    except Denied as denied:
        if denied.code == NOT_FOUND:
            return False
        raise
    return True


async def look(link: Link, queue: str, within: float = ANSWER_WITHIN) -> Depth | None:
    """Return how full a queue is, or None where there is no such queue.

    Raises:
        LinkLost: no connection, or it was lost meanwhile.
        NoAnswer: the queue does not answer.
        Denied: the hub may not look at it.
    """
    if not link.up:
        raise LinkLost(f"There is no connection to the broker: {link.reason}.")
    try:
        with translated():
            async with asyncio.timeout(within):
                channel = await link.channel()
                found = await channel.queue_declare(queue, passive=True)
                await close_channel(channel)
    except TimeoutError:
        raise NoAnswer(queue, within) from None
    except Denied as denied:
        if denied.code == NOT_FOUND:
            return None
        raise
    return Depth(found.message_count or 0, found.consumer_count or 0)


async def ask_apart(link: Link, queue: str) -> None:
    """Consume from a queue that was silent, for a moment and on a connection of its own.

    Raises:
        NoAnswer: it still is.
        LinkLost: the broker cannot be reached.
    """
    async with link.apart() as wire:
        channel = await wire.open_channel(confirms=False)
        try:
            with translated():
                async with asyncio.timeout(ANSWER_WITHIN):
                    await channel.basic_qos(prefetch_count=1)
                    await channel.basic_consume(queue, _leave)
        except TimeoutError:
            raise NoAnswer(queue, ANSWER_WITHIN) from None
    link.silent.discard(queue)


async def take_alone(open_channel: Callable[[], Awaitable[Channel]], queue: str) -> None:
    """Wait for a queue that one connection at a time may have; it ends with the connection.

    Raises:
        LinkLost: the connection was lost meanwhile.
        Denied: this user may not declare it.
    """
    pauses = Pauses(_TAKEN_PAUSE, _TAKEN_PAUSE)
    while True:
        channel = await open_channel()
        try:
            with translated():
                await channel.queue_declare(queue, exclusive=True)
        except Denied as denied:
            if denied.code != LOCKED:
                raise
            await pauses.wait()
        else:
            return


async def _leave(_: DeliveredMessage) -> None:
    """Goes back when the connection is closed."""
