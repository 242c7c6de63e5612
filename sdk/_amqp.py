"""aio-pika, as this package needs it: plain connections, and errors that say what is known.

No robust connection: those restore channels, queues and consumers behind one's back, and loop for
ever over a queue that no longer fits. Whatever waits in one of aio-pika's calls has a time limit,
or is let go when its connection is gone.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import parse_qs, urlsplit

import aio_pika
from aio_pika import Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage
from aio_pika.exceptions import (
    AuthenticationError,
    InvalidFrameError,
    ProbableAuthenticationError,
)
from aiormq.channel import Channel
from pamqp.common import FieldTable

from sdk._errors import Denied, Lost, Refused, Silent
from sdk._translation import NOT_FOUND, translated, why

ANSWER_WITHIN: Final = 10.0
"""Seconds in which the broker has to answer anything."""

CONNECT_WITHIN: Final = 5.0
CLOSE_WITHIN: Final = 3.0
_HEARTBEAT: Final = 5
"""Seconds; a frozen broker or a cut wire is found out after three of them."""
_LAST_TURNS: Final = 5  # of the loop, until aiormq's task that saw its reader end is over too
_CLOSING: Final = "_Channel__close_event"  # what aiormq's own basic_ack looks at
_LIBRARIES: Final = ("aiormq", "aio_pika")


Look = Callable[[AbstractChannel], Awaitable[object]]


async def connect(url: str, within: float = CONNECT_WITHIN) -> AbstractConnection:
    """Open a connection.

    Raises:
        Lost: the broker is not there, or is silent.
        Refused: it does not let this user in.
    """
    _quiet()
    try:
        return await aio_pika.connect(_with_defaults(url), timeout=within)
    except (AuthenticationError, ProbableAuthenticationError) as error:
        raise Refused("the broker refused the login: user or password are wrong") from error
    except InvalidFrameError as error:
        raise Refused("the virtual host does not exist, or is not for this user") from error
    except TimeoutError as error:
        raise Silent(f"it did not answer within {within:g} s") from error
    except Exception as error:  # whatever a peer that is no broker makes of the handshake
        raise Lost(why(error)) from error


async def open_channel(connection: AbstractConnection, *, confirms: bool) -> AbstractChannel:
    """Open a channel; with `confirms`, publishing on it waits for the broker's word.

    Raises:
        Lost: the connection is gone, or silent.
    """
    with translated():
        async with asyncio.timeout(ANSWER_WITHIN):
            return await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)


async def close_channel(channel: AbstractChannel, within: float = CLOSE_WITHIN) -> None:
    """Close a channel; wait no longer than that for the broker's word.

    Nobody is cut short in the closing itself: the broker might never be told of it.
    """
    closing = asyncio.create_task(_closed(channel))
    await asyncio.wait([closing], timeout=within)


async def _closed(channel: AbstractChannel) -> None:
    with contextlib.suppress(Lost, Denied), translated():
        await channel.close()


async def disconnect(connection: AbstractConnection, within: float = CLOSE_WITHIN) -> None:
    """Close a connection, or what is left of it, and wake whoever waits for room to write on it.

    aiormq leaves those waiting for ever: nothing takes from the write queue any more.
    """
    transport = connection.transport
    with contextlib.suppress(Lost, Denied), translated():
        async with asyncio.timeout(within):
            await connection.close()
    with contextlib.suppress(asyncio.QueueEmpty):
        while transport is not None:
            transport.connection.write_queue.get_nowait()
    for _ in range(_LAST_TURNS):
        await asyncio.sleep(0)


async def declare(connection: AbstractConnection, queue: str, arguments: FieldTable) -> None:
    """Declare a durable queue.

    Raises:
        Denied: 403, this user may not; 406, it is there with other arguments.
        Lost: the connection is gone, or silent.
    """
    async with _scratch(connection) as channel:
        await channel.declare_queue(queue, durable=True, arguments=arguments)


async def delete(connection: AbstractConnection, queue: str) -> None:
    """Delete a queue, if the broker answers and lets us."""
    with contextlib.suppress(Lost, Denied):
        async with _scratch(connection) as channel:
            await channel.queue_delete(queue)


async def queue_exists(connection: AbstractConnection, queue: str) -> bool:
    """Return whether there is such a queue, whatever its arguments.

    Raises:
        Denied: somebody else has it alone, or this user may not even ask.
        Lost: the connection is gone, or silent.
    """
    return await _found(connection, lambda channel: channel.get_queue(queue))


async def exchange_exists(connection: AbstractConnection, exchange: str) -> bool:
    """Return whether there is such an exchange.

    Raises:
        Denied: this user may not even ask.
        Lost: the connection is gone, or silent.
    """
    return await _found(connection, lambda channel: channel.get_exchange(exchange))


async def on_end(channel: AbstractChannel, call: Callable[[], object]) -> None:
    """Have `call` called when the channel is closed, or the broker ends a consumer on it."""
    channel.close_callbacks.add(lambda *_: call())
    beneath = await _beneath(channel)
    beneath.on_consumer_cancel_callbacks.add(lambda _: call())


@dataclass
class Letter:
    """A message to an exchange."""

    exchange: str
    key: str
    message: Message


async def publish(channel: AbstractChannel, letter: Letter, within: float) -> None:
    """Publish on a channel with confirms, and wait for the broker's word.

    Raises:
        PublishError: no queue takes it.
        DeliveryError: the broker did not store it.
        Denied: the broker closed the channel: for this message, or for another one.
        Silent: no word in time.
        Lost: nobody knows.
    """
    if not await usable(channel):
        raise Lost("the channel is closed")
    beneath = await _beneath(channel)
    with translated():
        await beneath.basic_publish(
            letter.message.body,
            exchange=letter.exchange,
            routing_key=letter.key,
            properties=letter.message.properties,
            mandatory=True,
            timeout=within,
            wait=False,
        )


async def usable(channel: AbstractChannel) -> bool:
    """Return whether the channel may still be written on.

    aiormq calls a channel open for some turns of the loop after the broker closed it; a frame
    written in that time makes the broker close the whole connection.
    """
    if channel.is_closed:
        return False
    closing: asyncio.Event = getattr(await _beneath(channel), _CLOSING)
    return not closing.is_set()


async def ack(message: AbstractIncomingMessage, *, multiple: bool = False) -> None:
    """Acknowledge, with all before it if `multiple`; where the channel is gone it comes again."""
    with contextlib.suppress(Lost, Denied), translated():
        await message.channel.basic_ack(message.delivery_tag or 0, multiple=multiple, wait=False)


async def _beneath(channel: AbstractChannel) -> Channel:
    return cast("Channel", await channel.get_underlay_channel())


async def _found(connection: AbstractConnection, look: Look) -> bool:
    try:
        async with _scratch(connection) as channel:
            await look(channel)
    except Denied as denied:
        if denied.code != NOT_FOUND:
            raise
        return False
    return True


def _with_defaults(url: str) -> str:
    query = urlsplit(url).query
    wanted = {"name": "agent", "heartbeat": str(_HEARTBEAT)}
    given = parse_qs(query)
    added = "&".join(f"{name}={value}" for name, value in wanted.items() if name not in given)
    return f"{url}{'&' if query else '?'}{added}" if added else url


@contextlib.asynccontextmanager
async def _scratch(connection: AbstractConnection) -> AsyncIterator[AbstractChannel]:
    """Give a channel for what may be denied, which closes it; and for what must not take long."""
    channel = await open_channel(connection, confirms=False)
    try:
        with translated():
            async with asyncio.timeout(ANSWER_WITHIN):
                yield channel
    finally:
        await close_channel(channel)


def _quiet() -> None:
    """Let the library log only where the program has set a level for it.

    A broker that restarts makes it print some thirty lines with tracebacks; at DEBUG it prints
    bodies. What an agent has to know, `sdk` logs itself.
    """
    for library in _LIBRARIES:
        logger = logging.getLogger(library)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)
