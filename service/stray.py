"""Requests that no integration's owner sees: unrouted ones, and what the broker dropped."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
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
from service.record.records import LastWord, Records, Taken

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
class _Strays:
    """Answers requests that nobody is going to run, by what the record has of them."""

    understandings: Mapping[str, Understanding]
    """By integration."""
    records: Records
    clock: Clock
    played: Collection[str] = ()
    """The integrations that this hub answers from recordings."""

    async def _ended(self, delivery: Delivery, ask: Ask, unsent: Failure, sent: Failure) -> Answer:
        """Return what counts; that of another delivery of the request that may be under way.

        Two outcomes that differ would leave the asker in doubt.

        Raises:
            HandedBack: its channel closed while a call with its id was under way.
        """
        operation, look = ask.operation, _LOOK
        if operation.kind == "unsafe":
            sent = operation.unknown(OutcomeUnknown(sent.detail))
        last = LastWord(
            failed(unsent, operation.name),
            failed(sent, operation.name),
            operation.traits.timeout,
        )
        while (taken := await self._given_up(ask, last)) is None:
            if not delivery.unsettled:
                raise HandedBack
            await self.clock.sleep(look)
            look = min(2 * look, _LONGEST_LOOK)
        if taken.conflict or not taken.answer:
            return conflicting(ask)
        return replace(taken.answer, acknowledged=partial(self.records.acknowledged, ask.key))

    async def _given_up(self, ask: Ask, last: LastWord) -> Taken | None:
        sandbox = ask.envelope.integration in self.played
        return await self.records.give_up(
            ask.key, ask.fingerprint, ask.operation.name, last, sandbox=sandbox
        )


@dataclass(frozen=True)
class Unrouted(_Strays):
    """Answers what no queue took, and what waits in a queue that no hub serves any more."""

    served: Collection[str] = ()
    """The integrations that this hub serves: if unrouted, somebody has deleted their queue."""

    async def handle(self, delivery: Delivery, envelope: Envelope) -> Answer:
        """Return what the record has.

        Raises:
            NotConfigured: no hub serves the integration.
            Internal: this one does.
            HandedBack: its channel closed while a call with its id was under way.
        """
        understanding = self.understandings.get(envelope.integration)
        if understanding is None:
            known = (name for one in self.understandings.values() for name in one.operations)
            raise no_such_operation(envelope.operation, known)
        ask = understanding.ask(delivery, envelope)
        unsent = self._unserved(envelope.integration)
        if not ask.recorded:
            raise unsent
        sent = f"{unsent.detail} A hub had sent this call, and has not told how it ended."
        facts = Facts(outcome="unknown", retryable=False)
        return await self._ended(delivery, ask, unsent, Internal(sent, facts))

    def _unserved(self, integration: str) -> Failure:
        if integration in self.served:
            return Internal(
                f"The request queue of {integration} was not there; it is declared anew. "
                "Ask again, with a new id."
            )
        return NotConfigured(f"No hub of this broker serves {integration}: see HUB_INTEGRATIONS.")


@dataclass(frozen=True)
class Dropped(_Strays):
    """Answers what the broker took out of a request queue."""

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
        unsent, sent = (_failure(reason, sent=one) for one in (False, True))
        return await self._ended(delivery, ask, unsent, sent)


def _failure(reason: str, *, sent: bool) -> Failure:
    """Return what table 3.3 of the design has for it: only `internal` may be unknown."""
    if reason == "expired":
        return Expired(_WHY[reason], Facts(outcome="sent" if sent else "not_sent"))
    text = _WHY.get(reason, f"The broker took the request out of its queue: {reason or 'unsaid'}.")
    return Internal(text, Facts(outcome="unknown" if sent else "not_sent", retryable=not sent))
