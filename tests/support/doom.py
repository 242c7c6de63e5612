"""`hub serve` that kills itself (SIGKILL) on a request's way, at a named point.

::

    hub.doom = Doom("after-claim", 3)      # a `HubProcess`: at the third that comes there
    hub.doom = Doom("after-sent", 4, together=True)   # once four stand there at once
    hub.doom = Doom("before-ack", of="r-7")           # at the first whose id begins so
    hub.doom = None                        # from the next start on it lives

The points, in the order in which a request comes to them that is recorded (all that acts, and a
read with an ``idempotency-key``); a plain read comes to the two around its reply only:

``before-record``   delivered; nothing is on record of this run
``after-claim``     on record as claimed
``after-sent``      on record as sent; nothing of it has been written to a socket
``after-response``  the upstream has answered, or the call has failed; the outcome is not on record
``after-done``      the outcome is on record
``before-reply``    about to publish the reply, or the dead letter
``after-reply``     the broker has confirmed it; ``before-ack`` is another word for the same
``after-ack``       the ack is given to the connection; whether the broker gets it is open

What never leaves the hub (a refusal, a conflict) skips the points between. To come to a point
again counts again: as a redelivery does, as a call does that has lost its claim.
"""

import asyncio
import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, cast, get_args

from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.answer import Answer
from service.app import Hub
from service.process import run
from service.record.records import Claim, Key, LastWord, Records, Taken
from service.settings import load_settings
from service.witness import Witness

Point = Literal[
    "before-record",
    "after-claim",
    "after-sent",
    "after-response",
    "after-done",
    "before-reply",
    "after-reply",
    "before-ack",
    "after-ack",
]
POINTS: Final[tuple[Point, ...]] = get_args(Point)
_SAME: Final[dict[Point, Point]] = {"before-ack": "after-reply"}
_PR_SET_PDEATHSIG: Final = 1


@dataclass
class Doom:
    """Where a hub dies, and at which coming there, from 1.

    With `together` those that come before wait there for the last: all of them are in the same
    state when the hub dies.
    """

    point: Point
    nth: int = 1
    of: str = ""
    """How the ids begin that count: request ids, and correlation ids of replies."""
    together: bool = False

    def __post_init__(self) -> None:
        self.point = _SAME.get(self.point, self.point)
        self._left = self.nth

    @property
    def command(self) -> list[str]:
        """What a process is started with that this befalls."""
        words = [self.point, str(self.nth), self.of, *["together"] * self.together]
        return [sys.executable, "-m", "tests.support.doom", *words]

    def strike(self, point: Point, id_: str) -> bool:
        """Die if this is where and when; return whether this is where."""
        if point != self.point or not id_.startswith(self.of):
            return False
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    async def come(self, point: Point, id_: str) -> None:
        """Come to a point, and perhaps no further."""
        if self.strike(point, id_) and self.together:
            await asyncio.Event().wait()


class DoomedRecords:
    """A record of calls whose hub comes to points around each step."""

    def __init__(self, inner: Records, doom: Doom) -> None:
        self.inner = inner
        self.doom = doom
        self.store_id = inner.store_id

    @property
    def trouble(self) -> str:
        return self.inner.trouble

    async def claim(
        self,
        key: Key,
        fingerprint: bytes,
        operation: str,
        *,
        sandbox: bool = False,
        young: float = 0.0,
    ) -> Taken:
        await self.doom.come("before-record", key.request_id)
        taken = await self.inner.claim(key, fingerprint, operation, sandbox=sandbox, young=young)
        if taken.claim:
            await self.doom.come("after-claim", key.request_id)
        return taken

    async def sending(self, claim: Claim) -> None:
        await self.inner.sending(claim)
        await self.doom.come("after-sent", claim.key.request_id)

    async def unsent(self, claim: Claim) -> None:
        await self.inner.unsent(claim)

    async def done(self, claim: Claim, answer: Answer) -> Answer:
        await self.doom.come("after-response", claim.key.request_id)
        counted = await self.inner.done(claim, answer)
        await self.doom.come("after-done", claim.key.request_id)
        return counted

    def acknowledged(self, key: Key) -> None:
        self.doom.strike("after-ack", key.request_id)
        self.inner.acknowledged(key)

    async def give_up(
        self, key: Key, fingerprint: bytes, operation: str, last: LastWord, *, sandbox: bool
    ) -> Taken | None:
        return await self.inner.give_up(key, fingerprint, operation, last, sandbox=sandbox)

    async def aclose(self) -> None:
        await self.inner.aclose()


class DoomedPublisher(Publisher):
    """Sends replies and dead letters with points around each."""

    doom: Doom

    async def publish_until(
        self,
        exchange: str,
        key: str,
        message: Message,
        until: Until,
        *,
        mandatory: bool = True,
    ) -> None:
        id_ = message.correlation_id or ""
        await self.doom.come("before-reply", id_)
        await super().publish_until(exchange, key, message, until, mandatory=mandatory)
        await self.doom.come("after-reply", id_)


@dataclass
class Doomsayer(Witness):
    """Stands between the hub and what remembers for it."""

    doom: Doom

    def records(self, records: Records) -> Records:
        return DoomedRecords(records, self.doom)

    def publisher(self, link: Link) -> Publisher:
        publisher = DoomedPublisher(link)
        publisher.doom = self.doom
        return publisher


def main(point: str, nth: str, of: str, *together: str) -> None:
    if sys.platform == "linux":  # the hub ends when its test does
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    doom = Doom(cast("Point", point), int(nth), of, bool(together))
    run(load_settings(), _quietly, partial(Hub, witness=Doomsayer(doom)))


def _quietly(_: Any) -> None:  # noqa: ANN401  (nobody reads where it is)
    pass


if __name__ == "__main__":
    main(*sys.argv[1:])
