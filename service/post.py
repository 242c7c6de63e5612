"""What leaves the consumer's edge: replies, progress and dead letters; and only then the ack."""

import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import structlog

from clients._clock import Clock
from contracts import Names
from contracts import _names as wire
from service.amqp.delivery import Delivery
from service.amqp.errors import NotPublished, Refused, Unroutable, Unsendable
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.answer import Answer, accepted, final, now_text
from service.dead.letter import epitaph
from service.envelope import DeadLetter, Envelope
from service.metrics import Metrics
from service.settle import Published, after, route

REPLY_WITHIN: Final = 60.0
"""Seconds for which a message is offered before the log tells that the broker says nothing."""
FULL_WITHIN: Final = 3.0
"""Seconds for which a reply is offered to a full queue; its request holds a place in the window."""
_FULL_KNOWN: Final = 30.0
"""Seconds for which no call is made whose reply would go to a queue that stayed full."""
_FULL_AGAIN: Final = 60.0
"""Seconds for which such a queue is offered each reply only once."""
_MOST_FULL: Final = 1024

REASON_OF: Final[Mapping[Published, str]] = {
    "refused": "reply_refused",
    "unroutable": "reply_unroutable",
    "unsendable": "reply_unsendable",
}

log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """What is needed to send replies and dead letters."""

    publisher: Publisher
    names: Names
    source: str
    clock: Clock
    metrics: Metrics
    full: dict[str, float] = field(default_factory=dict)
    """Where replies were refused to the end, and when that was last."""

    def is_full(self, envelope: Envelope) -> bool:
        """Return whether the queue for this asker's reply refused one to the end of late."""
        if not self.full:
            return False
        return self._full_for(route(envelope, self.names).key) < _FULL_KNOWN

    async def reply(self, delivery: Delivery, envelope: Envelope, answer: Answer) -> None:
        """Publish the outcome, then settle the request as `settle.after` says."""
        became: Published = "unconfirmed"
        why = ""
        while became == "unconfirmed" and delivery.unsettled:
            became, why = await self._offer(envelope, final(answer, envelope, self.source))
        move = after(became, asked_for=envelope.reply_to is not None)
        if move == "dead_letter":
            outcome = "ok" if answer.ok else answer.problem().code
            await self.bury(delivery, DeadLetter(REASON_OF[became], why, outcome), envelope.user)
        elif move == "ack":
            if became == "unroutable":
                self.metrics.unheard()
            if delivery.ack():
                answer.acknowledged()

    async def bury(self, delivery: Delivery, why: DeadLetter, user: str) -> None:
        """Publish a dead letter, then acknowledge; the broker takes it where we cannot.

        An outcome that could not be delivered is not noted as heard: who replays the dead letter
        gets it, and does not act again (`service.record.store.KEPT_UNHEARD`).
        """
        message = Message(
            body=delivery.body,
            headers=epitaph(delivery, why, user) | self._attributes(why),
            correlation_id=_short(delivery.properties.correlation_id),
        )
        self.metrics.dead(why.reason)
        while delivery.unsettled:
            last = self.clock.now() + REPLY_WITHIN
            try:
                await self.publisher.publish_until(
                    self.names.dead,
                    _short(delivery.routing_key),
                    message,
                    Until(last),
                )
            except (Unsendable, Unroutable):
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

    async def _offer(self, envelope: Envelope, message: Message) -> tuple[Published, str]:
        to = route(envelope, self.names)
        now, known = self.clock.now(), self._full_for(to.key) < _FULL_AGAIN
        until = Until(now + REPLY_WITHIN, now if known else now + FULL_WITHIN)
        try:
            await self.publisher.publish_until(
                to.exchange, to.key, message, until, mandatory=to.mandatory
            )
        except Unroutable as error:
            return "unroutable", str(error)
        except Unsendable as error:
            return "unsendable", str(error)
        except Refused as error:
            self._note_full(to.key)
            return "refused", str(error)
        except NotPublished as error:
            log.warning("reply_unconfirmed", operation=envelope.operation, reason=str(error))
            return "unconfirmed", str(error)
        self.full.pop(to.key, None)
        return "confirmed", ""

    def _full_for(self, key: str) -> float:
        return self.clock.now() - self.full.get(key, -math.inf)

    def _note_full(self, key: str) -> None:
        """Offer replies to this address only once each, for some time."""
        self.full.pop(key, None)
        self.full[key] = self.clock.now()
        if len(self.full) > _MOST_FULL:
            del self.full[next(iter(self.full))]

    def _attributes(self, why: DeadLetter) -> dict[str, str]:
        return {
            wire.SPECVERSION_HEADER: "1.0",
            wire.ID_HEADER: secrets.token_hex(16),
            wire.SOURCE_HEADER: self.source,
            wire.TYPE_HEADER: f"hub.dead.{why.reason}.v1",
            wire.TIME_HEADER: now_text(),
        }


def _short(text: str | None) -> str:
    """Return a key or an id that AMQP takes: mended bytes take four times their room."""
    return (text or "").encode()[: wire.LONGEST_NAME].decode(errors="ignore")
