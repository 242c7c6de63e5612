"""Publishing that knows what became of each message.

Every publish is confirmed by the broker, or fails in a way that says whether the message may be
there. Each exchange has a channel of its own: a message that makes the broker close its channel
(a missing exchange, 404) costs only those that go to the same exchange. One that is not confirmed
in time costs its channel too, since a queue without a leader holds up all that comes after it on
that channel, for minutes (measured on 3.10.8); until such an address answers, it is published to
on a channel for suspects.
"""

import asyncio
import math
import re
import struct
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from aiormq.channel import Channel
from aiormq.exceptions import ChannelPreconditionFailed, DeliveryError, PublishError

from service.amqp.deadlines import Deadlines
from service.amqp.errors import Denied, LinkLost, Refused, Unconfirmed, Unroutable, Unsendable
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.wire import close_channel, usable, why
from service.pauses import Pauses

CONFIRM_WITHIN: Final = 5.0
MOST_IN_FLIGHT: Final = 512
SILENT: Final = 2.0
"""Seconds without a word of the broker about what was published, after which no call may begin."""
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 1.0
_MOST_SUSPECTS: Final = 256
_ENCODING: Final = (TypeError, ValueError, OverflowError, struct.error)
_OVERSIZED: Final = re.compile(r"message size (\d+) ")
"""The broker's words (406) as it closes a channel over its `max_message_size`; the size is the
body's: https://github.com/rabbitmq/rabbitmq-server/blob/main/deps/rabbit/src/rabbit_channel.erl"""


async def send(
    channel: Channel, exchange: str, key: str, message: Message, *, mandatory: bool = True
) -> None:
    """Publish on a channel with confirms and wait for the broker's word.

    There is no time limit here; a caller that sets one must take its end as `Unconfirmed`.

    Raises:
        NotPublished: as `service.amqp.errors` draws it.
    """
    task = asyncio.current_task()
    cancels = task.cancelling() if task else 0
    if not usable(channel):
        raise Unconfirmed("The channel is closed.")
    try:
        await channel.basic_publish(
            message.body,
            exchange=exchange,
            routing_key=key,
            properties=message.properties(),
            mandatory=mandatory,
            wait=False,
        )
    except PublishError as error:
        raise Unroutable(f"No queue takes {key!r} from the exchange {exchange!r}.") from error
    except DeliveryError as error:
        raise Refused(f"The broker refused to store {key!r}: a queue is full.") from error
    except _ENCODING as error:
        raise Unsendable(f"This message cannot be written as AMQP: {error}.") from error
    except ChannelPreconditionFailed as error:
        if _blames(error, message):
            raise Unsendable(f"The broker takes no message so large: {error}.") from error
        raise Unconfirmed(why(error)) from error
    except asyncio.CancelledError as error:
        if task and task.cancelling() > cancels:
            raise
        raise Unconfirmed(why(error)) from error
    except Exception as error:
        raise Unconfirmed(why(error)) from error


class Publisher:
    """Publishes over one link; what waits for its confirm is bounded in number.

    Closing the link ends it; it holds nothing else.
    """

    def __init__(
        self,
        link: Link,
        *,
        in_flight: int = MOST_IN_FLIGHT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._clock = clock
        self._slots = asyncio.Semaphore(in_flight)
        self._deadlines = Deadlines()
        self._channels: dict[Lane, Channel] = {}
        self._opening: dict[Lane, asyncio.Task[Channel]] = {}
        self._suspects: dict[tuple[str, str], None] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._silent_since: float | None = None

    @property
    def silent(self) -> float:
        """Seconds for which the broker has said nothing of anything that was published; 0 if none.

        One address that does not answer is no silence as long as others do.
        """
        return 0.0 if self._silent_since is None else self._clock() - self._silent_since

    async def publish(
        self,
        exchange: str,
        key: str,
        message: Message,
        *,
        mandatory: bool = True,
        within: float = CONFIRM_WITHIN,
    ) -> None:
        """Publish once and wait for the confirm, at most `within` seconds.

        Raises:
            Unconfirmed: unknown: no confirm in time, or the channel or the connection was lost.
            Refused: the broker did not store it.
            Unroutable: mandatory, and no queue takes it.
            Unsendable: it cannot be written as AMQP, or is larger than the broker allows.
        """
        lane = Lane(exchange, suspect=(exchange, key) in self._suspects)
        channel: Channel | None = None
        self._begin()
        try:
            with self._deadlines.within(within):
                async with self._slots:
                    channel = await self._channel(lane)
                    await send(channel, exchange, key, message, mandatory=mandatory)
        except TimeoutError:
            self._suspect(lane, key, channel)
            raise Unconfirmed(f"The broker did not confirm within {within:g} s.") from None
        except (LinkLost, Denied) as lost:
            raise Unconfirmed(str(lost)) from lost
        except (Unroutable, Refused):
            self._trust(lane, key)
            raise
        except Unsendable:
            self._hear()
            raise
        else:
            self._trust(lane, key)
        finally:
            self._waiting -= 1

    async def publish_until(
        self,
        exchange: str,
        key: str,
        message: Message,
        until: "Until",
        *,
        mandatory: bool = True,
    ) -> None:
        """Publish the same again until the broker has it, or the clock shows when to give up.

        The message may then be in the broker more than once.

        Raises:
            NotPublished: what the last attempt said; `Unroutable` and `Unsendable` at once.
        """
        pauses = Pauses(_SHORTEST_PAUSE, _LONGEST_PAUSE)
        while True:
            within = min(CONFIRM_WITHIN, max(until.silent - self._clock(), _SHORTEST_PAUSE))
            try:
                return await self.publish(
                    exchange, key, message, mandatory=mandatory, within=within
                )
            except (Unconfirmed, Refused) as error:
                last = min(until) if isinstance(error, Refused) else until.silent
                if self._clock() + pauses.most >= last:
                    raise
            await pauses.wait()

    async def _channel(self, lane: "Lane") -> Channel:
        channel = self._channels.get(lane)
        if channel is not None and usable(channel):
            return channel
        if lane not in self._opening:
            self._opening[lane] = asyncio.create_task(self._open(lane))
        return await asyncio.shield(self._opening[lane])

    async def _open(self, lane: "Lane") -> Channel:
        """Open the channel for all who wait for it, however long they do.

        A blocked broker answers nothing for hours: it must not find a channel per attempt then.
        """
        try:
            channel = self._channels[lane] = await self._link.channel(confirms=True)
        finally:
            del self._opening[lane]
        return channel

    def _begin(self) -> None:
        self._waiting += 1
        if self._silent_since is None:
            self._silent_since = self._clock()

    def _hear(self) -> None:
        """It is known what became of a message: the silence begins anew for the rest."""
        self._silent_since = self._clock() if self._waiting > 1 else None

    def _trust(self, lane: "Lane", key: str) -> None:
        self._hear()
        if lane.suspect:
            self._suspects.pop((lane.exchange, key), None)

    def _suspect(self, lane: "Lane", key: str, channel: Channel | None) -> None:
        if not lane.suspect:
            self._suspects[lane.exchange, key] = None
            if len(self._suspects) > _MOST_SUSPECTS:
                self._suspects.pop(next(iter(self._suspects)))
        if channel is not None and self._channels.get(lane) is channel:
            del self._channels[lane]
            closing = asyncio.create_task(close_channel(channel))
            self._retiring.add(closing)
            closing.add_done_callback(self._retiring.discard)


class Until(NamedTuple):
    """When to give up, on the publisher's clock."""

    silent: float
    """A broker that says nothing."""
    full: float = math.inf
    """A queue that refuses, if that is earlier."""


def _blames(error: ChannelPreconditionFailed, message: Message) -> bool:
    """Return whether the channel was closed over this message, not over a neighbour on it."""
    found = _OVERSIZED.search(str(error))
    return found is not None and int(found[1]) == len(message.body)


class Lane(NamedTuple):
    """What shares a channel: an exchange's messages, apart from those to suspect addresses."""

    exchange: str
    suspect: bool
