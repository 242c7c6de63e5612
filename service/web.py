"""HTTP for people, probes and programs: health, metrics, and calls without AMQP."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, Protocol

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field

from contracts import Failure, Problem
from contracts._names import PROBLEM_JSON

_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class Call(BaseModel):
    """The body of ``POST /api/calls``."""

    model_config = ConfigDict(extra="forbid")

    operation: Annotated[str, Field(min_length=3, max_length=255)]
    params: dict[str, Any] = Field(default_factory=dict)
    within: Annotated[float, Field(gt=0, le=600)] = 60.0
    """Seconds until the reply has to be there."""
    id: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """The request id; the same on repeats. Made up if absent."""


class Caller(Protocol):
    """Puts a call on the bus, as any agent does."""

    async def __call__(self, call: Call) -> bytes:
        """Return the result's JSON.

        Raises:
            Failure: it did not succeed.
        """
        ...


class View(Protocol):
    """What the pages show of a hub."""

    def ready(self) -> str:
        """Return what keeps it from being ready; nothing when it is."""
        ...

    def metrics(self) -> bytes:
        """Return all series in Prometheus' text format."""
        ...

    def integrations(self) -> list[dict[str, Any]]:
        """Return one row for each integration."""
        ...

    def integration(self, name: str) -> dict[str, Any]:
        """Return everything about one.

        Raises:
            KeyError: there is none of this name.
        """
        ...

    def health(self, name: str) -> dict[str, Any]:
        """Return the health of one, as its owner tells it.

        Raises:
            KeyError: there is none of this name.
        """
        ...


def make_app(
    view: View, call: Caller, token: str | None, hosts: frozenset[str] = _LOCAL
) -> FastAPI:
    """Return the application."""
    app = FastAPI(title="Integration Hub", docs_url=None, redoc_url=None)
    guard = [Depends(_guard(token))]
    app.middleware("http")(_headers(hosts))
    app.add_exception_handler(Failure, _failed)
    app.add_api_route("/health/live", _live, response_class=PlainTextResponse)
    app.add_api_route("/health/ready", _ready(view), response_class=PlainTextResponse)
    app.add_api_route("/metrics", _metrics(view), dependencies=guard)
    app.add_api_route("/api/integrations", _all(view), dependencies=guard)
    app.add_api_route("/api/integrations/{name}", _one(view), dependencies=guard)
    app.add_api_route("/api/integrations/{name}/health", _health(view), dependencies=guard)
    app.add_api_route("/api/calls", _calls(call), methods=["POST"], dependencies=guard)
    return app


def _guard(token: str | None) -> Callable[..., None]:
    def check(authorization: Annotated[str, Header()] = "") -> None:
        given = authorization.removeprefix("Bearer ")
        if token and not secrets.compare_digest(given.encode(), token.encode()):
            raise HTTPException(401, "Send Authorization: Bearer with HUB_HTTP_TOKEN.")

    return check


Next = Callable[[Request], Awaitable[Response]]


def _headers(hosts: frozenset[str]) -> Callable[[Request, Next], Awaitable[Response]]:
    async def add(request: Request, proceed: Next) -> Response:
        host = request.headers.get("host", "").rsplit(":", 1)[0]
        if host not in hosts:
            return PlainTextResponse("This host name is not served here.", 421)
        response = await proceed(request)
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        return response

    return add


async def _failed(_: Request, error: Exception) -> Response:
    problem: Problem = error.problem() if isinstance(error, Failure) else Failure().problem()
    headers = {"Content-Type": PROBLEM_JSON}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    body = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(body, problem.status, headers)


async def _live() -> str:
    return "ok"


def _ready(view: View) -> Callable[[], Awaitable[Response]]:
    async def ready() -> Response:
        reason = view.ready()
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


def _one(view: View) -> Callable[[str], Awaitable[dict[str, Any]]]:
    async def integration(name: str) -> dict[str, Any]:
        try:
            return view.integration(name)
        except KeyError:
            raise HTTPException(404, f"There is no integration {name!r}.") from None

    return integration


def _health(view: View) -> Callable[[str], Awaitable[dict[str, Any]]]:
    async def health(name: str) -> dict[str, Any]:
        try:
            return view.health(name)
        except KeyError:
            raise HTTPException(404, f"There is no integration {name!r}.") from None

    return health


def _calls(caller: Caller) -> Callable[[Call], Awaitable[Response]]:
    async def calls(call: Call) -> Response:
        return Response(await caller(call), media_type="application/json")

    return calls
