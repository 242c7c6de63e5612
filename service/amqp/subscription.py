"""A consumer that is attached again whenever it ends."""

import asyncio
from logging import DEBUG, INFO, WARNING
from typing import Self

import structlog

from service.amqp.consumer import Consumer, Full, OnDelivery, Temporary, consume
from service.amqp.delivery import Delivery
from service.amqp.errors import BusError
from service.amqp.link import LONGEST_PAUSE, SHORTEST_PAUSE, Link
from service.ending import end
from service.pauses import Pauses

_log = structlog.stdlib.get_logger()


class Subscription:
    """``async with Subscription(link, queue, on_delivery, prefetch=10)``: stays attached.

    What was delivered before a break is delivered again; its `ack` returns False.

    Where `on_delivery` is `Full`, what did not fit goes back once all that did is answered. As many
    messages as fitted are then taken at a time, until `prefetch` have gone by: so each goes back
    once or twice, however many large ones wait.
    """

    def __init__(
        self, link: Link, source: str | Temporary, on_delivery: OnDelivery, prefetch: int
    ) -> None:
        self._link = link
        self._source = source
        self._on_delivery = on_delivery
        self._prefetch = prefetch
        self._consumer: Consumer | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._full: Full | None = None
        self._came = False
        """Whether the consumer that is being attached has handed something over already."""
        self._answered = asyncio.Event()
        """Set while none is being attached."""
        self._reason = "it was not attached yet"
        self._news = False

    @property
    def queue(self) -> str:
        """The queue; empty where it is this consumer's own."""
        return self._source if isinstance(self._source, str) else ""

    @property
    def attached(self) -> bool:
        """Whether messages may come now, or when there is memory for them."""
        if self._keeper is None or self._consumer is None:
            return False
        return self._consumer.attached or self._consumer.resting

    async def __aenter__(self) -> Self:
        """Begin to attach; does not wait for it."""
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Detach; what is not settled goes back to the queue."""
        await self.aclose()

    def start(self) -> None:
        """Begin to attach."""
        self._keeper = asyncio.create_task(self._keep(), name=f"subscription {self._source}")

    def renew(self, reason: str) -> None:
        """Detach, and attach again: what is not settled goes back to the queue."""
        if self._consumer is not None:
            self._consumer.give_up(reason)

    async def stop(self) -> None:
        """Take no more, for good, and have go back what has not left.

        What was handed over can still be settled, until `aclose`.
        """
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            try:
                if self._came:  # before the broker's ok; without it the channel would close
                    await self._answered.wait()
            finally:
                await end(keeper)
        if self._consumer is not None:
            await self._consumer.stop()
            self._consumer.hand_back()

    async def aclose(self) -> None:
        """Detach; what is not settled goes back to the queue."""
        await self.stop()
        if self._consumer is not None:
            await self._consumer.close()

    async def _keep(self) -> None:
        pauses = Pauses(SHORTEST_PAUSE, LONGEST_PAUSE)
        while True:
            try:
                await self._consume(pauses)
            except BusError as error:
                self._tell(str(error))
            except Exception:  # noqa: BLE001  (the loop that must not die)
                _log.exception("bug", where=f"subscription {self._source}")
            await pauses.wait()

    async def _consume(self, pauses: Pauses) -> None:
        """Take messages with one consumer, for as long as it lasts."""
        consumer = self._consumer = await self._attach()
        self._tell("")
        pauses.reset()
        reason = await consumer.over()
        if consumer.resting:
            _log.info("consumer_rests", queue=str(self._source), reason=reason)
            await self._emptied(consumer)
        else:
            self._tell(reason)
        await consumer.close()

    async def _attach(self) -> Consumer:
        most, full = self._prefetch, self._full
        prefetch = min(full.held, most) if full else most
        self._came = False
        self._answered.clear()
        try:
            consumer = await consume(self._link, self._source, self._take, prefetch=prefetch)
        finally:
            self._answered.set()
        consumer.enough = most if full else 0
        return consumer

    def _take(self, delivery: Delivery) -> None:
        self._came = True
        self._on_delivery(delivery)

    async def _emptied(self, consumer: Consumer) -> None:
        """Wait until all that was taken is answered; the next one takes fewer, or more again."""
        full, self._full = consumer.full or self._full, consumer.full
        await consumer.stop()
        if full:
            await full.emptied()

    def _tell(self, reason: str) -> None:
        if reason == self._reason:
            return
        self._reason = reason
        if reason:
            self._news = self._link.is_news(reason)
            level = WARNING if self._news else DEBUG
            _log.log(level, "consumer_detached", queue=str(self._source), reason=reason)
        else:
            level = INFO if self._news else DEBUG
            _log.log(level, "consumer_attached", queue=str(self._source))
