"""The consumer's edge: every delivery gets its reply or its dead letter, and only then its ack."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from clients._clock import Clock
from clients._gate import HandedBack
from contracts import Failure, Names
from contracts import _names as wire
from service.answer import Answer, accepted, bug, failed, final
from service.ask import Ask
from service.bus import NotPublished, Unroutable, Unsendable
from service.delivery import Delivery
from service.envelope import DeadLetter, Envelope, Incoming
from service.message import Message
from service.metrics import Metrics
from service.publisher import Publisher
from service.records import Key
from service.settle import after, route

REPLY_WITHIN: Final = 60.0
"""Seconds for which a reply is offered to a broker that does not take it."""

_DETAIL_CUT: Final = 500


class Reads(Protocol):
    """Reads envelopes: `envelope.Reader`, or what undoes a message's death first."""

    def read(self, message: Incoming, now: float) -> Envelope:
        """Return the envelope.

        Raises:
            DeadLetter: it must never be answered.
        """
        ...


Handle = Callable[[Delivery, Envelope], Awaitable[Answer]]

log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """What is needed to send replies and dead letters."""

    publisher: Publisher
    names: Names
    source: str
    clock: Clock
    metrics: Metrics

    async def reply(self, delivery: Delivery, envelope: Envelope, answer: Answer) -> None:
        """Publish the outcome, then settle the request."""
        to = route(envelope, self.names)
        message = final(answer, envelope, self.source)
        give_up_at = self.clock.now() + REPLY_WITHIN
        try:
            await self.publisher.publish_until(
                to.exchange, to.key, message, give_up_at=give_up_at, mandatory=to.mandatory
            )
        except (Unroutable, Unsendable) as error:
            await self.bury(delivery, DeadLetter("reply_unroutable", str(error)), envelope.user)
        except NotPublished as error:
            log.warning("reply_unconfirmed", operation=envelope.operation, reason=str(error))
            if after("unconfirmed") == "leave":
                return
        else:
            delivery.ack()

    async def bury(self, delivery: Delivery, why: DeadLetter, user: str) -> None:
        """Publish a dead letter, then acknowledge; the broker takes it where we cannot."""
        message = Message(body=delivery.body, headers=_epitaph(delivery, why, user))
        give_up_at = self.clock.now() + REPLY_WITHIN
        self.metrics.dead(why.reason)
        try:
            await self.publisher.publish_until(
                self.names.dead, delivery.routing_key, message, give_up_at=give_up_at
            )
        except Unsendable:
            delivery.reject()
        except NotPublished as error:
            log.warning("dead_letter_unconfirmed", reason=why.reason, detail=str(error))
        else:
            delivery.ack()

    async def promise(self, envelope: Envelope, place: int, eta: float) -> None:
        """Say where in the window a request stands; nobody waits for it."""
        to = route(envelope, self.names)
        message = accepted(envelope, self.source, place, eta)
        try:
            await self.publisher.publish(to.exchange, to.key, message, mandatory=False)
        except NotPublished as error:
            log.debug("progress_dropped", reason=str(error))


class Desk:
    """Takes deliveries and sees each of them through, in tasks of the hub's own.

    aiormq cancels whatever runs in its callback when a channel closes, in the middle of a call;
    so nothing does. A redelivery of what still runs joins it.
    """

    def __init__(self, post: Post, reader: Reads, handle: Handle) -> None:
        self._post = post
        self._reader = reader
        self._handle = handle
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """How many deliveries are under way."""
        return len(self._tasks)

    def take(self, delivery: Delivery) -> None:
        """See a delivery through."""
        self._begin(self._see_through(delivery))

    def promise(self, envelope: Envelope, place: int, eta: float) -> None:
        """Tell an asker where its request stands; nobody waits for that."""
        self._begin(self._post.promise(envelope, place, eta))

    async def drain(self, within: float) -> None:
        """Wait for what is under way; what takes longer is given up, unanswered."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=within)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _see_through(self, delivery: Delivery) -> None:
        post = self._post
        try:
            envelope = self._reader.read(delivery, post.clock.wall())
        except DeadLetter as why:
            log.info("dead_letter", reason=why.reason, key=delivery.routing_key)
            await post.bury(delivery, why, delivery.properties.user_id or wire.NOBODY)
            return
        began = post.clock.now()
        try:
            answer = await self._answer(delivery, envelope)
        except HandedBack:
            return
        post.metrics.answered(envelope.operation, answer, post.clock.now() - began)
        await post.reply(delivery, envelope, answer)

    async def _answer(self, delivery: Delivery, envelope: Envelope) -> Answer:
        try:
            return await self._handle(delivery, envelope)
        except HandedBack:
            raise
        except Failure as failure:
            return failed(failure, envelope.operation)
        except Exception:  # noqa: BLE001  (the consumer's edge: a bug costs one request)
            return failed(bug(envelope.operation, doubt=True), envelope.operation)


class Running:
    """What runs now, by user and request id: a second delivery of it joins the first."""

    def __init__(self, run: Callable[[Ask], Awaitable[Answer]]) -> None:
        self._run = run
        self._asks: dict[Key, tuple[bytes, asyncio.Future[Answer]]] = {}

    async def answer(self, ask: Ask) -> Answer:
        """Return the answer of this ask, or of its twin that runs already."""
        if not ask.envelope.named:
            return await self._run(ask)
        twin = self._asks.get(ask.key)
        if twin is None:
            return await self._lead(ask)
        if twin[0] != ask.fingerprint:
            return await self._run(ask)
        try:
            return (await asyncio.shield(twin[1])).again("coalesced")
        except HandedBack:
            return await self.answer(ask)

    async def _lead(self, ask: Ask) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asks[ask.key] = (ask.fingerprint, future)
        try:
            answer = await self._run(ask)
        except BaseException:
            future.set_exception(HandedBack())
            future.exception()  # nobody may be waiting for it
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._asks[ask.key]


def _epitaph(delivery: Delivery, why: DeadLetter, user: str) -> dict[str, str]:
    key = delivery.headers.get(wire.REQUEST_ID_HEADER)
    found = {
        wire.REASON_HEADER: why.reason,
        wire.DETAIL_HEADER: why.detail[:_DETAIL_CUT],
        wire.USER_HEADER: user,
        wire.MESSAGE_HEADER: delivery.properties.message_id or "",
        wire.REQUEST_ID_HEADER: key
        if isinstance(key, str)
        else delivery.properties.message_id or "",
    }
    return {name: value for name, value in found.items() if value}
