"""What comes from the bus without a bus: deliveries made by hand, and events told to a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from pydantic import BaseModel

from contracts._events import Event
from service.amqp.delivery import Delivery


def delivered(key: str, body: bytes | BaseModel, user: str | None = None) -> Delivery:
    """Return a delivery whose channel is gone: to settle it does nothing."""
    raw = body if isinstance(body, bytes) else body.model_dump_json().encode()
    deliver = Basic.Deliver(consumer_tag="c", delivery_tag=1, exchange="e", routing_key=key)
    message = DeliveredMessage(
        delivery=deliver,
        header=ContentHeader(properties=Basic.Properties(user_id=user)),
        body=raw,
        channel=cast("AbstractChannel", None),
    )
    return Delivery(message, lambda: False)


@dataclass
class Told:
    """Remembers events instead of publishing them."""

    all: list[tuple[str, Event]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    clock: Callable[[], float] = lambda: 0.0

    def tell(self, key: str, event: Event) -> None:
        self.all.append((key, event))
        self.at.append(self.clock())

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.all]
