"""What came back: final outcomes and progress, told apart by their headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import orjson
from pydantic import ValidationError

from contracts import BadUpstreamReply, Facts, Failure, Internal, Problem, Request, Result
from contracts import _names as wire

R = TypeVar("R", bound=Result)


@dataclass(frozen=True)
class Reply:
    """The final outcome of one request, a failure too."""

    request_id: str
    operation: str
    ok: bool
    body: bytes
    served: str = "live"
    """`live`, `coalesced`, `cache`, `replay` or `sandbox`."""
    attempts: int = 0
    """HTTP attempts made."""
    waited: float = 0.0
    """Seconds that the request waited for the limits."""
    upstream: float = 0.0
    """Seconds that the vendor took."""

    @overload
    def result(self) -> Any: ...  # noqa: ANN401  (any operation's JSON)
    @overload
    def result(self, request: type[Request[R]]) -> R: ...
    def result(self, request: type[Request[Any]] | None = None) -> Any:
        """Return the result: JSON, or with the contract of the request its model.

        Raises:
            Failure: the request failed; the class says why.
            ValueError: this is the reply to another operation.
        """
        self.check()
        if request is None:
            return orjson.loads(self.body)
        if self.operation not in {"", request.operation}:
            raise ValueError(f"This is a reply to {self.operation}, not to {request.operation}.")
        try:
            return request.result.model_validate_json(self.body)
        except ValidationError as error:
            raise BadUpstreamReply(
                f"The result of {self.operation} does not fit this agent's contract, which may be "
                f"older or newer than the hub's: {error.errors(include_url=False)[0]['msg']}.",
                Facts(operation=self.operation),
            ) from error

    def check(self) -> None:
        """Do nothing if the request succeeded.

        Raises:
            Failure: it failed; the class says why.
        """
        if not self.ok:
            failure = failure_in(self.body)
            failure.add_note(f"request id {self.request_id}")
            raise failure


@dataclass(frozen=True)
class Progress:
    """Where a request stands while it waits."""

    place: int | None
    """From 0; None behind the window."""
    eta: float | None
    """Seconds."""


def read_reply(body: bytes, headers: Mapping[str, Any], correlation_id: str) -> Reply | Progress:
    """Return what a message on a reply queue says; what is not legible in it is left out."""
    if headers.get(wire.STAGE_HEADER) == "accepted":
        return _progress(body)
    kind = _text(headers.get(wire.TYPE_HEADER))
    return Reply(
        request_id=_text(headers.get(wire.SUBJECT_HEADER)) or correlation_id,
        operation=kind.removeprefix("hub.reply.").rpartition(".")[0],
        ok=headers.get(wire.STATUS_HEADER) == "ok",
        body=body,
        served=_text(headers.get(wire.SERVED_HEADER)) or "live",
        attempts=_number(headers.get(wire.ATTEMPTS_HEADER)),
        waited=_number(headers.get(wire.WAIT_HEADER)) / 1000,
        upstream=_number(headers.get(wire.UPSTREAM_HEADER)) / 1000,
    )


def failure_in(body: bytes) -> Failure:
    """Return the failure that a problem tells of."""
    try:
        return Failure.of(Problem.model_validate_json(body))
    except ValidationError:
        return Internal("The reply is a failure that cannot be read.")


def _progress(body: bytes) -> Progress:
    try:
        said = orjson.loads(body)
        return Progress(said.get("place"), said.get("eta"))
    except (ValueError, AttributeError):
        return Progress(None, None)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else ""
