"""The consumer's edge: every delivery gets its reply or its dead letter, and only then its ack."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Final, Protocol

import structlog

from clients._gate import HandedBack
from contracts import Failure
from contracts import _names as wire
from service.amqp.consumer import Full
from service.amqp.delivery import Delivery
from service.answer import Answer, bug, failed
from service.envelope import DeadLetter, Envelope, Incoming
from service.memory import Memory, Share
from service.post import Post


class Reads(Protocol):
    """Reads envelopes: `envelope.Reader`, or what undoes a message's death first."""

    def read(self, message: Incoming, now: float) -> Envelope:
        """Return the envelope.

        Raises:
            DeadLetter: it must never be answered.
        """
        ...


NOT_CALLED: Final = "The queue for the reply is full, so the call was not made. Empty it, replay."

_ASKED_AGAIN: Final = 1.0
"""Seconds after which a request is tried again that stays here although it was handed back."""

Handle = Callable[[Delivery, Envelope], Awaitable[Answer]]
_Work = tuple[float, int]
"""When it began, and the bytes of its body."""

log = structlog.get_logger()


class Desk:
    """Takes deliveries and sees each of them through, in tasks of the hub's own.

    aiormq cancels whatever runs in its callback when a channel closes, in the middle of a call;
    so nothing does. What has left then runs on, and its redelivery joins it; the rest is dropped,
    for its redelivery takes its place.
    """

    def __init__(
        self, post: Post, reader: Reads, handle: Handle, memory: Memory | None = None
    ) -> None:
        self._post = post
        self._reader = reader
        self._handle = handle
        self._share = Share(memory or Memory())
        self._tasks: dict[asyncio.Task[None], _Work] = {}

    def __len__(self) -> int:
        """How many deliveries are under way."""
        return len(self._tasks)

    @property
    def age(self) -> float:
        """Seconds since the oldest that is under way was taken; 0 if none is."""
        oldest = next(iter(self._tasks.values()), None)
        return self._post.clock.now() - oldest[0] if oldest else 0.0

    @property
    def silent(self) -> float:
        """Seconds for which the broker has said nothing of replies, or of anything that left."""
        return self._post.publisher.silent

    def take(self, delivery: Delivery) -> None:
        """See a delivery through.

        Raises:
            Full: there is no memory for it now.
        """
        size = len(delivery.body)
        if not self._share.take(size):
            raise Full(len(self._tasks), self.emptied)
        self._begin(self._see_through(delivery), size)

    async def emptied(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def promise(self, envelope: Envelope, place: int, eta: float) -> None:
        """Tell an asker where its request stands; nobody waits for that."""
        self._begin(self._post.promise(envelope, place, eta))

    async def drained(self, within: float | None = None) -> bool:
        """Wait for what is under way now; return whether all of it ended in time."""
        if not self._tasks:
            return True
        _, late = await asyncio.wait(self._tasks, timeout=within)
        return not late

    async def give_up(self) -> None:
        """End what is under way, unanswered."""
        late = list(self._tasks)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def _begin(self, work: Coroutine[Any, Any, None], size: int = 0) -> None:
        task = asyncio.create_task(work)
        self._tasks[task] = self._post.clock.now(), size
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        _, size = self._tasks.pop(task)
        self._share.give_back(size)

    async def _see_through(self, delivery: Delivery) -> None:
        post, user = self._post, delivery.properties.user_id or wire.NOBODY
        try:
            envelope = self._reader.read(delivery, post.clock.wall())
            user = envelope.user  # whose record a replay asks
            await self._settle(delivery, envelope)
        except DeadLetter as why:
            log.info("dead_letter", reason=why.reason, key=delivery.routing_key)
            await post.bury(delivery, why, user)
        except Exception:  # the consumer's edge: a bug costs one request, which is buried
            log.exception("bug", key=delivery.routing_key)
            bug_letter = DeadLetter("internal", "A bug of the hub; its log has the rest.")
            await post.bury(delivery, bug_letter, user)

    async def _settle(self, delivery: Delivery, envelope: Envelope) -> None:
        post = self._post
        began = post.clock.now()
        try:
            with _given_up(delivery) if not envelope.named else contextlib.nullcontext():
                answer = await self._answered(delivery, envelope)
        except HandedBack:
            delivery.requeue()
            return
        post.metrics.answered(envelope.operation, answer, post.clock.now() - began)
        await post.reply(delivery, envelope, answer)

    async def _answered(self, delivery: Delivery, envelope: Envelope) -> Answer:
        """Return the answer; who handed it back, while it goes back to nobody, is asked again.

        Raises:
            HandedBack: it goes back to the queue.
            DeadLetter: its reply would find no room.
        """
        while True:
            try:
                return await self._answer(delivery, envelope)
            except HandedBack:
                if not delivery.unsettled:
                    raise
                if self._post.is_full(envelope):
                    raise DeadLetter("reply_refused", NOT_CALLED) from None
                if delivery.recall.done():
                    raise
            await self._post.clock.sleep(_ASKED_AGAIN)

    async def _answer(self, delivery: Delivery, envelope: Envelope) -> Answer:
        if self._post.is_full(envelope):
            raise HandedBack
        try:
            return await self._handle(delivery, envelope)
        except HandedBack:
            raise
        except Failure as failure:
            return failed(failure, envelope.operation)
        except Exception:  # noqa: BLE001  (the consumer's edge: a bug costs one request)
            return failed(bug(envelope.operation, doubt=True), envelope.operation)


@contextlib.contextmanager
def _given_up(delivery: Delivery) -> Iterator[None]:
    """End what runs here once it cannot be answered: no redelivery joins what has no id."""
    task = asyncio.current_task()

    def end(_: object) -> None:
        if task:
            task.cancel()

    delivery.lost.add_done_callback(end)
    try:
        yield
    finally:
        delivery.lost.remove_done_callback(end)
