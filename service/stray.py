"""Requests that no integration's owner sees: unrouted ones, and what the broker dropped."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from clients._clock import Clock
from clients._gate import HandedBack
from contracts import Expired, Facts, Failure, Internal, NotConfigured, OutcomeUnknown
from contracts._reading import no_such_operation
from service.amqp.delivery import Delivery
from service.answer import Answer, failed
from service.ask import Ask, Understanding
from service.envelope import Envelope, Incoming, Properties, Reader
from service.path import conflicting
from service.records import LastWord, Records

_DEATH: Final = "x-death"
_DEATHS: Final = ("x-death", "x-first-death-", "x-last-death-")

_LOOK: Final = 1.0
"""Seconds until the second look at a call that is under way; from look to look twice as many."""
_LONGEST_LOOK: Final = 8.0
_WHY: Final = {
    "expired": "The message's own expiration passed while it waited in the broker.",
    "delivery_limit": "The hub was interrupted at this request again and again, and gives it up.",
    "rejected": "A hub could neither answer this request nor keep it as a dead letter.",
}

Handle = Callable[[Delivery, Envelope], Awaitable[Answer]]


def unrouted(known: Mapping[str, Any], served: Collection[str] = ()) -> Handle:
    """Return the handler for requests that no queue took: integrations that nobody knows.

    Or one that is `served`, whose queue somebody has deleted: it is declared anew.
    """

    async def handle(_: Delivery, envelope: Envelope) -> Answer:
        if envelope.integration in served:
            raise Internal(
                f"The request queue of {envelope.integration} was not there; it is declared anew. "
                "Ask again."
            )
        if envelope.operation in known:
            text = f"No hub of this broker serves {envelope.integration}: see HUB_INTEGRATIONS."
            raise NotConfigured(text)
        raise no_such_operation(envelope.operation, known)

    return handle


@dataclass(frozen=True)
class _Mourned:
    """A dropped message as it was before the broker took it out of its queue."""

    body: bytes
    routing_key: str
    headers: Mapping[str, Any]
    properties: Properties
    flaw: str = field(default="")


@dataclass(frozen=True)
class DroppedReader:
    """Reads what comes from `hub.dropped`: its `x-death` is the broker's own, not an asker's."""

    reader: Reader

    def read(self, message: Incoming, now: float) -> Envelope:
        """Return the envelope that the asker wrote.

        What died anywhere but in a request queue was laundered into one: it keeps its `x-death`.

        Raises:
            DeadLetter: it must never be answered.
        """
        own = f"{self.reader.names.requests}."
        died = all(queue.startswith(own) for queue in _places(message))
        return self.reader.read(living(message) if died else message, now)


def living(message: Incoming) -> Incoming:
    """Return the message without what its death added."""
    headers = {k: v for k, v in message.headers.items() if not k.lower().startswith(_DEATHS)}
    return _Mourned(message.body, message.routing_key, headers, message.properties, message.flaw)


def _places(message: Incoming) -> list[str]:
    """Return the queues in which it died."""
    deaths = message.headers.get(_DEATH)
    tables = deaths if isinstance(deaths, list) else []
    return [str(one.get("queue", "")) if isinstance(one, dict) else "" for one in tables]


def reason_of(message: Incoming) -> str:
    """Return why the broker dropped it, in its words: ``expired``, ``delivery_limit`` or others."""
    deaths = message.headers.get(_DEATH)
    newest = deaths[0] if isinstance(deaths, list) and deaths else {}
    return str(newest.get("reason", "")) if isinstance(newest, dict) else ""


@dataclass(frozen=True)
class Dropped:
    """Answers what the broker took out of a request queue."""

    understandings: Mapping[str, Understanding]
    """By integration."""
    records: Records
    clock: Clock
    played: Collection[str] = ()
    """The integrations that this hub answers from recordings."""

    async def handle(self, delivery: Delivery, envelope: Envelope) -> Answer:
        """Return ``expired`` or ``internal``, unless the record knows better.

        Raises:
            HandedBack: its channel closed while a call with its id was under way.
        """
        understanding = self.understandings.get(envelope.integration)
        if understanding is None:
            raise no_such_operation(envelope.operation, self.understandings)
        ask = understanding.ask(living(delivery), envelope)
        reason = reason_of(delivery)
        if not ask.recorded:
            return failed(_failure(reason, sent=reason == "rejected"), ask.operation.name)
        look = _LOOK
        while (answer := await self._given_up(ask, reason)) is None:
            if not delivery.unsettled:
                raise HandedBack
            await self.clock.sleep(look)
            look = min(2 * look, _LONGEST_LOOK)
        return answer

    async def _given_up(self, ask: Ask, reason: str) -> Answer | None:
        """Return what counts; None while another delivery of the request may be under way.

        That one's outcome is the answer to both: two that differ would leave the asker in doubt.
        """
        operation = ask.operation
        unsent, sent = (_failure(reason, sent=one) for one in (False, True))
        if operation.kind == "unsafe":
            sent = operation.unknown(OutcomeUnknown(sent.detail))
        last = LastWord(
            failed(unsent, operation.name),
            failed(sent, operation.name),
            operation.traits.timeout,
        )
        sandbox = ask.envelope.integration in self.played
        taken = await self.records.give_up(
            ask.key, ask.fingerprint, operation.name, last, sandbox=sandbox
        )
        if taken and taken.conflict:
            return conflicting(ask)
        return taken.answer if taken else None


def _failure(reason: str, *, sent: bool) -> Failure:
    """Return what table 3.3 of the design has for it: only `internal` may be unknown."""
    if reason == "expired":
        return Expired(_WHY[reason], Facts(outcome="sent" if sent else "not_sent"))
    text = _WHY.get(reason, f"The broker took the request out of its queue: {reason or 'unsaid'}.")
    return Internal(text, Facts(outcome="unknown" if sent else "not_sent", retryable=not sent))
