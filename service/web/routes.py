"""HTTP for people, probes and programs: health, metrics, and calls without AMQP.

What fails is a problem (RFC 9457) as on the bus; what fails before it is a call has no `code`.
"""

import math
import secrets
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, Protocol, cast
from urllib.parse import quote
from uuid import uuid4

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from contracts import Facts, Failure, FieldError, Internal, InvalidRequest, Problem
from contracts._names import ASKED_HEADER, LONGEST_NAME, PROBLEM_JSON, SERVED_HEADER, is_name
from contracts._reading import no_such_integration
from service.web.guard import Guard, Rules, plain_problem

MOST_CALLS: Final = 1000
"""Calls over HTTP that may wait for their reply at once."""

_NO_JSON: Final = "json_invalid"
_OF_THE_WHOLE: Final = "value_error"
"""What a model says of its fields together."""
_ASCII: Final = "".join(map(chr, range(32, 127)))

log = structlog.get_logger()


def _named(text: str) -> str:
    if not is_name(text):
        raise ValueError(f"It is 1 to {LONGEST_NAME} bytes of printable text")
    return text


class Call(BaseModel):
    """The body of ``POST /api/calls``."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    operation: Annotated[str, Field(min_length=3, max_length=255)]
    """As ``notion.get_page``."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Its parameters."""
    within: Annotated[float, Field(gt=0, le=600)] = 60.0
    """Seconds until the reply has to be there."""
    id: Annotated[str, AfterValidator(_named)] | None = None
    """The request id; the same on repeats. Made up if absent: the answer's `hub-request-id`."""


@dataclass(frozen=True)
class Outcome:
    """What a call that succeeded gave."""

    body: bytes
    """The result's JSON."""
    served: str = "live"
    """As the header `hub-served` of a reply."""


class Caller(Protocol):
    """Puts a call on the bus, as any agent does."""

    async def __call__(self, call: Call) -> Outcome:
        """Return the result.

        Raises:
            Failure: it did not succeed.
            ConnectionError: there is no way to the bus.
        """
        ...


class View(Protocol):
    """What the pages show of a hub."""

    async def ready(self) -> str:
        """Return what keeps it from being ready; nothing when it is."""
        ...

    def metrics(self) -> bytes:
        """Return all series in Prometheus' text format."""
        ...

    def names(self) -> Collection[str]:
        """Return the names of the integrations."""
        ...

    def integrations(self) -> list[dict[str, Any]]:
        """Return one row for each integration."""
        ...

    def integration(self, name: str) -> dict[str, Any]:
        """Return everything about one."""
        ...

    def health(self, name: str) -> dict[str, Any]:
        """Return the health of one, as its owner tells it."""
        ...


def make_app(view: View, call: Caller, rules: Rules, *more: APIRouter) -> Guard:
    """Return the application."""
    app = FastAPI(
        title="Integration Hub", docs_url=None, redoc_url=None, max_body_size=rules.largest
    )
    app.add_exception_handler(Failure, _failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(ConnectionError, _unreachable)
    app.add_exception_handler(Exception, _broken)
    app.add_api_route("/health/live", _live, response_class=PlainTextResponse)
    app.add_api_route("/health/ready", _ready(view), response_class=PlainTextResponse)
    app.add_api_route("/metrics", _metrics(view), response_class=PlainTextResponse)
    app.add_api_route("/api/integrations", _all(view))
    app.add_api_route("/api/integrations/{name}", _one(view, view.integration))
    app.add_api_route("/api/integrations/{name}/health", _one(view, view.health))
    app.add_api_route("/api/calls", _calls(call), methods=["POST"], responses=_ANSWERS)
    for router in more:
        app.include_router(router)
    return Guard(app, rules)


_ASKED: Final = {
    ASKED_HEADER: {
        "description": "The call's `id`, given or made up: with the same one nothing is done "
        "twice. What is not ASCII is percent-encoded. Absent where the body is no call.",
        "schema": {"type": "string"},
    }
}
_ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The result, bare JSON.", "headers": _ASKED},
    "default": {
        "description": "The problem, with its status.",
        "headers": _ASKED,
        "content": {PROBLEM_JSON: {"schema": Problem.model_json_schema()}},
    },
}


def _asked(request: Request) -> dict[str, str]:
    """Return the header with the request id, once there is one."""
    id_: str = getattr(request.state, "request_id", "")
    return {ASKED_HEADER: quote(id_, safe=_ASCII)} if id_ else {}


async def _failed(request: Request, error: Exception) -> Response:
    problem = cast("Failure", error).problem()
    headers = _asked(request)
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    body = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, problem.status, headers, PROBLEM_JSON)


async def _invalid(request: Request, error: Exception) -> Response:
    told = tuple(map(_field_error, cast("RequestValidationError", error).errors()))
    said = "; ".join(f"{one.field or 'body'}: {one.message}" for one in told)
    return await _failed(request, InvalidRequest(f"{said}.", Facts(errors=told)))


def _field_error(error: dict[str, Any]) -> FieldError:
    whole = error["loc"] == ("body",) and error["type"] != _OF_THE_WHOLE
    if error["type"] == _NO_JSON or whole:
        return FieldError(field="", message="send a JSON object, as application/json")
    said = error["msg"].removeprefix("Value error, ")
    return FieldError(field=".".join(map(str, error["loc"][1:])), message=said)


async def _refused(request: Request, error: Exception) -> Response:
    refused = cast("HTTPException", error)
    body = plain_problem(refused.status_code, refused.detail)
    headers = {**(refused.headers or {}), **_asked(request)}
    return JSONResponse(body, refused.status_code, headers, PROBLEM_JSON)


async def _unreachable(request: Request, error: Exception) -> Response:
    body = plain_problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    headers = {"Retry-After": "1"} | _asked(request)
    return JSONResponse(body, body["status"], headers, PROBLEM_JSON)


async def _broken(request: Request, error: Exception) -> Response:
    bug = secrets.token_hex(4)
    log.error("bug", id=bug, where=request.url.path, exc_info=error)
    return await _failed(request, Internal(f"A bug of the hub; its log has the rest under {bug}."))


async def _live() -> str:
    return "ok"


def _ready(view: View) -> Callable[[], Awaitable[Response]]:
    async def ready() -> Response:
        reason = await view.ready()
        return PlainTextResponse(reason or "ok", 503 if reason else 200)

    return ready


def _metrics(view: View) -> Callable[[], Awaitable[Response]]:
    async def metrics() -> Response:
        return Response(view.metrics(), media_type=CONTENT_TYPE_LATEST)

    return metrics


def _all(view: View) -> Callable[[], Awaitable[list[dict[str, Any]]]]:
    async def integrations() -> list[dict[str, Any]]:
        return view.integrations()

    return integrations


def _one(
    view: View, show: Callable[[str], dict[str, Any]]
) -> Callable[[str], Awaitable[dict[str, Any]]]:
    async def integration(name: str) -> dict[str, Any]:
        known = view.names()
        if name not in known:
            raise HTTPException(HTTPStatus.NOT_FOUND, no_such_integration(name, known))
        return show(name)

    return integration


def _calls(caller: Caller) -> Callable[[Call, Request], Awaitable[Response]]:
    under_way = 0

    async def calls(call: Call, request: Request) -> Response:
        nonlocal under_way
        request.state.request_id = id_ = call.id or uuid4().hex
        if under_way >= MOST_CALLS:
            text = f"{MOST_CALLS} calls wait for their replies already: ask again later."
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, text, {"Retry-After": "1"})
        under_way += 1
        try:
            outcome = await caller(call.model_copy(update={"id": id_}))
        finally:
            under_way -= 1
        headers = {SERVED_HEADER: outcome.served} | _asked(request)
        return Response(outcome.body, media_type="application/json", headers=headers)

    return calls
