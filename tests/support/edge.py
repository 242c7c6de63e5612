"""What stands for broker and deliveries where the consumer's edge is tested alone."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property

from service.amqp.errors import NotPublished
from service.amqp.message import Message
from service.amqp.publisher import Until
from tests.support.messages import FakeMessage


@dataclass
class Sent:
    exchange: str
    key: str
    message: Message
    mandatory: bool


@dataclass
class FakePublisher:
    """Takes messages, or fails in turn."""

    failures: list[NotPublished | None] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    patience: list[float] = field(default_factory=list)
    """Until when a full queue was to be asked, each time."""

    async def publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        self.sent.append(Sent(exchange, key, message, mandatory))

    async def publish_until(
        self,
        exchange: str,
        key: str,
        message: Message,
        until: Until,
        *,
        mandatory: bool = True,
    ) -> None:
        assert until.silent > 0
        self.patience.append(until.full)
        await self.publish(exchange, key, message, mandatory=mandatory)


@dataclass
class FakeDelivery(FakeMessage):
    settled: str = ""
    alive: int = 1000
    """How often its channel is found alive."""

    @cached_property
    def recall(self) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().create_future()

    @cached_property
    def lost(self) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().create_future()

    def lose(self) -> None:
        """Its channel is gone."""
        self.alive = 0
        self.lost.set_result(None)
        self.recall.set_result(None)

    def requeue(self) -> bool:
        self.settled = "requeue"
        return True

    @property
    def unsettled(self) -> bool:
        self.alive -= 1
        return not self.settled and self.alive >= 0

    def ack(self) -> bool:
        self.settled = "ack"
        return True

    def reject(self) -> bool:
        self.settled = "reject"
        return True
