"""What a test declares under its names is gone when the next one starts."""

from collections.abc import AsyncIterator

import aiormq
import pytest
from aiormq.abc import AbstractChannel

from tests.support.broker import Broker, OwnNames, delete_all


@pytest.fixture
async def channel(amqp_url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aiormq.connect(amqp_url)
    yield await connection.channel()
    await connection.close()


async def test_names_of_a_test_are_its_own(names: OwnNames) -> None:
    assert OwnNames().prefix != names.prefix


async def test_all_that_bears_the_names_is_deleted(
    broker: Broker, channel: AbstractChannel
) -> None:
    mine = OwnNames()
    await channel.exchange_declare(mine.requests, exchange_type="topic", durable=True)
    for queue in (mine.queue("stub"), mine.dropped, mine.reply_queue("agent")):
        await channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
    await delete_all(broker.url, mine)
    for queue in (mine.queue("stub"), mine.dropped, mine.reply_queue("agent")):
        other = await channel.connection.channel()
        with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
            await other.queue_declare(queue, passive=True)
    with pytest.raises(aiormq.exceptions.ChannelNotFoundEntity):
        await channel.exchange_declare(mine.requests, passive=True)


async def test_a_queue_that_is_still_held_stops_nobody(
    broker: Broker, channel: AbstractChannel
) -> None:
    mine = OwnNames()
    await channel.queue_declare(mine.reply_queue("agent"), exclusive=True)
    await delete_all(broker.url, mine)
