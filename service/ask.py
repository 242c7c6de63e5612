"""One request, understood: from a message to an operation and its parameters, or a refusal."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from clients._call import Call
from clients._operation import Operation
from contracts import Facts, FieldError, InvalidRequest, Request
from contracts._reading import no_such_operation, read_request
from service.envelope import Envelope, Incoming, Reader
from service.permission.access import Access
from service.record.records import Key
from service.strict_json import NotJson, read_object

_KEY: Final = 36
"""Characters of a vendor's idempotency key, as long as the UUIDs that all of them take."""


@dataclass(slots=True)
class Ask:
    """A request on its way."""

    envelope: Envelope
    operation: Operation
    request: Request[Any]
    call: Call
    fingerprint: bytes

    @property
    def key(self) -> Key:
        """Whose request, and which."""
        return Key(self.envelope.user, self.envelope.request_id)

    @property
    def recorded(self) -> bool:
        """Whether a record is kept of it."""
        return self.operation.kind != "safe" or self.envelope.keyed


@dataclass(frozen=True)
class Understanding:
    """Understands the requests for one integration."""

    operations: Mapping[str, Operation]
    """By full name."""
    reader: Reader
    access: Access

    def ask(self, message: Incoming, envelope: Envelope) -> Ask:
        """Return the request that a message carries.

        Raises:
            AgentFault: it is none, or this user may not make it.
        """
        self.reader.check(message, envelope)
        operation = self.operations.get(envelope.operation)
        if operation is None:
            raise no_such_operation(envelope.operation, self.operations)
        self.access.permit(envelope.user, operation.name, operation.kind)
        if not envelope.named and operation.kind != "safe":
            raise _nameless(operation)
        params = parameters(message.body)
        request = read_request(operation.request, params)
        call = Call(
            kind=operation.kind,
            timeout=operation.traits.timeout,
            user=envelope.user,
            key=_vendors_key(envelope),
            cost=operation.cost(request),
        )
        return Ask(envelope, operation, request, call, fingerprint(operation.name, params))


def _vendors_key(envelope: Envelope) -> str:
    """Return the vendor's idempotency key: the same for the same intent, and nobody's name."""
    whole = f"{envelope.user}\0{envelope.request_id}".encode()
    return hashlib.sha256(whole).hexdigest()[:_KEY]


def parameters(body: bytes) -> dict[str, Any]:
    """Return the parameters in a body.

    Raises:
        InvalidRequest: it is not one JSON object.
    """
    try:
        return read_object(body)
    except NotJson as error:
        told = FieldError(field="", message=str(error))
        raise InvalidRequest(str(error), Facts(errors=(told,))) from None


def fingerprint(operation: str, params: Mapping[str, Any]) -> bytes:
    """Return 32 bytes that are equal for equal operation and parameters."""
    canonical = orjson.dumps(params, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(operation.encode() + b"\0" + canonical).digest()


def _nameless(operation: Operation) -> InvalidRequest:
    message = (
        f"{operation.name} acts, so the request needs an id: set message_id, the same on repeats"
    )
    error = FieldError(field="message_id", message="required")
    return InvalidRequest(f"{message}.", Facts(errors=(error,)))
