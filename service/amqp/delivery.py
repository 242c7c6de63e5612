"""One message as it came from a queue, to be settled once."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from aiormq.abc import DeliveredMessage
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from pamqp.commands import Basic
from pamqp.common import FieldTable

from service.amqp.decoder import flaw_of
from service.amqp.properties import UNDECODABLE, Mended


class Source(Protocol):
    """The consumer that handed it over (`service.amqp.consumer.Consumer`)."""

    @property
    def recall(self) -> "asyncio.Future[None]":
        """Done once what has not left is to go back."""
        ...

    @property
    def lost(self) -> "asyncio.Future[None]":
        """Done once its channel is gone."""
        ...

    def may_settle(self) -> bool:
        """Return whether its channel is there."""
        ...

    def may_requeue(self) -> bool:
        """Return whether what goes back now comes to somebody else."""
        ...


class Delivery:
    """What a consumer hands over. It reads the message where it lies: nothing is copied."""

    __slots__ = ("_message", "_settled", "_source")

    def __init__(self, message: DeliveredMessage, source: Source) -> None:
        self._message = message
        self._source = source
        self._settled = False

    @property
    def body(self) -> bytes:
        """The payload."""
        return self._message.body

    @property
    def routing_key(self) -> str:
        """The key it was published with."""
        return self._message.routing_key or ""

    @property
    def properties(self) -> Basic.Properties:
        """AMQP's own: reply_to, correlation_id, message_id, user_id, content_type and so on."""
        return self._message.header.properties

    @property
    def headers(self) -> FieldTable:
        """The headers; an empty table when there are none."""
        return self._message.header.properties.headers or {}

    @property
    def flaw(self) -> str:
        """Why it could not be read as it came (see `service.amqp.properties`), or nothing."""
        if type(self._message.routing_key) is Mended:
            return UNDECODABLE
        return flaw_of(self._message.header)

    @property
    def unsettled(self) -> bool:
        """Whether it can still be settled: not done yet, and its channel is there."""
        return not self._settled and self._source.may_settle()

    @property
    def recall(self) -> "asyncio.Future[None]":
        """Done once it is to go back to the queue, unless its call has left."""
        return self._source.recall

    @property
    def lost(self) -> "asyncio.Future[None]":
        """Done once it cannot be settled any more, and comes again."""
        return self._source.lost

    def ack(self) -> bool:
        """Tell the broker that it is answered; return whether that was sent.

        False when it was settled before, or when its channel is gone: then it comes again.
        """
        if not self._first():
            return False
        channel, tag = self._message.channel, self._message.delivery_tag or 0
        return _at_once(channel.basic_ack(tag, wait=False))

    def reject(self) -> bool:
        """Give it to the queue's dead-letter exchange; return as `ack` does."""
        if not self._first():
            return False
        channel, tag = self._message.channel, self._message.delivery_tag or 0
        return _at_once(channel.basic_reject(tag, requeue=False, wait=False))

    def requeue(self) -> bool:
        """Give it back, if its consumer takes no more; else it goes back with the channel."""
        if not self._source.may_requeue() or not self._first():
            return False
        channel, tag = self._message.channel, self._message.delivery_tag or 0
        return _at_once(channel.basic_reject(tag, requeue=True, wait=False))

    def _first(self) -> bool:
        if self._settled or not self._source.may_settle():
            return False
        self._settled = True
        return True


def _at_once(sending: Awaitable[None]) -> bool:
    """Run what never has to wait (`Wire` has unbounded queues); return whether it ended well."""
    steps = sending.__await__()
    try:
        next(steps)
    except StopIteration:
        return True
    except (AMQPError, ChannelInvalidStateError):
        return False
    steps.close()
    return False
