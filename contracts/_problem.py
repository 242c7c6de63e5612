"""What a failed reply carries: an RFC 9457 problem, and the facts that a failure may know."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

Outcome = Literal["not_sent", "sent", "unknown"]

PROBLEM_TYPE: Final = "urn:hub:problem:"


class FieldError(BaseModel):
    """What is wrong with one parameter."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    field: str
    """Path of the parameter, dots between levels; empty for the body as a whole."""
    message: str


class Problem(BaseModel):
    """The body of a failed reply (RFC 9457)."""

    model_config = ConfigDict(extra="allow", frozen=True, use_attribute_docstrings=True)

    type: str
    """``urn:hub:problem:<code>``."""
    title: str
    status: int
    """The HTTP status that says the same."""
    detail: str
    code: str
    retryable: bool
    """Whether asking for the same later may help; of what acts, with a new request id."""
    outcome: Outcome
    """Whether anything of the call left the hub."""
    retry_after: float | None = None
    """Seconds after which asking again makes sense."""
    integration: str | None = None
    operation: str | None = None
    attempts: int = 0
    """HTTP attempts made."""
    upstream_status: int | None = None
    errors: tuple[FieldError, ...] = ()
    """One entry per wrong parameter."""
    executed: bool | None = None
    """True where the vendor did it but its answer could not be read."""


class Facts(BaseModel):
    """What a failure knows besides its sentence; all of it optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retry_after: float | None = None
    outcome: Outcome | None = None
    retryable: bool | None = None
    integration: str | None = None
    operation: str | None = None
    attempts: int = 0
    upstream_status: int | None = None
    errors: tuple[FieldError, ...] = ()
    executed: bool | None = None
