"""What bus tests share: links that note their ups and downs, queues, and what came from them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from pamqp.common import FieldTable

from service.amqp.delivery import Delivery
from service.amqp.link import Link
from service.amqp.wire import Wire

QUORUM: Final[FieldTable] = {"x-queue-type": "quorum"}


class Inbox:
    """An `on_delivery` that keeps what it is given."""

    def __init__(self, settle: Callable[[Delivery], object] = Delivery.ack) -> None:
        self.deliveries: list[Delivery] = []
        self._settle = settle

    def __call__(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        self._settle(delivery)

    def __len__(self) -> int:
        return len(self.deliveries)

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.body for delivery in self.deliveries]


def keep(_: Delivery) -> None:
    """Settle nothing."""


class NotingLink(Link):
    """Notes when it comes up, and when it goes down."""

    def __init__(self, url: str, *, heartbeat: int) -> None:
        super().__init__(url, name="test", heartbeat=heartbeat)
        self.changes: list[bool] = []

    def _rise(self, wire: Wire) -> None:
        super()._rise(wire)
        self.changes.append(True)

    def _fall(self, reason: str) -> None:
        if self.up:
            self.changes.append(False)
        super()._fall(reason)


@asynccontextmanager
async def linked(url: str, *, heartbeat: int = 10) -> AsyncIterator[tuple[Link, list[bool]]]:
    """Give a link that is up, and the list of its ups and downs."""
    async with NotingLink(url, heartbeat=heartbeat) as link:
        await (await link.channel()).close()
        yield link, link.changes


async def declare(link: Link, queue: str, arguments: FieldTable = QUORUM) -> str:
    """Declare a durable queue on a channel of its own."""
    channel = await link.channel()
    await channel.queue_declare(queue, durable=True, arguments=arguments)
    await channel.close()
    return queue


async def delete(link: Link, queue: str) -> None:
    """Delete a queue, consumers or not."""
    channel = await link.channel()
    await channel.queue_delete(queue)
    await channel.close()
