"""What stands for broker and deliveries where the consumer's edge is tested alone."""

from dataclasses import dataclass, field

from service.amqp.errors import NotPublished
from service.amqp.message import Message
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
        *,
        give_up_at: float,
        mandatory: bool = True,
    ) -> None:
        assert give_up_at > 0
        await self.publish(exchange, key, message, mandatory=mandatory)


@dataclass
class FakeDelivery(FakeMessage):
    settled: str = ""
    alive: int = 1000
    """How often its channel is found alive."""

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
