"""One AMQP connection as the hub needs it: aiormq's, made safe to lose.

What differs from a bare `aiormq.connect`: the tolerant decoder is in place, the library's loggers
are silent (at DEBUG they print bodies, at WARNING a traceback per outage), nothing ever waits for
room in a write queue (a waiter there would wait for ever once the connection is gone), and the
socket can be cut at once.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Iterator
from typing import Any, Final, cast

import structlog
from aiormq.abc import ChannelFrame
from aiormq.channel import Channel
from aiormq.connection import Connection, SSLContextProvider, TransportFactory
from aiormq.exceptions import (
    AMQPChannelError,
    AMQPConnectionError,
    AMQPError,
    ChannelAccessRefused,
    ChannelLockedResource,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    ConnectionClosed,
    InvalidFrameError,
)
from pamqp import commands
from yarl import URL

from service.amqp import decoder, errors

CONNECT_WITHIN: Final = 5.0
CLOSE_WITHIN: Final = 2.0
_CUT_WITHIN: Final = 1.0
_READ_AHEAD: Final = 262_144
_LAST_TURNS: Final = 5  # of the loop, until aiormq's task that saw its reader end is over too

_log = structlog.stdlib.get_logger()

_CLOSING: Final = "_Channel__close_event"  # what aiormq's own basic_ack looks at
_GIVING_UP: Final = "_Channel__close_after_failure"
_CODES: Final[dict[type[BaseException], int]] = {
    ChannelAccessRefused: errors.NOT_ALLOWED,
    ChannelNotFoundEntity: errors.NOT_FOUND,
    ChannelLockedResource: errors.LOCKED,
    ChannelPreconditionFailed: errors.DIFFERENT,
}


class Wire(Connection):
    """A plain connection whose socket can be cut."""

    FRAME_BUFFER_SIZE = 0  # unbounded: the publisher bounds what is in flight
    HEARTBEAT_GRACE_MULTIPLIER = 2  # AMQP 0-9-1: two missed heartbeats are a dead peer

    def __init__(self, url: URL) -> None:
        self._socket = _Socket()
        self.blocked = ""
        """The broker's reason to take no messages here: it is low on memory or on disk space."""
        super().__init__(url, transport_factory=self._socket)

    async def open_channel(self, *, confirms: bool) -> Channel:
        """Open a channel.

        Raises:
            LinkLost: the connection is gone.
        """
        with translated():
            opened = await self.channel(publisher_confirms=confirms, frame_buffer_size=0)
        return _closing_once(cast("Channel", opened))

    async def _Connection__handle_connection_blocked(  # noqa: N802  (aiormq only logs it)
        self, frame: commands.Connection.Blocked
    ) -> None:
        self.blocked = frame.reason or "it does not say why"
        _log.warning("broker_blocked", link=self.url.query.get("name"), reason=self.blocked)
        await super()._Connection__handle_connection_blocked(frame)  # type: ignore[misc]

    async def _Connection__handle_connection_unblocked(  # noqa: N802
        self, frame: commands.Connection.Unblocked
    ) -> None:
        self.blocked = ""
        _log.info("broker_unblocked", link=self.url.query.get("name"))
        await super()._Connection__handle_connection_unblocked(frame)  # type: ignore[misc]

    async def lost(self) -> str:
        """Wait until the connection is gone; return why."""
        closing = self.closing
        await asyncio.wait([closing])
        return why(None if closing.cancelled() else closing.exception())

    async def end(self) -> None:
        """Close politely, and cut the socket when the broker is silent."""
        try:
            with contextlib.suppress(errors.BusError), translated():
                async with asyncio.timeout(CLOSE_WITHIN):
                    await self.close(ConnectionClosed(0, "closed by the hub"))
        except TimeoutError:
            self._socket.cut()
            await asyncio.wait([self.closing], timeout=_CUT_WITHIN)
        for _ in range(_LAST_TURNS):
            await asyncio.sleep(0)

    def cut(self) -> None:
        """Drop the socket without a word."""
        self._socket.cut()


class _Writer(asyncio.StreamWriter):
    """Says nothing about what it is given after the socket is gone; asyncio logs each piece."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self.transport.is_closing():
            super().write(data)


class _Socket(TransportFactory):
    """Opens the TCP or TLS stream and keeps hold of it."""

    def __init__(self) -> None:
        self._writer: asyncio.StreamWriter | None = None

    async def create(
        self,
        url: URL,
        **provided: Any,  # noqa: ANN401  (aiormq's signature)
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        options: dict[str, Any] = {}
        try:
            if url.scheme == "amqps":
                context = await _trust(url, provided["ssl_context_provider"])
                options = {"ssl": context, "ssl_shutdown_timeout": CLOSE_WITHIN}
            return await self._open(url, options)
        except ConnectionRefusedError as error:
            raise AMQPConnectionError(f"nobody listens at {url.host}:{url.port}") from error
        except OSError as error:
            raise AMQPConnectionError(str(error)) from error

    async def _open(
        self, url: URL, options: dict[str, Any]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=_READ_AHEAD)
        transport, protocol = await loop.create_connection(
            lambda: asyncio.StreamReaderProtocol(reader), str(url.host), url.port or 0, **options
        )
        self._writer = _Writer(transport, protocol, reader, loop)
        return reader, self._writer

    def cut(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()


async def _trust(url: URL, provider: SSLContextProvider) -> ssl.SSLContext:
    try:
        return await provider.get_context()
    except OSError as error:
        named = {key: url.query[key] for key in url.query if key.endswith(("file", "path"))}
        raise AMQPConnectionError(f"TLS cannot be set up with {named}: {error}") from error


def address(url: str, *, name: str, heartbeat: int) -> URL:
    """Return the broker's address with what every connection of the hub adds to it.

    Raises:
        ValueError: it is no AMQP address, or it would switch off the check of certificates.
    """
    parsed = URL(url)
    if parsed.scheme not in {"amqp", "amqps"} or not parsed.host:
        raise ValueError(
            "The broker's address must look like amqp://user:password@host:5672/vhost, or begin "
            "with amqps:// for TLS."
        )
    if "no_verify_ssl" in parsed.query:
        raise ValueError(
            "The broker's address says no_verify_ssl: the hub always checks the broker's "
            "certificate and host name. Name the authority that signed it instead, with "
            "?cafile=/path/to/ca.pem."
        )
    return parsed.update_query(name=name, heartbeat=str(heartbeat))


async def connect(at: URL, within: float = CONNECT_WITHIN) -> Wire:
    """Open a connection, in at most so many seconds.

    Raises:
        LinkLost: the broker is not there, refuses the login, or is silent.
    """
    decoder.install()
    for library in ("aiormq", "aio_pika", "pamqp"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    try:
        wire = Wire(at)
        with translated():
            async with asyncio.timeout(within):
                await wire.connect()
    except TimeoutError:
        wire.cut()
        raise errors.LinkLost(f"the broker did not answer within {within:g} s") from None
    except errors.LinkLost:
        raise
    except Exception as error:  # an address or a peer that aiormq did not expect
        raise errors.LinkLost(why(error)) from error
    return wire


async def close_channel(channel: Channel) -> None:
    """Close a channel, and wait a moment for the broker's word."""
    hang_up(channel)
    await asyncio.wait([channel.closing], timeout=CLOSE_WITHIN)


def hang_up(channel: Channel) -> None:
    """Close a channel now: who is cut short in aiormq's `close` may not have told the broker."""
    if usable(channel):
        getattr(channel, _CLOSING).set()
        close = commands.Channel.Close(200, "closed by the hub", 0, 0)
        channel.write_queue.put_nowait(ChannelFrame.marshall(channel.number, [close]))


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise what aiormq raises as an error of the bus.

    aiormq also raises `CancelledError` in whoever waits on a connection that it gives up, though
    nobody cancelled that task.
    """
    cancels = _cancels()
    try:
        yield
    except AMQPChannelError as error:
        raise denied(error) from error
    except (AMQPError, ConnectionError) as error:
        raise errors.LinkLost(why(error)) from error
    except RuntimeError as error:  # aiormq's word for a closed channel or connection
        raise errors.LinkLost("the channel or the connection was closed") from error
    except asyncio.CancelledError as error:
        if _cancels() > cancels:
            raise
        raise errors.LinkLost(why(error)) from error


def why(error: BaseException | None) -> str:
    """Return the reason in an exception that ended a connection or a channel."""
    if error is None:
        return "the broker closed the socket"
    if isinstance(error, InvalidFrameError) and "OpenOk" in str(error):
        return "the broker refused the virtual host: it does not exist, or is not for this user"
    if isinstance(error, asyncio.CancelledError):
        return "the broker sent no heartbeat"
    if isinstance(error, ConnectionClosed):
        return " ".join(("the broker closed the connection:", *map(str, error.args[-1:])))
    return str(error) or type(error).__name__


def denied(error: BaseException) -> errors.Denied:
    """Return the error of the bus for a channel that the broker closed."""
    if type(error) in _CODES:
        return errors.Denied(_CODES[type(error)], str(error))
    code, words = (*error.args, 0, "")[:2]
    return errors.Denied(code or 0, words or "")


def usable(channel: Channel) -> bool:
    """Return whether the channel may still be written on.

    aiormq calls a channel open for some turns of the loop after one side closed it, and lets
    publishes through. A frame written in that time makes the broker close the whole connection
    (504, expected 'channel.open').
    """
    closing: asyncio.Event = getattr(channel, _CLOSING)
    return not (closing.is_set() or channel.is_closed)


def _closing_once(channel: Channel) -> Channel:
    """Keep aiormq from telling the broker again, when a call is given up, that the channel closes.

    The second time costs the whole connection (504).
    """
    give_up = getattr(channel, _GIVING_UP)

    async def once(call: object) -> None:
        if usable(channel):
            await give_up(call)

    setattr(channel, _GIVING_UP, once)
    return channel


def _cancels() -> int:
    """Return how many cancellations have reached this task: one asked for while it runs waits."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling() - getattr(task, "_must_cancel", False)
