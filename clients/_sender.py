"""The way of one HTTP call out and back: proof, gate, attempt, judgement, and again if it may."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Final, Self

import orjson
from pydantic import ValidationError

from clients import _target, _verdict
from clients._auth import Proof
from clients._body import Body, base64_size
from clients._call import CURRENT, Call, Class
from clients._exit import Entry
from clients._http import HttpRequest, HttpResponse, TransportError
from clients._kit import Way
from clients._link import Link
from clients._signals import retry_after, seen
from clients._tokens import Tokens
from clients._upstream import Upstream
from contracts import (
    Expired,
    Failure,
    LimitReached,
    UpstreamThrottled,
    UpstreamUnauthorized,
)

Refusal = Callable[[HttpResponse], Failure | None]

MISREAD: Final = (
    ValidationError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)
"""What reading an answer of another shape than promised ends in."""
_SERVER_ERRORS: Final = 500


class _Late(Exception):
    """The call may not leave any more: it takes its turn again."""


class _NoProof(Exception):
    """There was no token: what it is worth trying again, its own address has tried."""

    def __init__(self, failure: Failure) -> None:
        super().__init__()
        self.failure = failure


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One HTTP call, before it has an address and a key."""

    method: str
    path: str
    """A template, or a `Link` that the vendor gave."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Fill the placeholders of `path`."""
    query: _target.Query = field(default_factory=dict)
    body: Body | None = None
    kind: Class | None = None
    """Where it differs from its operation's: a look-up inside an unsafe flow is `safe`."""


class Sender:
    """Sends the calls of one upstream, for one client."""

    def __init__(self, upstream: Upstream, way: Way, refusal: Refusal, tokens: Tokens) -> None:
        self.upstream = upstream
        self.base = upstream.address(way.env)
        self.way = way
        self._env = upstream.view(way.env)
        self._refusal = refusal
        self._tokens = tokens
        self._fixed = tuple(upstream.headers.items())

    def saying(self, headers: Mapping[str, str]) -> Self:
        """Return the same with these headers too, in place of the upstream's own."""
        other = copy(self)
        other._fixed = tuple({**dict(self._fixed), **headers}.items())  # noqa: SLF001  (its copy)
        return other

    async def send(self, outline: HttpCall) -> HttpResponse:
        """Return a 2xx answer that does not lie, after as many attempts as its class allows.

        Raises:
            Failure: any of the tree but the agent's own faults.
        """
        call = CURRENT.get()
        kind = call.asked = outline.kind or call.kind
        request = self._build(outline, call, kind)
        last: list[Failure] = []

        async def attempt() -> HttpResponse:
            try:
                return await self._proven(request, call, kind)
            except (LimitReached, Expired):
                raise
            except Failure as failure:
                last.append(failure)
                raise

        try:
            return await self.way.retry.run(attempt, call, kind)
        except (LimitReached, Expired, _NoProof) as error:
            # here, not in the attempt: what the upstream said may be repeated, this may not
            failure = error.failure if isinstance(error, _NoProof) else error
            if not last:
                raise failure from None
            raise last[-1].knowing(retry_after=failure.facts.retry_after) from None

    def carry(self, size: int) -> None:
        """Raise `ReplyTooLarge` where so many bytes, as Base64, are more than a reply may have."""
        if base64_size(size) > self.way.most_bytes:
            call = CURRENT.get()
            error = TransportError("too_large", sent=True)
            raise _verdict.broken(error, call.asked or call.kind)

    def unreadable(self, error: Exception, response: HttpResponse) -> Failure:
        """Return the failure of an answer of which no sense could be made."""
        call = CURRENT.get()
        detail = f"The answer is not the promised one: {_reason(error)}."
        text = _verdict.short(self.way.redact(detail))
        return _verdict.unreadable(text, call.asked or call.kind, response)

    def _build(self, outline: HttpCall, call: Call, kind: Class) -> HttpRequest:
        headers, body = self._fixed, outline.body
        if body:
            headers = (*headers, ("Content-Type", body.media_type))
        if kind == "keyed" and self.upstream.key_header:
            headers = (*headers, (self.upstream.key_header, call.key))
        return HttpRequest(
            outline.method,
            self.base + self._target(outline),
            headers,
            body.content if body else b"",
            call.timeout,
            kind == "unsafe",
        )

    def _target(self, outline: HttpCall) -> str:
        path, values = outline.path, outline.values
        if isinstance(path, Link):
            return path
        if any(hole.isupper() for hole in _target.holes(path)):
            own = {h: self._env.require(h) for h in _target.holes(path) if h.isupper()}
            values = {**values, **own}
        return _target.target(path, values, outline.query)

    async def _proven(self, request: HttpRequest, call: Call, kind: Class) -> HttpResponse:
        """Make an attempt; where a fetched token is refused, one more with a new one.

        A refused token is a clean no: the vendor has done nothing.
        """
        proof = await self._proof()
        try:
            return await self._attempt(request, call, kind, proof)
        except UpstreamUnauthorized:
            if not self._tokens.refused(proof):
                raise
        return await self._attempt(request, call, kind, await self._proof())

    async def _proof(self) -> Proof:
        try:
            proof = await self.upstream.auth.prove(self._env, self._tokens)
        except Failure as failure:
            raise _NoProof(failure) from None
        redact = self.way.redact
        (redact.learn_passing if proof.tokens else redact.learn)(proof.secrets())
        return proof

    async def _attempt(
        self, request: HttpRequest, call: Call, kind: Class, proof: Proof
    ) -> HttpResponse:
        # what acts may read first; what only reads is on record if its asker wants that
        gate, recorded = self.way.gate, kind == "safe" and call.kind != "safe"
        while True:
            entry = await gate.enter(call)
            try:
                if not recorded:
                    await call.journal.sending()
                    recorded = True
                return await self._exchange(request, kind, entry, proof)
            except _Late:
                continue
            finally:
                gate.leave(entry)

    async def _exchange(
        self, request: HttpRequest, kind: Class, entry: Entry, proof: Proof
    ) -> HttpResponse:
        call = entry.call
        began = self.way.clock.now()
        left = call.begin(began) - began
        if left <= 0:
            raise Expired("The deadline passed before the call could leave.")
        call.attempts += 1
        bounded = request.within(
            left,
            lambda: self.way.gate.depart(entry),
            proof=proof.headers,
            secret=_target.said(dict(proof.query)),
        )
        impatient = False
        try:
            response = await self.way.transport.send(bounded)
            failure = self._judge(response, call, kind, began)
        except TransportError as error:
            if error.kind == "late":
                call.attempts -= 1
                raise _Late from None
            if error.kind == "protocol" and not error.sent:
                raise  # a bug of ours: it tells nothing of the upstream
            impatient = error.kind == "timeout" and call.ends == call.deadline
            failure = (_verdict.cut_off if impatient else _verdict.broken)(error, kind)
        finally:
            took = self.way.clock.now() - began
            call.upstream += took
            call.sent = call.sent or bounded.mark.sent
            acted = kind != "safe" and bounded.mark.sent
            earlier, call.doubt = call.doubt, call.doubt or acted
        if not impatient:  # else it tells of the asker, not of the upstream
            entry.well = not _verdict.down(failure)
            self.way.note(self.upstream.name, failure, took)
        if failure is None:
            return response
        call.doubt = earlier or (acted and not _verdict.clean(failure))
        raise failure

    def _judge(
        self, response: HttpResponse, call: Call, kind: Class, began: float
    ) -> Failure | None:
        upstream, way = self.upstream, self.way
        now, wall = way.clock.now(), way.clock.wall()
        for one in seen(upstream.dialects, response.headers, wall):
            way.gate.bucket.observe(now, one, call.cost)
        failure = self._hidden(response)
        failure = failure or _verdict.judge(response, kind, upstream.manners, way.redact)
        if not isinstance(failure, UpstreamThrottled):
            way.backoff.forget()
            return failure
        named = retry_after(response.headers, wall, upstream.retry_after)
        pause = way.backoff.after(now, began, named or failure.facts.retry_after)
        way.gate.pause(pause)
        return failure.knowing(retry_after=pause)

    def _hidden(self, response: HttpResponse) -> Failure | None:
        """Return what the client makes of an answer; most server errors speak for themselves."""
        spoken = self.upstream.manners.explained
        if response.status >= _SERVER_ERRORS and response.status not in spoken:
            return None
        try:
            failure = self._refusal(response)
        except MISREAD as error:
            good = response.status in _verdict.OK
            return self.unreadable(error, response) if good else None
        if failure is None:
            return None
        text = _verdict.short(self.way.redact(failure.detail))
        return type(failure)(text, failure.facts).knowing(upstream_status=response.status)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}"
    if isinstance(error, orjson.JSONDecodeError):
        return "it is not JSON"
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]!r}"
    return f"{type(error).__name__}: {error}"
