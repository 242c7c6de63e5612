"""A consumer that is attached again whenever it ends."""

import asyncio
import random
from typing import Final, Self

import structlog

from service.bus import BusError
from service.consumer import Consumer, OnDelivery, Temporary, consume
from service.ending import end
from service.link import Link

_SHORTEST_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 2.0

_log = structlog.stdlib.get_logger()


class Subscription:
    """``async with Subscription(link, queue, on_delivery, prefetch=10)``: stays attached.

    What was delivered before a break is delivered again; its `ack` returns False.
    """

    def __init__(
        self, link: Link, source: str | Temporary, on_delivery: OnDelivery, *, prefetch: int
    ) -> None:
        self._link = link
        self._source = source
        self._on_delivery = on_delivery
        self._prefetch = prefetch
        self._consumer: Consumer | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._reason = "it was not attached yet"

    @property
    def attached(self) -> bool:
        """Whether messages may come now."""
        return self._consumer is not None and self._consumer.attached

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

    async def stop(self) -> None:
        """Take no more, for good; what was handed over can still be settled, until `aclose`."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            await end(keeper)
        if self._consumer is not None:
            await self._consumer.stop()

    async def aclose(self) -> None:
        """Detach; what is not settled goes back to the queue."""
        await self.stop()
        if self._consumer is not None:
            await self._consumer.close()

    async def _keep(self) -> None:
        pause = _SHORTEST_PAUSE
        while True:
            try:
                self._consumer = await self._attach()
            except BusError as error:
                self._tell(str(error))
            else:
                self._tell("")
                pause = _SHORTEST_PAUSE
                self._tell(await self._consumer.over())
                await self._consumer.close()
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  (jitter, no secret)
            pause = min(2 * pause, _LONGEST_PAUSE)

    async def _attach(self) -> Consumer:
        return await consume(self._link, self._source, self._on_delivery, prefetch=self._prefetch)

    def _tell(self, reason: str) -> None:
        if reason == self._reason:
            return
        self._reason = reason
        if reason:
            _log.warning("consumer_detached", queue=str(self._source), reason=reason)
        else:
            _log.info("consumer_attached", queue=str(self._source))
