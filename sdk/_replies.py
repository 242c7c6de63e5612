"""What came back: final outcomes and progress, told apart by their headers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from contracts import Failure, Internal, Problem
from contracts import _names as wire


@dataclass(frozen=True)
class Reply:
    """The final outcome of one request."""

    request_id: str
    operation: str
    ok: bool
    body: bytes
    served: str = "live"
    """`live`, `coalesced`, `cache`, `replay` or `sandbox`."""
    attempts: int = 0

    def result(self) -> Any:  # noqa: ANN401  (any operation's JSON)
        """Return the result's JSON.

        Raises:
            Failure: the request failed.
        """
        self.check()
        return orjson.loads(self.body)

    def check(self) -> None:
        """Do nothing if the request succeeded.

        Raises:
            Failure: it failed; the class says why.
        """
        if not self.ok:
            raise failure_in(self.body)


@dataclass(frozen=True)
class Progress:
    """Where a request stands while it waits."""

    place: int | None
    """From 0; None behind the window."""
    eta: float | None
    """Seconds."""


def read_reply(body: bytes, headers: Mapping[str, Any], correlation_id: str) -> Reply | Progress:
    """Return what a message on a reply queue says."""
    if headers.get(wire.STAGE_HEADER) == "accepted":
        said = orjson.loads(body)
        return Progress(said.get("place"), said.get("eta"))
    kind = _text(headers.get(wire.TYPE_HEADER))
    return Reply(
        request_id=_text(headers.get(wire.SUBJECT_HEADER)) or correlation_id,
        operation=kind.removeprefix("hub.reply.").rpartition(".")[0],
        ok=headers.get(wire.STATUS_HEADER) == "ok",
        body=body,
        served=_text(headers.get(wire.SERVED_HEADER)) or "live",
        attempts=int(headers.get(wire.ATTEMPTS_HEADER) or 0),
    )


def failure_in(body: bytes) -> Failure:
    """Return the failure that a problem tells of."""
    try:
        return Failure.of(Problem.model_validate_json(body))
    except ValidationError:
        return Internal("The reply is a failure that cannot be read.")


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if isinstance(value, str) else ""
