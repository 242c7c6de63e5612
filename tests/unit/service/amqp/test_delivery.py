"""A delivery is settled once, in one step, whatever its channel makes of it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

import pytest
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelInvalidStateError
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from service.amqp.delivery import Delivery
from service.amqp.properties import UNDECODABLE, Mended
from tests.support.heard import FakeSource


class Channel:
    """As much of a channel as settling needs."""

    def __init__(self, writes: Callable[[], Awaitable[None]]) -> None:
        self._writes = writes
        self.settled: list[str] = []

    async def basic_ack(self, tag: int, *, wait: bool) -> None:
        await self._writes()
        self.settled.append(f"ack {tag} {wait}")

    async def basic_reject(self, tag: int, *, requeue: bool, wait: bool) -> None:
        await self._writes()
        self.settled.append(f"reject {tag} {requeue} {wait}")


async def written() -> None:
    """Take it at once."""


async def closed() -> None:
    raise ChannelInvalidStateError


async def full() -> None:
    await asyncio.Event().wait()


OPEN = FakeSource(open=True)


def delivery(channel: Channel, *, key: str = "k", source: FakeSource = OPEN) -> Delivery:
    deliver = Basic.Deliver(consumer_tag="c", delivery_tag=7, exchange="e", routing_key=key)
    message = DeliveredMessage(
        delivery=deliver,
        header=ContentHeader(),
        body=b"body",
        channel=cast("AbstractChannel", channel),
    )
    return Delivery(message, source)


@pytest.mark.parametrize(
    ("settle", "sent"), [(Delivery.ack, "ack 7 False"), (Delivery.reject, "reject 7 False False")]
)
def test_it_is_settled_once(settle: Callable[[Delivery], bool], sent: str) -> None:
    channel = Channel(written)
    one = delivery(channel)
    assert [settle(one), settle(one)] == [True, False]
    assert channel.settled == [sent]


@pytest.mark.parametrize("writes", [closed, full])
@pytest.mark.parametrize("settle", [Delivery.ack, Delivery.reject])
async def test_a_channel_that_does_not_take_it(
    settle: Callable[[Delivery], bool], writes: Callable[[], Awaitable[None]]
) -> None:
    channel = Channel(writes)
    assert settle(delivery(channel)) is False
    assert channel.settled == []


def test_a_consumer_that_is_closed() -> None:
    channel = Channel(written)
    assert delivery(channel, source=FakeSource()).ack() is False
    assert delivery(channel, source=FakeSource(stopped=True)).requeue() is False
    assert channel.settled == []


def test_it_goes_back_once_its_consumer_takes_no_more() -> None:
    channel, source = Channel(written), FakeSource(open=True)
    one = delivery(channel, source=source)
    assert one.requeue() is False
    source.stopped = True
    assert [one.requeue(), one.requeue(), one.ack()] == [True, False, False]
    assert channel.settled == ["reject 7 True False"]


async def test_it_is_recalled_with_its_consumer() -> None:
    source = FakeSource()
    one = delivery(Channel(written), source=source)
    assert (one.recall, one.lost) == (source.recall, source.lost)


def test_a_routing_key_that_was_mended_is_a_flaw() -> None:
    assert delivery(Channel(written), key=Mended("\\xff")).flaw == UNDECODABLE
    assert delivery(Channel(written)).flaw == ""
