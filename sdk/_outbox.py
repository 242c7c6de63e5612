"""Publishing until the broker has it: what was not confirmed goes again, with the same id.

Nobody knows what became of a message whose confirm did not come, so the same one is published
until a confirm does. That is safe: the hub keeps a record by the request id, and all copies have
one outcome.
"""

import asyncio
import contextlib
import re
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import DeliveryError, PublishError

from contracts import Forbidden, InvalidRequest
from contracts._names import integration_of
from sdk import _amqp, _translation
from sdk._errors import Denied, HubUnreachable, Lost, Silent
from sdk._link import Link
from sdk._pauses import Pauses

CONFIRM_WITHIN: Final = 10.0
"""Seconds after which a message without its confirm is published again, on a new channel."""
_LANES: Final = 8
_DENIALS: Final = 3
_ENCODING: Final = (TypeError, ValueError, OverflowError, struct.error)
_BLAMED: Final = re.compile(r"topic '(?P<key>[^']*)'|message size (?P<size>\d+)")


@dataclass
class Letter(_amqp.Letter):
    """A message that has to get there."""

    needed: Callable[[], bool] = lambda: True
    """Asked before each attempt: whether it still has to be published."""
    nobody: str = "No queue takes the request: no hub has prepared this broker."
    """What it means when no queue takes it."""
    left: bool = False
    """Whether it may have left this process."""

    @property
    def id(self) -> str:
        """What tells it from other messages."""
        return self.message.message_id or ""

    def is_blamed(self, denied: Denied) -> bool:
        """Return whether the broker's words are about this message, not about a neighbour."""
        found = _BLAMED.search(denied.words)
        if found is None:
            return False
        return found["key"] == self.key or found["size"] == str(len(self.message.body))


class Outbox:
    """Publishes over one link, any number of letters at once: none waits for another's confirm.

    Channels are lanes, chosen by the integration. A queue that has lost its leader holds up all
    that comes after it on the same channel, and must not hold up the others.
    """

    def __init__(self, link: Link, confirm_within: float = CONFIRM_WITHIN) -> None:
        self._lanes = [Lane(link) for _ in range(_LANES)]
        self._confirm_within = confirm_within
        self._under_way: dict[str, asyncio.Future[None]] = {}

    def use_only(self, channel: AbstractChannel) -> None:
        """From now on publish on this channel alone: the one over which replies come."""
        self._lanes = [Lane(self._lanes[0].link, channel)]

    async def publish(self, letter: Letter) -> None:
        """Publish until the broker confirms; whoever calls bounds the time.

        Raises:
            HubUnreachable: no queue takes it, or the exchange does not exist.
            Forbidden: the broker does not let this user publish it.
            InvalidRequest: it cannot travel.
            Closed: the link was closed.
        """
        async with self._alone_of_its_id(letter.id):
            pauses, denials = Pauses(), 0
            while letter.needed():
                lane = self._lane(letter)
                try:
                    async with lane.suspects if denials else contextlib.nullcontext():
                        if await self._attempt(letter, lane):
                            return
                except Denied as denied:
                    denials += 1
                    if denials == _DENIALS or letter.is_blamed(denied):
                        raise _refusal(denied) from None
                await asyncio.sleep(pauses.next())

    def _lane(self, letter: Letter) -> "Lane":
        return self._lanes[zlib.crc32(integration_of(letter.key).encode()) % len(self._lanes)]

    async def _attempt(self, letter: Letter, lane: "Lane") -> bool:
        try:
            channel = await lane.channel()
        except Lost:
            return False
        letter.left = True
        try:
            await _amqp.publish(channel, letter, self._confirm_within)
        except PublishError:
            raise HubUnreachable(letter.nobody) from None
        except _ENCODING as error:
            raise InvalidRequest(f"The request cannot travel as AMQP: {error}.") from error
        except Silent:
            lane.retire(channel)
            return False
        except (Lost, DeliveryError):
            return False
        return True

    @contextlib.asynccontextmanager
    async def _alone_of_its_id(self, message_id: str) -> AsyncIterator[None]:
        """Keep two messages of one id apart: aiormq would mistake one's return for the other's."""
        while (ahead := self._under_way.get(message_id)) is not None:
            await asyncio.wait([ahead])
        mine = self._under_way[message_id] = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            del self._under_way[message_id]
            mine.set_result(None)


class Lane:
    """One channel with confirms: opened when it is needed, and again after it was closed."""

    def __init__(self, link: Link, only: AbstractChannel | None = None) -> None:
        self.link = link
        self.suspects = asyncio.Lock()
        """A denial hits all that are under way: whoever was hit goes on alone of its kind."""
        self._channel = only
        self._fixed = only is not None
        self._opening = asyncio.Lock()

    async def channel(self) -> AbstractChannel:
        """Wait for the connection, and return the channel.

        Raises:
            Lost: the connection went away meanwhile, or is silent.
            Closed: the link was closed.
        """
        await self.link.ready()
        if self._channel is not None and await _amqp.usable(self._channel):
            return self._channel
        if self._fixed:
            raise Lost("the channel for requests and replies is being opened again")
        async with self._opening:
            if self._channel is None or not await _amqp.usable(self._channel):
                self._channel = await self.link.channel(confirms=True)
            return self._channel

    def retire(self, channel: AbstractChannel) -> None:
        """Give up a channel that is silent."""
        if self._fixed:
            self.link.reset()
        elif self._channel is channel:
            self._channel = None
            self.link.drop(channel)


def _refusal(denied: Denied) -> Exception:
    if denied.code == _translation.NOT_ALLOWED:
        return Forbidden(f"The broker refused it: {denied.words}")
    if denied.code == _translation.NOT_FOUND:
        return HubUnreachable(f"No hub has prepared this broker: {denied.words}")
    return InvalidRequest(f"The broker refused it: {denied.words}")
