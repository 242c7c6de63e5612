"""What comes by itself, one after the other: events, and later replies."""

import asyncio
import contextlib
import weakref
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Self, TypeVar

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractQueue

from contracts import Forbidden
from sdk import _amqp, _translation
from sdk._errors import Closed, Denied, HubUnreachable, Lost
from sdk._link import Link
from sdk._pauses import Pauses

T = TypeVar("T")

_AHEAD: Final = 100
"""Messages that wait in this process for their turn."""


class Stream(ABC, Generic[T]):
    """Comes one after the other: ``async for one in stream``; it ends when the `Hub` is left.

    ``async with stream:`` attaches it at once, so that nothing is missed from there on, and
    detaches it at the end of the block. What was handed out counts as taken when the next one is
    asked for, or the block or the `Hub` is left without an error. A stream that nobody holds, as
    after a ``break`` out of ``async for reply in hub.replies()``, gives its last one back.
    """

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __aenter__(self) -> Self:
        """Attach."""
        await self.open()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Detach."""
        await self.aclose(taken=kind is None)

    @abstractmethod
    async def __anext__(self) -> T:
        """Wait for the next one.

        Raises:
            Forbidden: the broker does not let this user listen.
        """

    @abstractmethod
    async def open(self) -> None:
        """Attach now, not at the first one asked for."""

    @abstractmethod
    async def aclose(self, *, taken: bool = True) -> None:
        """Detach; `taken` says whether the last one handed out was dealt with."""


@dataclass(frozen=True)
class Source(Generic[T]):
    """Where a stream's messages come from, and what they say."""

    queue: Callable[[AbstractChannel], Awaitable[AbstractQueue]]
    """Finds or declares the queue, after each loss of the connection."""
    read: Callable[[AbstractIncomingMessage], T | None]
    """None: it says nothing, and is passed over."""
    taken: Callable[[AbstractIncomingMessage], object] = lambda _: None
    """Hears of each message that was taken."""


class BrokerStream(Stream[T]):
    """Messages of a queue; attached again after each loss of the connection."""

    def __init__(self, link: Link, source: Source[T]) -> None:
        self._link = link
        self._source = source
        self._inbox: asyncio.Queue[AbstractIncomingMessage | None] | None = None
        self._detach: Callable[[], Any] = lambda: None
        self._last: AbstractIncomingMessage | None = None
        self._closed = False

    async def open(self) -> None:
        """Attach."""
        with contextlib.suppress(Closed):
            await self._attached()

    async def aclose(self, *, taken: bool = True) -> None:
        """Settle the last message if it was taken; the others go back to the queue."""
        if taken:
            await self._settle()
        self._closed = True
        if self._inbox is not None:
            self._inbox.put_nowait(None)
        self._detach()

    async def __anext__(self) -> T:
        """Wait for the next message that says something."""
        await self._settle()
        with contextlib.suppress(Closed):
            while not self._closed:
                message = await (await self._attached()).get()
                if message is None:
                    self._inbox = None
                elif (said := self._source.read(message)) is None:
                    await _amqp.ack(message)
                else:
                    self._last = message
                    return said
        raise StopAsyncIteration

    async def _settle(self) -> None:
        message, self._last = self._last, None
        if message is not None:
            self._source.taken(message)
            await _amqp.ack(message)

    async def _attached(self) -> asyncio.Queue[AbstractIncomingMessage | None]:
        pauses = Pauses()
        while self._inbox is None:
            try:
                self._inbox = await self._attach()
            except Lost:
                await asyncio.sleep(pauses.next())
            else:
                if self._closed:  # meanwhile
                    await self.aclose()
        return self._inbox

    async def _attach(self) -> asyncio.Queue[AbstractIncomingMessage | None]:
        inbox: asyncio.Queue[AbstractIncomingMessage | None] = asyncio.Queue()
        channel = await self._link.channel()
        self._detach()
        self._detach = weakref.finalize(self, self._link.drop, channel)
        await _amqp.on_end(channel, lambda: inbox.put_nowait(None))
        try:
            with _translation.translated():
                async with asyncio.timeout(_amqp.ANSWER_WITHIN):
                    await channel.set_qos(prefetch_count=_AHEAD)
                    queue = await self._source.queue(channel)
                    await queue.consume(inbox.put)
        except Denied as denied:
            if denied.code == _translation.NOT_ALLOWED:
                raise Forbidden(
                    f"The broker does not let this user listen: {denied.words}"
                ) from None
            raise HubUnreachable(f"The hub cannot be listened to: {denied.words}") from None
        return inbox
