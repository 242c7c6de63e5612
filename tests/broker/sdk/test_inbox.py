"""Where replies arrive: a queue that outlives its agent's connection, or direct reply-to."""

from collections.abc import AsyncIterator

import pytest
from aio_pika import Message
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage
from yarl import URL

from contracts._names import DIRECT_REPLY
from sdk import _amqp
from sdk._address import Address
from sdk._errors import Denied
from sdk._inbox import Inbox
from tests.support.broker import OwnNames
from tests.support.wait import wait_until


@pytest.fixture
async def connection(amqp_url: str) -> AsyncIterator[AbstractConnection]:
    made = await _amqp.connect(amqp_url)
    yield made
    await _amqp.disconnect(made)


class Taken:
    """Takes replies, and counts the ends of their channel."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.ends = 0

    def take(self, message: AbstractIncomingMessage) -> None:
        self.bodies.append(message.body)

    def end(self) -> None:
        self.ends += 1


def as_user(url: str, user: str, names: OwnNames) -> Address:
    """The address with another user's name in it: nobody logs in with that."""
    return Address(str(URL(url).with_user(user)), names.prefix)


async def send(connection: AbstractConnection, reply_to: str, *bodies: bytes) -> None:
    channel = await connection.channel(publisher_confirms=True)
    for body in bodies:
        await channel.default_exchange.publish(Message(body), reply_to)
    await channel.close()


async def unsettled(connection: AbstractConnection, queue: str) -> int:
    """How many messages the queue would give to somebody else."""
    channel = await connection.channel()
    found = await channel.declare_queue(queue, passive=True)
    await channel.close()
    return found.declaration_result.message_count or 0


async def test_replies_are_taken_and_settled_together(
    connection: AbstractConnection, amqp_url: str, names: OwnNames
) -> None:
    taken = Taken()
    inbox = Inbox(Address(amqp_url, names.prefix), taken.take)
    channel, lost = await inbox.attach(connection, taken.end)
    assert (lost, inbox.direct) == (True, False)
    user = Address(amqp_url).user
    assert inbox.reply_to.startswith(f"{names.prefix}.replies.{user}.")
    bodies = [str(n).encode() for n in range(100)]
    await send(connection, inbox.reply_to, *bodies)
    await wait_until(lambda: taken.bodies == bodies)
    await wait_until(lambda: inbox._newest is None)
    await _amqp.close_channel(channel)
    assert taken.ends == 1
    assert await unsettled(connection, inbox.reply_to) == 0
    await inbox.delete(connection)
    assert not await _amqp.queue_exists(connection, inbox.reply_to)


async def test_the_queue_keeps_replies_while_nobody_is_attached(
    connection: AbstractConnection, amqp_url: str, names: OwnNames
) -> None:
    taken = Taken()
    inbox = Inbox(Address(amqp_url, names.prefix), taken.take)
    channel, _ = await inbox.attach(connection, taken.end)
    await _amqp.close_channel(channel)
    await send(connection, inbox.reply_to, b"meanwhile")
    _, lost = await inbox.attach(connection, taken.end)
    assert not lost
    await wait_until(lambda: taken.bodies == [b"meanwhile"])
    await inbox.delete(connection)


async def test_a_queue_that_is_gone_is_made_anew_and_that_is_told(
    connection: AbstractConnection, amqp_url: str, names: OwnNames
) -> None:
    taken = Taken()
    inbox = Inbox(Address(amqp_url, names.prefix), taken.take)
    await inbox.attach(connection, taken.end)
    await inbox.delete(connection)
    await wait_until(lambda: taken.ends == 1, what="the consumer's end")
    _, lost = await inbox.attach(connection, taken.end)
    assert lost
    await send(connection, inbox.reply_to, b"again")
    await wait_until(lambda: taken.bodies == [b"again"])
    await inbox.delete(connection)


async def test_a_user_with_a_dot_gets_direct_reply_to(
    connection: AbstractConnection, amqp_url: str, names: OwnNames
) -> None:
    taken = Taken()
    inbox = Inbox(as_user(amqp_url, "al.ice", names), taken.take)
    assert inbox.reply_to == DIRECT_REPLY
    channel, lost = await inbox.attach(connection, taken.end)
    assert lost
    echo = await channel.declare_queue(exclusive=True)
    await channel.default_exchange.publish(Message(b"", reply_to=inbox.reply_to), echo.name)
    request = await echo.get()
    assert request is not None
    assert request.reply_to
    await send(connection, request.reply_to, b"direct")
    await wait_until(lambda: taken.bodies == [b"direct"])
    await inbox.delete(connection)


async def test_a_user_who_may_not_declare_it_gets_direct_reply_to(
    connection: AbstractConnection, amqp_url: str
) -> None:
    taken = Taken()
    inbox = Inbox(Address(amqp_url, prefix="amq"), taken.take)  # reserved: refused to everybody
    assert not inbox.direct
    _, lost = await inbox.attach(connection, taken.end)
    assert (inbox.reply_to, lost) == (DIRECT_REPLY, True)


async def test_any_other_refusal_is_not_swallowed(
    connection: AbstractConnection, amqp_url: str, names: OwnNames
) -> None:
    inbox = Inbox(Address(amqp_url, names.prefix), Taken().take)
    names.queues.add(inbox.reply_to)
    await _amqp.declare(connection, inbox.reply_to, {"x-expires": 60_000})
    with pytest.raises(Denied, match="inequivalent"):
        await inbox.attach(connection, Taken().end)
