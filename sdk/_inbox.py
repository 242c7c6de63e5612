"""Where the replies to calls arrive.

A queue of this process's own, ``hub.replies.<user>.<random>``: it is durable and outlives its
agent's connection, so replies that come while the connection or the broker is away are there
afterwards. Who may not have one (the user's name has a dot, or the broker does not let it declare
queues) gets direct reply-to, which keeps nothing: then every call that waits is asked again after
each loss of the connection, with its old id.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from contracts._names import DIRECT_REPLY
from sdk import _amqp, _translation
from sdk._address import Address
from sdk._errors import Denied

KEPT_MS: Final = 15 * 60 * 1000
"""The queue outlives its agent's connection by so much: longer than any deadline."""

_BATCH: Final = 0.01
"""Seconds in which replies gather to be acknowledged together."""

Take = Callable[[AbstractIncomingMessage], None]


class Inbox:
    """The address for replies, and the consumer there."""

    def __init__(self, address: Address, take: Take) -> None:
        self._take = take
        self._known = False
        self._newest: AbstractIncomingMessage | None = None
        self.direct = "." in address.user
        """Whether replies come by direct reply-to."""
        self._queue = address.names.reply_queue(address.user, secrets.token_hex(8))

    @property
    def reply_to(self) -> str:
        """What a request says about where its reply goes."""
        return DIRECT_REPLY if self.direct else self._queue

    async def attach(
        self, connection: AbstractConnection, ended: Callable[[], object]
    ) -> tuple[AbstractChannel, bool]:
        """Consume over a new connection; `ended` is called when no more comes.

        Returns the channel, and whether replies to earlier requests may have been lost.

        Raises:
            Lost: the connection is gone, or silent.
            Denied: the broker does not want it.
        """
        lost = self.direct or not await self._kept(connection)
        channel = await _amqp.open_channel(connection, confirms=self.direct)
        await _amqp.on_end(channel, ended)
        with _translation.translated():
            queue = await channel.get_queue(self.reply_to, ensure=False)
            await queue.consume(self._arrive, no_ack=self.direct, timeout=_amqp.ANSWER_WITHIN)
        return channel, lost

    async def delete(self, connection: AbstractConnection) -> None:
        """Leave no queue behind."""
        if not self.direct:
            await _amqp.delete(connection, self._queue)

    async def _kept(self, connection: AbstractConnection) -> bool:
        """Return whether the queue is there as before; declare it if not."""
        if self._known and await _amqp.queue_exists(connection, self._queue):
            return True
        try:
            await _amqp.declare(connection, self._queue, {"x-expires": KEPT_MS})
        except Denied as denied:
            if denied.code != _translation.NOT_ALLOWED:
                raise
            self.direct = True
        self._known = True
        return False

    async def _arrive(self, message: AbstractIncomingMessage) -> None:
        """Hand it over; the first of a batch acknowledges all, since each costs a system call."""
        self._take(message)
        first, self._newest = self._newest is None, message
        if self.direct or not first:
            return
        try:
            await asyncio.sleep(_BATCH)
        finally:
            newest, self._newest = self._newest, None
        await _amqp.ack(newest, multiple=True)
