"""How a client calls one upstream: build the request, pass the gate, send, judge, read."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import orjson
from pydantic import ValidationError

from clients import _target, _verdict
from clients._body import body_of, rest
from clients._call import CURRENT, Call, Class
from clients._exit import Entry
from clients._http import HttpRequest, HttpResponse, TransportError
from clients._kit import Way
from clients._signals import retry_after, seen
from clients._upstream import Upstream
from contracts import (
    Expired,
    Failure,
    LimitReached,
    Request,
    Result,
    UpstreamThrottled,
)

R = TypeVar("R", bound=Result)
Reshape = Callable[[Any], Any]
Refusal = Callable[[HttpResponse], Failure | None]

_MISREAD: Final = (
    ValidationError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)
"""What reading an answer of another shape than promised ends in."""


class _Late(Exception):
    """The call may not leave any more: it takes its turn again."""


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One HTTP call, before it has an address and a key."""

    method: str
    path: str
    values: Mapping[str, Any] = field(default_factory=dict)
    """Fill the placeholders of `path`."""
    query: _target.Query = field(default_factory=dict)
    body: bytes = b""
    content_type: str = ""
    kind: Class | None = None
    """Where it differs from its operation's: a look-up inside an unsafe flow is `safe`."""


class Api:
    """The calls of one upstream, for one client."""

    def __init__(self, upstream: Upstream, way: Way, refusal: Refusal) -> None:
        self.upstream = upstream
        self._way = way
        self._refusal = refusal
        self._base = upstream.address(way.env)
        self._fixed = tuple(upstream.headers.items())

    async def get(
        self,
        path: str,
        request: Request[R],
        *,
        query: _target.Query | None = None,
        read: Reshape | None = None,
    ) -> R:
        """GET; parameters that are not in the path go to the query unless one is given."""
        shown = rest(path, request) if query is None else query
        return await self._typed(HttpCall("GET", path, vars(request), shown), request, read)

    async def delete(self, path: str, request: Request[R], *, read: Reshape | None = None) -> R:
        """DELETE."""
        return await self._typed(HttpCall("DELETE", path, vars(request)), request, read)

    async def post(
        self,
        path: str,
        request: Request[R],
        *,
        json: object = None,
        form: _target.Query | None = None,
        read: Reshape | None = None,
    ) -> R:
        """POST; without `json` or `form`, parameters that are not in the path are the JSON."""
        return await self._write("POST", path, request, body_of(path, request, json, form), read)

    async def patch(
        self, path: str, request: Request[R], *, json: object = None, read: Reshape | None = None
    ) -> R:
        """PATCH, as `post`."""
        return await self._write("PATCH", path, request, body_of(path, request, json, None), read)

    async def put(
        self, path: str, request: Request[R], *, json: object = None, read: Reshape | None = None
    ) -> R:
        """PUT, as `post`."""
        return await self._write("PUT", path, request, body_of(path, request, json, None), read)

    async def _write(
        self,
        method: str,
        path: str,
        request: Request[R],
        body: tuple[bytes, str],
        read: Reshape | None,
    ) -> R:
        outline = HttpCall(method, path, vars(request), body=body[0], content_type=body[1])
        return await self._typed(outline, request, read)

    async def _typed(self, outline: HttpCall, request: Request[R], read: Reshape | None) -> R:
        response = await self.send(outline)
        return self.parse(response, cast("type[R]", request.result), read)

    def parse(self, response: HttpResponse, into: type[R], read: Reshape | None = None) -> R:
        """Return the model of an answer's JSON, put into shape by `read` first.

        Raises:
            BadUpstreamReply: it is not JSON, or not what the contract promises.
        """
        try:
            if read is None:
                return into.model_validate_json(response.body or b"{}")
            return into.model_validate(read(orjson.loads(response.body or b"null")))
        except _MISREAD as error:
            raise self._unreadable(error, response) from None

    async def send(self, outline: HttpCall) -> HttpResponse:
        """Return a 2xx answer that does not lie, after as many attempts as its class allows.

        Raises:
            Failure: any of the tree but the agent's own faults.
        """
        call = CURRENT.get()
        kind = call.asked = outline.kind or call.kind
        request = await self._build(outline, call, kind)
        last: list[Failure] = []

        async def attempt() -> HttpResponse:
            try:
                return await self._attempt(request, call, kind)
            except (LimitReached, Expired):
                raise
            except Failure as failure:
                last.append(failure)
                raise

        try:
            return await self._way.retry.run(attempt, call, kind)
        except (LimitReached, Expired) as failure:
            # here, not in the attempt: what the upstream said may be repeated, this may not
            if not last:
                raise
            raise last[-1].knowing(retry_after=failure.facts.retry_after) from None

    def saying(self, headers: Mapping[str, str]) -> "Api":
        """Return the same calls with these headers too, in place of the upstream's own."""
        other = copy(self)
        vars(other)["_fixed"] = tuple({**self.upstream.headers, **headers}.items())
        return other

    async def aclose(self) -> None:
        """Close its connections."""
        await self._way.transport.aclose()

    async def _build(self, outline: HttpCall, call: Call, kind: Class) -> HttpRequest:
        values = outline.values
        if any(hole.isupper() for hole in _target.holes(outline.path)):
            values = {**values, **self._from_environment(outline.path)}
        target = self._base + _target.target(outline.path, values, outline.query)
        proof = await self.upstream.auth.headers(self._way.env)
        # as sent: a token made of a key, or fetched with it, is a secret as well
        self._way.redact.learn(value.rpartition(" ")[2] for _, value in proof)
        headers = (*self._fixed, *proof)
        if outline.content_type:
            headers = (*headers, ("Content-Type", outline.content_type))
        if kind == "keyed" and self.upstream.key_header:
            headers = (*headers, (self.upstream.key_header, call.key))
        return HttpRequest(
            outline.method, target, headers, outline.body, call.timeout, kind == "unsafe"
        )

    def _from_environment(self, path: str) -> dict[str, str]:
        return {h: self._way.env.require(h) for h in _target.holes(path) if h.isupper()}

    async def _attempt(self, request: HttpRequest, call: Call, kind: Class) -> HttpResponse:
        gate, recorded = self._way.gate, kind == "safe"
        while True:
            entry = await gate.enter(call)
            try:
                if not recorded:
                    await call.journal.sending()
                    recorded = True
                return await self._exchange(request, call, kind, entry)
            except _Late:
                continue
            finally:
                gate.leave(entry)

    async def _exchange(
        self, request: HttpRequest, call: Call, kind: Class, entry: Entry
    ) -> HttpResponse:
        began = self._way.clock.now()
        left = call.begin(began) - began
        if left <= 0:
            raise Expired("The deadline passed before the call could leave.")
        call.attempts += 1
        bounded = request.within(left, lambda: self._way.gate.depart(entry))
        impatient = False
        try:
            response = await self._way.transport.send(bounded)
            failure = self._judge(response, call, kind, began)
        except TransportError as error:
            if error.kind == "late":
                call.attempts -= 1
                raise _Late from None
            impatient = error.kind == "timeout" and call.ends == call.deadline
            failure = (_verdict.cut_off if impatient else _verdict.broken)(error, kind)
        finally:
            took = self._way.clock.now() - began
            call.upstream += took
            call.sent = call.sent or bounded.mark.sent
            acted = kind != "safe" and bounded.mark.sent
            earlier, call.doubt = call.doubt, call.doubt or acted
        if not impatient:  # else it tells of the asker, not of the upstream
            entry.well = not _verdict.down(failure)
            self._way.note(self.upstream.name, failure, took)
        if failure is None:
            return response
        call.doubt = earlier or (acted and not _verdict.clean(failure))
        raise failure

    def _judge(
        self, response: HttpResponse, call: Call, kind: Class, began: float
    ) -> Failure | None:
        upstream, way = self.upstream, self._way
        now, wall = way.clock.now(), way.clock.wall()
        for one in seen(upstream.dialects, response.headers, wall):
            way.gate.bucket.observe(now, one, call.cost)
        failure = _verdict.judge(response, kind, upstream.manners, way.redact)
        failure = failure or self._hidden(response)
        if not isinstance(failure, UpstreamThrottled):
            way.backoff.forget()
            return failure
        named = retry_after(response.headers, wall, upstream.retry_after)
        pause = way.backoff.after(now, began, named)
        way.gate.pause(pause)
        return failure.knowing(retry_after=pause)

    def _hidden(self, response: HttpResponse) -> Failure | None:
        try:
            return self._refusal(response)
        except _MISREAD as error:
            return self._unreadable(error, response)

    def _unreadable(self, error: Exception, response: HttpResponse) -> Failure:
        call = CURRENT.get()
        detail = f"The answer is not the promised one: {_reason(error)}."
        text = _verdict.short(self._way.redact(detail))
        return _verdict.unreadable(text, call.asked or call.kind, response)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
    if isinstance(error, orjson.JSONDecodeError):
        return "it is not JSON"
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    return f"{type(error).__name__}: {error}"
