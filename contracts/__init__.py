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
from contracts._events import (
    DidEvent,
    HealthEvent,
    LifeEvent,
    LimitEvent,
    OwnsEvent,
    UpstreamHealth,
)
from contracts._model import Request, Result
from contracts._names import Names
from contracts._problem import Facts, FieldError, Outcome, Problem

__all__ = [
    "CODES",
    "AgentFault",
    "BadUpstreamReply",
    "CircuitOpen",
    "DidEvent",
    "Expired",
    "Facts",
    "Failure",
    "FieldError",
    "Forbidden",
    "HealthEvent",
    "IdempotencyConflict",
    "Internal",
    "InvalidRequest",
    "LifeEvent",
    "LimitEvent",
    "LimitReached",
    "Names",
    "NotConfigured",
    "OperatorFault",
    "Outcome",
    "OutcomeUnknown",
    "OwnsEvent",
    "Problem",
    "ReplyTooLarge",
    "Request",
    "Result",
    "UnknownOperation",
    "UpstreamFault",
    "UpstreamHealth",
    "UpstreamRejected",
    "UpstreamThrottled",
    "UpstreamUnauthorized",
    "UpstreamUnavailable",
    "WouldMissDeadline",
]
