"""What travels: models of requests, results, failures and events, and the names on the wire.

``_x.py`` is kernel, ``x.py`` is an integration.
"""

from contracts._errors import (
    CODES,
    AgentFault,
    BadUpstreamReply,
    CircuitOpen,
    Expired,
    Failure,
    Forbidden,
    IdempotencyConflict,
    Internal,
    InvalidRequest,
    LimitReached,
    NotConfigured,
    OperatorFault,
    OutcomeUnknown,
    ReplyTooLarge,
    UnknownOperation,
    UpstreamFault,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    WouldMissDeadline,
)
from contracts._model import Request, Result
from contracts._names import Names
from contracts._problem import Facts, FieldError, Outcome, Problem

__all__ = [
    "CODES",
    "AgentFault",
    "BadUpstreamReply",
    "CircuitOpen",
    "Expired",
    "Facts",
    "Failure",
    "FieldError",
    "Forbidden",
    "IdempotencyConflict",
    "Internal",
    "InvalidRequest",
    "LimitReached",
    "Names",
    "NotConfigured",
    "OperatorFault",
    "Outcome",
    "OutcomeUnknown",
    "Problem",
    "ReplyTooLarge",
    "Request",
    "Result",
    "UnknownOperation",
    "UpstreamFault",
    "UpstreamRejected",
    "UpstreamThrottled",
    "UpstreamUnauthorized",
    "UpstreamUnavailable",
    "WouldMissDeadline",
]
