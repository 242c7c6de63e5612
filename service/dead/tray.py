"""Looking through the queue of dead letters without losing one, or their order.

Whoever looks takes what it looks at, and gives back what it did not settle by closing the channel.
What a quorum queue gets back stands before the rest, behind what it got back before (measured on
3.10.8). So the order stays only where all that was ever given back is taken again, with one
consumer: fetched one by one, or refused with `nack`, letters go back in any order. And one looks at
a time: whoever holds the exclusive queue `Names.reading`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from contracts import Names
from service.amqp.consumer import consume
from service.amqp.delivery import Delivery
from service.amqp.errors import BusError, LinkLost
from service.amqp.link import Link
from service.amqp.queues import look, take_alone
from service.dead.letter import Letter, read_letter
from service.pauses import Pauses

MOST_SEEN: Final = 5000
"""Letters that are taken, from the oldest: each time, however many are wanted. A hub that takes
fewer than another took before changes their order."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes of the letters that are kept in memory, but for the last one."""
ALONE_WITHIN: Final = 10.0
"""Seconds to wait while somebody else looks."""
_SEEN_WITHIN: Final = 20.0
_HEARTBEAT: Final = 5
_PAUSE: Final = 0.02

Wanted = Callable[[Letter], bool]


@dataclass
class Tray:
    """The letters that were wanted, oldest first; each is given back unless it is acknowledged."""

    total: int
    """Letters in the queue."""
    most: int
    """Letters to keep."""
    wanted: Wanted
    kept: list[tuple[Letter, Delivery]] = field(default_factory=list)
    seen: int = 0
    _bytes: int = 0

    def __post_init__(self) -> None:
        self.expected = min(self.total, MOST_SEEN)
        self.done = asyncio.Event()
        self._look_up()

    @property
    def more(self) -> bool:
        """Whether there are letters that were not looked at."""
        return self.seen < self.total

    def take(self, delivery: Delivery) -> None:
        """Look at one letter; what comes after the last is left alone."""
        if self.done.is_set():
            return
        self.seen += 1
        letter = read_letter(delivery)
        if self.wanted(letter):
            self.kept.append((letter, delivery))
            self._bytes += len(letter.body)
        self._look_up()

    def _look_up(self) -> None:
        full = len(self.kept) >= self.most or self._bytes >= MOST_BYTES
        if full or self.seen >= self.expected:
            self.done.set()


@contextlib.asynccontextmanager
async def opened(
    url: str, names: Names, wanted: Wanted, most: int, within: float = ALONE_WITHIN
) -> AsyncIterator[Tray]:
    """Give the oldest letters that are wanted, until the block ends.

    Raises:
        BusError: the broker is away, or somebody else looks at them all the time.
    """
    async with Link(url, name=names.reading, heartbeat=_HEARTBEAT) as link:
        tray = Tray(await _alone(link, names, within), most, wanted)
        if tray.done.is_set():
            yield tray
            return
        consumer = await consume(link, names.dead_letters, tray.take, prefetch=MOST_SEEN)
        consumer.ended.add_done_callback(lambda _: tray.done.set())
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SEEN_WITHIN):
                    await tray.done.wait()
            tray.done.set()
            if not consumer.attached:
                raise LinkLost(await consumer.over())
            yield tray
        finally:
            await consumer.close()


async def _alone(link: Link, names: Names, within: float) -> int:
    """Wait until nobody else looks; return how many letters there are.

    What the last one held is back once the broker has forgotten its consumer, a moment after its
    channel was closed (measured on 3.10.8): whoever consumes before would change the order.
    """
    try:
        async with asyncio.timeout(within):
            await take_alone(link.channel, names.reading)
            pauses = Pauses(_PAUSE, _PAUSE)
            while (depth := await look(link, names.dead_letters)) and depth.consumers:
                await pauses.wait()
    except TimeoutError:
        if not link.up:
            raise LinkLost(f"There is no connection to the broker: {link.reason}.") from None
        raise BusError(
            f"Somebody else has looked at the dead letters for {within:g} s: ask again."
        ) from None
    return depth.messages if depth else 0
