"""Publishing until the broker has it: what was not confirmed goes again, with the same id.

Nobody knows what became of a message whose confirm did not come, so the same one is published
until a confirm does. That is safe: the hub keeps a record by the request id, and its outcome is
the same for all copies.

Channels are lanes, chosen by the integration: a queue that has no leader holds up what comes
after it on the same channel, and should not hold up the others.
"""

import asyncio
import contextlib
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aio_pika import Message
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError, PublishError

from contracts import Failure, Forbidden, InvalidRequest
from contracts._names import integration_of
from sdk import _amqp
from sdk._errors import Denied, HubUnreachable, Lost
from sdk._link import LONGEST_PAUSE, SHORTEST_PAUSE, Link, jitter

CONFIRM_WITHIN: Final = 10.0
"""Seconds after which a message without its confirm is published again, on another channel."""
_LANES: Final = 8
_ENCODING: Final = (TypeError, ValueError, OverflowError, struct.error)


@dataclass(frozen=True)
class Letter:
    """A message to an exchange."""

    exchange: str
    key: str
    message: Message
    needed: Callable[[], bool] = lambda: True
    """Asked before each attempt: whether it still has to be published."""


class Outbox:
    """Publishes over one link; any number of letters at once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._lanes = [Lane(link) for _ in range(_LANES)]
        self._under_way: dict[str, asyncio.Future[None]] = {}
        self._quarantine = asyncio.Lock()
        self.only: AbstractChannel | None = None
        """The one channel to use, where replies come over the channel of the request."""

    async def publish(self, letter: Letter) -> None:
        """Publish until the broker confirms; whoever calls bounds the time.

        Raises:
            HubUnreachable: no queue takes it, or the exchange does not exist.
            Forbidden: the broker does not let this user publish it.
            InvalidRequest: it cannot travel as AMQP.
            Closed: the link was closed.
        """
        async with self._alone_of_its_id(letter.message.message_id or ""):
            pause = SHORTEST_PAUSE
            while letter.needed() and not await self._attempt(letter):
                await asyncio.sleep(jitter(pause))
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _attempt(self, letter: Letter) -> bool:
        try:
            ...
        except Lost:
            return False
