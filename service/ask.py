"""One request, understood: from a message to an operation and its parameters, or a refusal."""

import difflib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from clients._call import Call
from clients._operation import Operation
from contracts import Facts, FieldError, InvalidRequest, Request, UnknownOperation
from service.access import Access
from service.envelope import Envelope, Incoming, Reader
from service.records import Key
from service.strict_json import NotJson, read_object


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
            raise unknown(envelope.operation, self.operations)
        self.access.permit(envelope.user, operation.name, operation.kind)
        if not envelope.named and operation.kind != "safe":
            raise _nameless(operation)
        params = parameters(message.body)
        request = validate(operation.request, params)
        call = Call(
            kind=operation.kind,
            timeout=operation.traits.timeout,
            user=envelope.user,
            key=f"{envelope.user}:{envelope.request_id}",
            cost=operation.cost(request),
        )
        return Ask(envelope, operation, request, call, fingerprint(operation.name, params))


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


def validate(model: type[Request[Any]], params: Mapping[str, Any]) -> Request[Any]:
    """Return the typed parameters.

    Raises:
        InvalidRequest: one entry for each wrong field.
    """
    try:
        return model.model_validate(params)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        told = tuple(
            FieldError(field=".".join(map(str, one["loc"])), message=one["msg"]) for one in found
        )
        said = "; ".join(f"{one.field or 'parameters'}: {one.message}" for one in told[:5])
        raise InvalidRequest(f"{model.operation}: {said}.", Facts(errors=told)) from None


def unknown(operation: str, known: Mapping[str, Any] | list[str]) -> UnknownOperation:
    """Return the failure that names the nearest operations."""
    near = difflib.get_close_matches(operation, list(known), n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(near)}?" if near else " `hub integrations` lists them all."
    return UnknownOperation(f"There is no operation {operation[:128]!r}.{hint}")


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
