"""What comes from the bus without a bus: deliveries made by hand, and events told to a list."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic
from pamqp.header import ContentHeader
from pydantic import BaseModel

from contracts._events import Event
from service.amqp.delivery import Delivery


@dataclass
class FakeSource:
    """A consumer whose channel is open, or gone."""

    open: bool = False
    stopped: bool = False

    @cached_property
    def recall(self) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().create_future()

    @cached_property
    def lost(self) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().create_future()

    def may_settle(self) -> bool:
        return self.open

    def may_requeue(self) -> bool:
        return self.stopped


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
    return Delivery(message, FakeSource())


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
