"""An agent's connection to the broker: comes back by itself, knows what became of a publish."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Final

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import AMQPError, DeliveryError, PublishError
from aiormq.exceptions import ChannelInvalidStateError

CONFIRM_WITHIN: Final = 5.0
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_LOST: Final = (AMQPError, ConnectionError, ChannelInvalidStateError, TimeoutError, RuntimeError)

_AHEAD: Final = 100

Attach = Callable[[AbstractChannel], Awaitable[AbstractQueue]]
OnUp = Callable[[AbstractChannel], Awaitable[None]]


class HubUnreachable(ConnectionError):
    """There is no hub: no broker, or a broker that no hub has prepared."""


class Bus:
    """One plain connection with two channels, to publish and to consume; `on_up` prepares them."""

    def __init__(self, url: str, on_up: OnUp) -> None:
        self._url = url
        self._on_up = on_up
        self._connection: AbstractConnection | None = None
        self._publish: AbstractChannel | None = None
        self._up = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def start(self, within: float) -> None:
        """Connect for the first time.

        Raises:
            HubUnreachable: not within so many seconds.
        """
        self._keeper = asyncio.create_task(self._keep())
        up = asyncio.create_task(self._up.wait())
        await asyncio.wait([up, self._keeper], timeout=within, return_when="FIRST_COMPLETED")
        up.cancel()
        if self._keeper.done():
            await self._keeper
        if not self._up.is_set():
            await self.aclose()
            raise HubUnreachable(f"No broker answers at this address within {within:g} s.")

    async def aclose(self) -> None:
        """Close the connection."""
        if self._keeper:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError, HubUnreachable):
                await self._keeper
        self._up.clear()
        if self._connection:
            with suppress(*_LOST):
                await self._connection.close()

    async def stream(self, queue: Attach) -> AsyncGenerator[AbstractIncomingMessage, None]:
        """Yield messages of a queue, attached again after each loss of the connection."""
        while True:
            await self._up.wait()
            if self._connection is None:
                raise HubUnreachable("The connection was closed.")
            try:
                channel = await self._connection.channel(publisher_confirms=False)
                await channel.set_qos(prefetch_count=_AHEAD)
                async with (await queue(channel)).iterator() as messages:
                    async for message in messages:
                        yield message
            except _LOST:
                await asyncio.sleep(_SHORTEST_PAUSE)

    async def delete(self, queue: str) -> None:
        """Delete a queue of ours, if there is a connection."""
        if self._up.is_set() and self._connection is not None:
            with suppress(*_LOST):
                channel = await self._connection.channel(publisher_confirms=False)
                await channel.queue_delete(queue)

    async def publish(self, exchange: str, key: str, message: Callable[[], aio_pika.Message]) -> None:
        """Publish until the broker confirms; what was not confirmed is published again.

        Raises:
            HubUnreachable: the broker knows no such exchange, or no queue takes it.
        """
        pause = _SHORTEST_PAUSE
        while not await self._once(exchange, key, message()):
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  (jitter, no secret)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _once(self, exchange: str, key: str, message: aio_pika.Message) -> bool:
        await self._up.wait()
        channel = self._publish
        if channel is None or channel.is_closed:
            await asyncio.sleep(_SHORTEST_PAUSE)
            return False
        try:
            target = await channel.get_exchange(exchange, ensure=False)
            await target.publish(message, key, mandatory=True, timeout=CONFIRM_WITHIN)
        except PublishError:
            raise HubUnreachable(f"No queue takes {key!r}: no hub has prepared this broker.") from None
        except DeliveryError:
            return False
        except _LOST:
            return False
        return True

    async def _keep(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            closed = asyncio.Event()
            try:
                self._connection = await aio_pika.connect(self._url, timeout=CONFIRM_WITHIN)
                self._connection.close_callbacks.add(lambda *_, closed=closed: closed.set())
                self._publish = await self._connection.channel(
                    publisher_confirms=True, on_return_raises=True
                )
                await self._on_up(await self._connection.channel(publisher_confirms=False))
            except _LOST:
                await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  (jitter, no secret)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = _SHORTEST_PAUSE
            self._up.set()
            await closed.wait()
            self._up.clear()
