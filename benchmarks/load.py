"""The asker: so many requests in flight at once, each timed from publish to reply."""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue


@dataclass(frozen=True)
class Round:
    """What one round measured, in seconds and requests."""

    seconds: float
    latencies: list[float]
    failed: int

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))]


class Load:
    """Publishes to an exchange and takes replies from a queue of its own."""

    def __init__(self, url: str, exchange: str, key: str) -> None:
        self._url = url
        self._exchange = exchange
        self._key = key

    async def run(self, count: int, in_flight: int) -> Round:
        """Return the round of so many requests."""
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel(publisher_confirms=False)
            await channel.set_qos(prefetch_count=1000)
            queue = await channel.declare_queue(exclusive=True)
            return await _Run(channel, queue, self._exchange, self._key).run(count, in_flight)


class _Run:
    def __init__(
        self, channel: aio_pika.abc.AbstractChannel, queue: AbstractQueue, exchange: str, key: str
    ) -> None:
        self._channel = channel
        self._queue = queue
        self._exchange = exchange
        self._key = key
        self._sent: dict[str, float] = {}
        self._latencies: list[float] = []
        self._failed = 0
        self._slots = asyncio.Semaphore()
        self._all = asyncio.Event()
        self._count = 0

    async def run(self, count: int, in_flight: int) -> Round:
        self._count = count
        self._slots = asyncio.Semaphore(in_flight)
        await self._queue.consume(self._take, no_ack=True)
        target = await self._channel.get_exchange(self._exchange, ensure=False)
        began = time.perf_counter()
        for number in range(count):
            await self._slots.acquire()
            name = str(number)
            self._sent[name] = time.perf_counter()
            await target.publish(self._message(number, name), self._key)
        await asyncio.wait_for(self._all.wait(), 120)
        return Round(time.perf_counter() - began, self._latencies, self._failed)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        self._latencies.append(time.perf_counter() - self._sent[message.correlation_id or ""])
        self._failed += message.headers.get("hub-status") == "failed"
        self._slots.release()
        if len(self._latencies) == self._count:
            self._all.set()

    def _message(self, number: int, name: str) -> aio_pika.Message:
        page = UUID(int=0x5C6A28216BB14A7E << 64 | 8 << 60 | number)  # no two reads are twins
        return aio_pika.Message(
            b'{"page_id": "%s"}' % str(page).encode(),
            content_type="application/json",
            correlation_id=name,
            message_id=name,
            reply_to=self._queue.name,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
