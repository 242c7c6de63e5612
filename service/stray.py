"""Requests that no integration's owner sees: unrouted ones, and what the broker dropped."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracts import Expired, Facts, Failure, Internal, NotConfigured, Outcome, OutcomeUnknown
from contracts._reading import no_such_operation
from service.amqp.delivery import Delivery
from service.answer import Answer, failed
from service.ask import Ask, Understanding
from service.envelope import Envelope, Incoming, Properties, Reader
from service.records import Records

_DEATH: Final = "x-death"
_DEATHS: Final = ("x-death", "x-first-death-", "x-last-death-")

Handle = Callable[[Delivery, Envelope], Awaitable[Answer]]


def unrouted(known: Mapping[str, Any]) -> Handle:
    """Return the handler for requests to integrations that nobody knows."""

    async def handle(_: Delivery, envelope: Envelope) -> Answer:
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

        Raises:
            DeadLetter: it must never be answered.
        """
        return self.reader.read(living(message), now)


def living(message: Incoming) -> Incoming:
    """Return the message without what its death added."""
    headers = {k: v for k, v in message.headers.items() if not k.lower().startswith(_DEATHS)}
    return _Mourned(message.body, message.routing_key, headers, message.properties, message.flaw)


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

    async def handle(self, delivery: Delivery, envelope: Envelope) -> Answer:
        """Return ``expired`` or ``internal``, unless the record knows better."""
        understanding = self.understandings.get(envelope.integration)
        if understanding is None:
            raise no_such_operation(envelope.operation, self.understandings)
        ask = understanding.ask(living(delivery), envelope)
        return await self._given_up(ask, expired=reason_of(delivery) == "expired")

    async def _given_up(self, ask: Ask, *, expired: bool) -> Answer:
        name = ask.operation.name
        if not ask.recorded:
            return failed(_reason(expired=expired, sent=False), name)
        taken = await self.records.claim(ask.key, ask.fingerprint, name)
        if taken.claim is None:
            return taken.answer or failed(_reason(expired=expired, sent=False), name)
        failure = _reason(expired=expired, sent=taken.sent)
        if taken.sent and ask.operation.kind == "unsafe":
            failure = ask.operation.unknown(OutcomeUnknown(failure.detail))
        return await self.records.done(taken.claim, failed(failure, name))


def _reason(*, expired: bool, sent: bool) -> Failure:
    outcome: Outcome = "unknown" if sent else "not_sent"
    if expired:
        text = "The message's own expiration passed while it waited in the broker."
        return Expired(text, Facts(outcome=outcome, retryable=not sent))
    text = "The hub was interrupted at this request again and again, and gives it up."
    return Internal(text, Facts(outcome=outcome, retryable=not sent))
