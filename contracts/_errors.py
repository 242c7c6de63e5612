"""Why a request failed: one tree, split by whose move it is.

::

    Failure
    ├── AgentFault            the asker mends the request
    │   ├── InvalidRequest
    │   ├── UnknownOperation
    │   ├── Forbidden
    │   ├── IdempotencyConflict
    │   └── Expired
    ├── LimitReached          the asker waits
    │   └── WouldMissDeadline
    ├── OperatorFault         whoever runs the hub acts
    │   ├── NotConfigured
    │   └── UpstreamUnauthorized
    ├── UpstreamFault         the vendor said no, or nothing
    │   ├── UpstreamRejected
    │   ├── UpstreamUnavailable
    │   ├── UpstreamThrottled
    │   ├── CircuitOpen
    │   ├── BadUpstreamReply
    │   └── ReplyTooLarge
    ├── OutcomeUnknown        nobody knows whether it happened
    └── Internal              a bug of ours

The hub raises these, the wire carries them as RFC 9457 problems, the SDK and the command line
raise them again. Each leaf is one code of the wire.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, Self

from contracts._problem import PROBLEM_TYPE, Facts, Outcome, Problem


class Failure(Exception):
    """A request that did not succeed, and why."""

    code: ClassVar[str] = ""
    title: ClassVar[str] = "The request failed"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    unless: ClassVar[str] = ""
    """When `retryable` is the other way round."""
    outcome: ClassVar[Outcome] = "not_sent"
    others: ClassVar[Mapping[Outcome, str]] = {}
    """What else its outcome can be, and when."""
    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str = "", facts: Facts | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts = facts or Facts()

    def knowing(self, **more: object) -> Self:
        """Return the same failure with further facts; those already known stay."""
        known = self.facts.model_dump(exclude_unset=True)
        return type(self)(self.detail, Facts.model_validate(more | known))

    def problem(self) -> Problem:
        """Return what travels."""
        facts = self.facts
        return Problem(
            type=PROBLEM_TYPE + self.code,
            title=self.title,
            status=self.status,
            detail=self.detail,
            code=self.code,
            retryable=self.retryable if facts.retryable is None else facts.retryable,
            outcome=facts.outcome or self.outcome,
            **facts.model_dump(exclude={"retryable", "outcome"}),
        )

    @staticmethod
    def of(problem: Problem) -> "Failure":
        """Return the failure that a problem tells of; an unknown code is a plain `Failure`."""
        shared = problem.model_dump(include=set(Facts.model_fields))
        return CODES.get(problem.code, Failure)(problem.detail, Facts.model_validate(shared))


class AgentFault(Failure):
    """The asker has to change the request."""


class InvalidRequest(AgentFault):
    """The parameters are not this operation's."""

    code = "invalid_request"
    title = "The parameters do not fit the operation"
    status = 400
    exit_code = 2


class UnknownOperation(AgentFault):
    """No integration has an operation of this name."""

    code = "unknown_operation"
    title = "There is no such operation"
    status = 404
    exit_code = 2


class Forbidden(AgentFault):
    """This user may not call this operation."""

    code = "forbidden"
    title = "This user may not call this operation"
    status = 403


class IdempotencyConflict(AgentFault):
    """The request id was used before, for something else."""

    code = "idempotency_conflict"
    title = "This request id belongs to another request"
    status = 409


class Expired(AgentFault):
    """The deadline passed."""

    code = "expired"
    title = "The deadline passed"
    status = 504
    retryable = True
    unless = "the hub says that the outcome is `unknown`"
    others: ClassVar = {"sent": "after an attempt", "unknown": "where nobody saw how it ended"}
    exit_code = 3


class LimitReached(Failure):
    """The budget does not allow it now."""


class WouldMissDeadline(LimitReached):
    """The bucket cannot serve it in time, or its asker has used up what the access file allows."""

    code = "would_miss_deadline"
    title = "The limit cannot serve this before its deadline"
    status = 429
    retryable = True
    exit_code = 3


class OperatorFault(Failure):
    """Whoever runs the hub has to act."""


class NotConfigured(OperatorFault):
    """A key or an address is missing."""

    code = "not_configured"
    title = "This integration is not configured"
    status = 503


class UpstreamUnauthorized(OperatorFault):
    """The vendor refused the hub's key."""

    code = "upstream_unauthorized"
    title = "The upstream refused the hub's key"
    status = 502
    outcome = "sent"
    others: ClassVar = {"not_sent": "where it gave no token"}


class UpstreamFault(Failure):
    """The vendor said no, or nothing that could be used."""


class UpstreamRejected(UpstreamFault):
    """The vendor refused this call."""

    code = "upstream_rejected"
    title = "The upstream refused the call"
    status = 422
    outcome = "sent"


class UpstreamUnavailable(UpstreamFault):
    """The vendor could not be reached or failed."""

    code = "upstream_unavailable"
    title = "The upstream is unavailable"
    status = 503
    retryable = True
    others: ClassVar = {"sent": "after an attempt"}


class UpstreamThrottled(UpstreamFault):
    """The vendor still says "too many" at the deadline."""

    code = "upstream_throttled"
    title = "The upstream allows no more calls now"
    status = 429
    retryable = True
    exit_code = 3


class CircuitOpen(UpstreamFault):
    """The vendor is known to be down."""

    code = "circuit_open"
    title = "The upstream is known to be down"
    status = 503
    retryable = True


class BadUpstreamReply(UpstreamFault):
    """The vendor's answer does not fit the contract."""

    code = "bad_upstream_reply"
    title = "The upstream's answer does not fit the contract"
    status = 502
    unless = "the operation is `safe`"
    outcome = "sent"
    others: ClassVar = {"not_sent": "where it gave no token"}


class ReplyTooLarge(UpstreamFault):
    """The vendor's answer is larger than a reply may be."""

    code = "reply_too_large"
    title = "The upstream's answer is too large"
    status = 502
    unless = "the operation is `safe`"
    outcome = "sent"
    others: ClassVar = {"not_sent": "where it was to be a token"}


class OutcomeUnknown(Failure):
    """The call may or may not have happened; the hub never repeats it."""

    code = "outcome_unknown"
    title = "The call may or may not have happened"
    status = 502
    outcome = "unknown"
    exit_code = 4


class Internal(Failure):
    """A bug of the hub; the detail is an id to look up in its log."""

    code = "internal"
    title = "The hub failed"
    status = 500
    retryable = True
    unless = "the outcome is `unknown`"
    others: ClassVar = {"unknown": "where it may have been sent"}


def _leaves(parent: type[Failure]) -> dict[str, type[Failure]]:
    found = {parent.code: parent} if parent.code else {}
    for child in parent.__subclasses__():
        found |= _leaves(child)
    return found


CODES: Final[dict[str, type[Failure]]] = _leaves(Failure)
"""Each code of the wire and its class."""
