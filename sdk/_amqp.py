"""aio-pika, as this package needs it: plain connections, and errors that say what is known.

No robust connection: those restore channels, queues and consumers behind one's back, and loop for
ever over a queue that no longer fits. What waits in one of aio-pika's calls has a time limit, or
is let go when its connection is gone.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import (
    AMQPChannelError,
    AMQPError,
    AuthenticationError,
    ChannelInvalidStateError,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ConnectionClosed,
    InvalidFrameError,
    ProbableAuthenticationError,
)
from aiormq.exceptions import ChannelAccessRefused

from sdk._errors import Denied, Lost, Refused

NOT_ALLOWED: Final = 403
NOT_FOUND: Final = 404
DIFFERENT: Final = 406

ANSWER_WITHIN: Final = 10.0
"""Seconds in which the broker has to answer anything."""

_CONNECT_WITHIN: Final = 5.0
_CLOSE_WITHIN: Final = 3.0
_HEARTBEAT: Final = 5
"""Seconds; a broker that froze or a wire that was cut is found out after three."""
_CODES: Final[dict[type[BaseException], int]] = {
    ChannelAccessRefused: NOT_ALLOWED,
    ChannelNotFoundEntity: NOT_FOUND,
    ChannelPreconditionFailed: DIFFERENT,
}
_CLOSING: Final = "_Channel__close_event"  # what aiormq's own basic_ack looks at
_LIBRARIES: Final = ("aiormq", "aio_pika")


async def connect(url: str) -> AbstractConnection:
    """Open a connection.

    Raises:
        Lost: the broker is not there, or is silent.
        Refused: it does not let this user in.
    """
    _quiet()
    try:
        with translated():
            return await aio_pika.connect(_with_defaults(url), timeout=_CONNECT_WITHIN)
    except Lost as lost:
        if isinstance(lost.__cause__, AuthenticationError | ProbableAuthenticationError):
            raise Refused("the broker refused the login: user or password are wrong") from lost
        if isinstance(lost.__cause__, InvalidFrameError):
            raise Refused("the virtual host does not exist, or is not for this user") from lost
        raise


async def open_channel(connection: AbstractConnection, *, confirms: bool) -> AbstractChannel:
    """Open a channel; with `confirms`, publishing on it waits for the broker's word.

    Raises:
        Lost: the connection is gone, or silent.
    """
    with translated():
        async with asyncio.timeout(ANSWER_WITHIN):
            return await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)


async def close(one: AbstractConnection | AbstractChannel) -> None:
    """Close a connection or a channel; give up when the broker does not answer in a moment."""
    with contextlib.suppress(Lost, Denied), translated():
        async with asyncio.timeout(_CLOSE_WITHIN):
            await one.close()


async def on_end(channel: AbstractChannel, call: Callable[[], object]) -> None:
    """Have `call` called when the channel is closed, or the broker ends a consumer on it."""
    channel.close_callbacks.add(lambda *_: call())
    beneath = await channel.get_underlay_channel()
    beneath.on_consumer_cancel_callbacks.add(lambda _: call())


async def usable(channel: AbstractChannel) -> bool:
    """Return whether the channel may still be written on.

    aiormq calls a channel open for some turns of the loop after the broker closed it; a frame
    written in that time makes the broker close the whole connection.
    """
    if channel.is_closed:
        return False
    closing: asyncio.Event = getattr(await channel.get_underlay_channel(), _CLOSING)
    return not closing.is_set()


def let_go(connection: AbstractConnection) -> None:
    """Wake what waits for room in the write queue of a connection that is gone.

    aiormq would leave it there for ever: nothing takes from that queue any more.
    """
    if connection.transport is None:
        return
    queue = connection.transport.connection.write_queue
    with contextlib.suppress(asyncio.QueueEmpty):
        while True:
            queue.get_nowait()


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what aio-pika raises as `Denied` or `Lost`.

    It also raises `CancelledError` in whoever waits on a connection that it gives up, though
    nobody cancelled that task.
    """
    cancels = _cancels()
    try:
        yield
    except AMQPChannelError as error:
        raise _denied(error) from error
    except (AMQPError, OSError, ChannelInvalidStateError) as error:
        raise Lost(why(error)) from error
    except asyncio.CancelledError as error:
        if _cancels() > cancels:
            raise
        raise Lost(why(error)) from error


def why(error: BaseException | None) -> str:
    """Return the reason in an exception that ended a connection or a channel."""
    if isinstance(error, TimeoutError):
        return "the broker did not answer in time"
    if isinstance(error, asyncio.CancelledError) or error is asyncio.CancelledError:
        return "the broker sent no heartbeat"
    if isinstance(error, ConnectionClosed):
        return f"the broker closed the connection: {error.args[-1]}"
    return str(error or "") or "the broker closed the socket"


def _denied(error: AMQPChannelError) -> Denied:
    if type(error) in _CODES:
        return Denied(_CODES[type(error)], str(error))
    code, words = (*error.args, 0, "")[:2]
    return Denied(int(code or 0), str(words or "the channel was closed"))


def _with_defaults(url: str) -> str:
    given: dict[str, Any] = parse_qs(urlsplit(url).query)
    wanted = {"name": "agent", "heartbeat": str(_HEARTBEAT)}
    added = "&".join(f"{name}={value}" for name, value in wanted.items() if name not in given)
    if not added:
        return url
    return f"{url}{'&' if urlsplit(url).query else '?'}{added}"


def _quiet() -> None:
    """Let the library log only if the program has asked its loggers to.

    A broker that restarts makes it print some thirty lines with tracebacks; at DEBUG it prints
    bodies. What an agent has to know, `sdk` logs itself.
    """
    for library in _LIBRARIES:
        logger = logging.getLogger(library)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)


def _cancels() -> int:
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
