"""How a client calls one upstream: a request in, the result that its contract promises out."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Final, TypeVar, cast

from clients import _link, _reading, _target
from clients._body import Body, body_of, rest
from clients._call import CURRENT
from clients._http import HttpResponse
from clients._kit import Way
from clients._link import Link
from clients._reading import Reading
from clients._sender import MISREAD, HttpCall, Refusal, Sender
from clients._signals import retry_after
from clients._tokens import Tokens
from clients._upstream import Upstream
from contracts import BadUpstreamReply, Content, Facts, Failure, Request, Result

__all__ = ["Api", "HttpCall", "Polled"]

R = TypeVar("R", bound=Result)
_SHORTEST_NAP: Final = 0.1
_LONGEST_NAP: Final = 60.0
_TIME_TO_ASK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Polled:
    """How far something that takes its time has come."""

    answer: HttpResponse | None
    """The latest, if there was any."""
    done: bool
    why: Failure | None = None
    """What stopped the asking, of something that had been started."""


class Api:
    """The calls of one upstream, for one client."""

    def __init__(self, upstream: Upstream, way: Way, refusal: Refusal, tokens: Tokens) -> None:
        self.upstream = upstream
        self._sender = Sender(upstream, way, refusal, tokens)

    async def get(
        self,
        path: str,
        request: Request[R],
        *,
        query: _target.Query | None = None,
        read: Reading | None = None,
    ) -> R:
        """GET; parameters that are not in the path go to the query unless one is given."""
        shown = rest(path, request) if query is None else query
        return await self._typed(HttpCall("GET", path, vars(request), shown), request, read)

    async def head(
        self,
        path: str,
        request: Request[R],
        *,
        query: _target.Query | None = None,
        read: Reading | None = None,
    ) -> R:
        """HEAD, as `get`; there is nothing but headers: `read` is a `Whole`."""
        shown = rest(path, request) if query is None else query
        return await self._typed(HttpCall("HEAD", path, vars(request), shown), request, read)

    async def delete(
        self,
        path: str,
        request: Request[R],
        *,
        query: _target.Query | None = None,
        read: Reading | None = None,
    ) -> R:
        """DELETE."""
        shown = {} if query is None else query
        return await self._typed(HttpCall("DELETE", path, vars(request), shown), request, read)

    async def post(
        self,
        path: str,
        request: Request[R],
        *,
        json: object = None,
        body: Body | None = None,
        read: Reading | None = None,
    ) -> R:
        """POST; without `json` or `body`, parameters that are not in the path are the JSON."""
        return await self._write("POST", path, request, body_of(path, request, json, body), read)

    async def patch(
        self,
        path: str,
        request: Request[R],
        *,
        json: object = None,
        body: Body | None = None,
        read: Reading | None = None,
    ) -> R:
        """PATCH, as `post`."""
        return await self._write("PATCH", path, request, body_of(path, request, json, body), read)

    async def put(
        self,
        path: str,
        request: Request[R],
        *,
        json: object = None,
        body: Body | None = None,
        read: Reading | None = None,
    ) -> R:
        """PUT, as `post`."""
        return await self._write("PUT", path, request, body_of(path, request, json, body), read)

    async def send(self, outline: HttpCall) -> HttpResponse:
        """Return a 2xx answer that does not lie, after as many attempts as its class allows.

        Raises:
            Failure: any of the tree but the agent's own faults.
        """
        return await self._sender.send(outline)

    def parse(self, response: HttpResponse, into: type[R], read: Reading | None = None) -> R:
        """Return the model of an answer's JSON, or of its bytes, put into shape by `read` first.

        Raises:
            BadUpstreamReply: it is not what the contract promises.
            ReplyTooLarge: its bytes, as Base64, are more than a reply may have.
        """
        read = read or _reading.plain(into)
        if issubclass(into, Content):
            self._sender.carry(len(response.body))
            clean = self._sender.way.redact.content(response.body)
            response = replace(response, body=clean)
        try:
            if read is None:
                return into.model_validate_json(response.body or b"{}")
            return into.model_validate(_reading.read(response, read))
        except MISREAD as error:
            raise self._sender.unreadable(error, response) from None

    def link(self, said: str | None) -> Link:
        """Return an address that the vendor gave as the path of a further call.

        Raises:
            BadUpstreamReply: it leads away from this upstream, or there is none.
        """
        try:
            return _link.below(self._sender.base, said or "")
        except ValueError as error:
            acted = CURRENT.get().doubt
            facts = Facts(retryable=not acted, executed=True if acted else None)
            raise BadUpstreamReply(f"The upstream gives no way on: {error}.", facts) from None

    async def poll(
        self, outline: HttpCall, done: Callable[[HttpResponse], bool], *, every: float = 2.0
    ) -> Polled:
        """Ask until it is done, as the vendor's ``Retry-After`` says or `every` so many seconds.

        Ends undone while there is still time to answer; at the last moment, where the hub loses
        the integration meanwhile. Of something that this call has started, a failure is only
        told: it runs, whatever becomes of the asking.

        Raises:
            Failure: asking failed, and nothing had been started.
        """
        call, clock = CURRENT.get(), self._sender.way.clock
        answer: HttpResponse | None = None
        while True:
            try:
                answer = await self.send(replace(outline, kind="safe"))
                if self._is(done, answer):
                    return Polled(answer, done=True)
            except Failure as failure:
                if call.doubt:
                    return Polled(answer, done=False, why=failure)
                raise
            named = retry_after(answer.headers, clock.wall(), self.upstream.retry_after)
            nap = min(every if named is None else max(named, _SHORTEST_NAP), _LONGEST_NAP)
            last = call.last_moment()
            if last is not None and clock.now() + nap + _TIME_TO_ASK >= last:
                return Polled(answer, done=False)
            await clock.sleep(nap)

    def _is(self, done: Callable[[HttpResponse], bool], answer: HttpResponse) -> bool:
        try:
            return done(answer)
        except MISREAD as error:
            raise self._sender.unreadable(error, answer) from None

    def saying(self, headers: Mapping[str, str]) -> "Api":
        """Return the same calls with these headers too, in place of the upstream's own."""
        other = copy(self)
        vars(other)["_sender"] = self._sender.saying(headers)
        return other

    async def aclose(self) -> None:
        """Close its connections."""
        await self._sender.way.transport.aclose()

    async def _write(
        self,
        method: str,
        path: str,
        request: Request[R],
        body: Body,
        read: Reading | None,
    ) -> R:
        return await self._typed(HttpCall(method, path, vars(request), body=body), request, read)

    async def _typed(self, outline: HttpCall, request: Request[R], read: Reading | None) -> R:
        response = await self.send(outline)
        return self.parse(response, cast("type[R]", request.result), read)
