"""Whether a dead letter may be replayed, and what would come of it: pure.

What acts is never done twice, so the record of calls decides. Where the record cannot know any
more, the answer is no.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from contracts import AgentFault, OutcomeUnknown
from contracts import _names as wire
from contracts._dead_letters import REASONS
from contracts._reading import no_such_operation
from service.amqp.message import Message
from service.ask import Ask, Understanding
from service.dead.letter import Letter
from service.envelope import DeadLetter, Properties, Reader
from service.record.records import KEPT, Known

Will = Literal["call", "deliver", "refuse"]

_DOUBT: Final = (
    "It may or may not have happened, and a replay could do it twice. Look at the service itself, "
    "then drop the letter; if it has to be done, ask with a new request id."
)
_FORGOTTEN: Final = (
    "Its outcome is not on record, so a replay could do it twice. If it has to be done, ask with a "
    "new request id; then drop the letter."
)
_OTHERS: Final = "Its request id was used for another request since. Ask with a new one, drop this."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay would do, and the sentence that says so."""

    will: Will
    sentence: str
    code: str = ""
    """``outcome_unknown`` where that is why it is refused."""


@dataclass(frozen=True, slots=True)
class Resent:
    """The replayed request, as the hub that takes it will see it."""

    message: Message
    routing_key: str
    flaw: str = field(default="")

    @property
    def body(self) -> bytes:
        """The parameters, as the asker sent them."""
        return self.message.body

    @property
    def headers(self) -> Mapping[str, Any]:
        """All headers."""
        return self.message.headers

    @property
    def properties(self) -> Properties:
        """AMQP's own."""
        return self.message.properties()


def again(letter: Letter, own_user: str, reply_to: str | None) -> Resent:
    """Return the request of a letter, made again for who asked first."""
    headers = {**letter.carried, wire.REQUEST_ID_HEADER: letter.key, wire.FOR_HEADER: letter.user}
    message = Message(
        body=letter.body,
        headers=headers,
        correlation_id=letter.correlation_id or letter.key,
        user_id=own_user,
        reply_to=reply_to,
    )
    return Resent(message, letter.operation)


@dataclass(frozen=True)
class Judge:
    """Knows what may be asked today, and by whom."""

    reader: Reader
    understandings: Mapping[str, Understanding]
    """By integration."""

    def may_reply(self, resent: Resent) -> bool:
        """Return whether the reply may go where the request says."""
        try:
            self.reader.read(resent, 0.0)
        except DeadLetter:
            return False
        return True

    def understood(self, letter: Letter, resent: Resent) -> Ask | Verdict:
        """Return the request as the hub understands it today, or why it is not replayed."""
        reason = REASONS.get(letter.reason)
        if reason is None or not reason.replayable:
            return Verdict("refuse", f"It is never replayed. {_advice(letter)}")
        if letter.outcome == OutcomeUnknown.code:
            return Verdict("refuse", _DOUBT, OutcomeUnknown.code)
        understanding = self.understandings.get(letter.integration)
        try:
            if understanding is None:
                raise no_such_operation(letter.operation, self.understandings)
            return understanding.ask(resent, self.reader.read(resent, 0.0))
        except (AgentFault, DeadLetter) as error:
            return Verdict("refuse", f"It would be refused today: {error}")


def judged(letter: Letter, ask: Ask, known: Known | None, now: float) -> Verdict:
    """Return what a replay would do, from what the record says of the request now.

    `now` is in seconds since 1970.
    """
    if known and known.fingerprint != ask.fingerprint:
        return Verdict("refuse", _OTHERS)
    if known and known.answer is not None:
        return _kept(known)
    if ask.operation.kind == "safe":
        return Verdict("call", "It reads again, within the limit.")
    if known and known.state == "sent" and ask.operation.kind == "unsafe":
        return Verdict("refuse", _DOUBT, OutcomeUnknown.code)
    if known is None and (letter.outcome or now - _moment(letter.at) > KEPT):
        return Verdict("refuse", _FORGOTTEN)
    return Verdict("call", "It was not done; it is called within the limit.")


def _kept(known: Known) -> Verdict:
    answer = known.answer
    if answer is None or answer.ok:
        return Verdict("deliver", "Its kept result is delivered; nothing is called.")
    problem = answer.problem()
    if problem.outcome == "unknown":
        return Verdict("refuse", _DOUBT, OutcomeUnknown.code)
    return Verdict("deliver", f"Its kept failure, {problem.code}, is delivered; nothing is called.")


def _advice(letter: Letter) -> str:
    reason = REASONS.get(letter.reason)
    return reason.do if reason else "No hub of this version wrote it: look at it, and drop it."


def _moment(text: str) -> float:
    """Return seconds since 1970; long ago where the text is no time."""
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        return 0.0
