"""Fetched tokens: one for all calls that prove themselves alike, renewed before it ends."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

import orjson

from clients._auth import Auth, Names, Pairs, Proof, TokenAddress
from clients._body import Body
from clients._call import CURRENT, Call
from clients._clock import Clock
from clients._environment import Environment
from clients._http import HttpResponse
from clients._redact import Redactor
from clients._upstream import Upstream
from contracts import (
    BadUpstreamReply,
    Expired,
    Facts,
    Failure,
    OperatorFault,
    UpstreamRejected,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)


@dataclass(frozen=True)
class TokenSource(Auth):
    """A bearer token that is fetched, kept while it lives, and shared by all calls."""

    at: Upstream
    """Where tokens come from."""
    path: str
    """The token endpoint below it; capitals in braces are variables."""

    @property
    def asks(self) -> tuple[Upstream, ...]:
        """The one address."""
        return (self.at,)

    def lacking(self, env: Environment) -> Names:
        """Return what is missing, here or to reach the token's address."""
        return tuple(dict.fromkeys((*super().lacking(env), *self.at.lacking(env))))

    def asked(self, env: Environment, wall: float) -> tuple[Body, Pairs]:
        """Return the form and the headers of a request for a token, at `wall` UTC seconds."""
        raise NotImplementedError

    async def prove(self, env: Environment, tokens: TokenAddress) -> Proof:
        """The token as ``Authorization: Bearer``."""
        kept = await tokens.token(self, env)
        return Proof((("Authorization", f"Bearer {kept[1]}"),), tokens=(kept,))


Fetch = Callable[[TokenSource, Environment], Awaitable[HttpResponse]]
"""Asks for a token, through the gate of its address."""

PATIENCE: Final = 30.0
"""Seconds that a request for a token may take in all."""
_EARLY: Final = 300.0
_SHARE: Final = 0.1
_LIFE: Final = 300.0
"""Seconds that a token is taken to live where nobody says."""


@dataclass(slots=True)
class _Kept:
    value: str = ""
    due: float = -math.inf
    ends: float = -math.inf
    fetching: "asyncio.Task[None] | None" = field(default=None, repr=False)


class Tokens:
    """The tokens of one client; a token that is asked for by many is fetched once."""

    def __init__(self, fetch: Fetch, clock: Clock, redact: Redactor) -> None:
        self._fetch = fetch
        self._clock = clock
        self._redact = redact
        self._kept: dict[Hashable, _Kept] = {}

    async def token(self, source: TokenSource, env: Environment) -> tuple[Hashable, str]:
        """Return a living token of that source, and what it is kept under.

        Raises:
            UpstreamUnauthorized: the address refused these variables; names them.
            Failure: no token was to be had. The call itself has not left.
        """
        key = source, *(env.get(name) for name in source.variables)
        kept = self._kept.setdefault(key, _Kept())
        if self._clock.now() >= kept.due:
            await self._renewed(kept, source, env)
        return key, kept.value

    def refused(self, proof: Proof) -> bool:
        """Forget the tokens of a proof that the vendor refused; returns whether it had any."""
        for key, value in proof.tokens:
            kept = self._kept.get(key)
            if kept and kept.value == value:
                kept.due = kept.ends = -math.inf
        return bool(proof.tokens)

    async def aclose(self) -> None:
        """Stop asking."""
        tasks = [one.fetching for one in self._kept.values() if one.fetching]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _renewed(self, kept: _Kept, source: TokenSource, env: Environment) -> None:
        if kept.fetching is None:
            kept.fetching = asyncio.create_task(self._get(kept, source, env))
            kept.fetching.add_done_callback(lambda task: _over(kept, task))
        try:
            await self._patiently(kept.fetching)
        except Failure:
            if self._clock.now() >= kept.ends:
                raise

    async def _patiently(self, fetching: "asyncio.Task[None]") -> None:
        """Wait for it, but no longer than the asker may."""
        late = asyncio.Event()
        waiting = asyncio.create_task(late.wait())
        last = CURRENT.get().last_moment()
        left = PATIENCE if last is None else last - self._clock.now()
        alarm = self._clock.later(left, late.set)
        try:
            await asyncio.wait({fetching, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            alarm.cancel()
            waiting.cancel()
        if not fetching.done():
            raise Expired("The deadline passed before there was a token.")
        if fetching.cancelled():
            raise UpstreamUnavailable("The hub closes this client.", Facts(outcome="not_sent"))
        fetching.result()

    async def _get(self, kept: _Kept, source: TokenSource, env: Environment) -> None:
        began = self._clock.now()
        CURRENT.set(Call(timeout=PATIENCE, deadline=began + PATIENCE))
        try:
            response = await self._fetch(source, env)
        except Failure as failure:
            raise _unsent(failure, map(env.named, source.variables)) from None
        said = _read(response)
        self._redact.learn_passing(str(said[name]) for name in said if name.endswith("_token"))
        life = _seconds(said.get("expires_in"))
        kept.value = said["access_token"]
        kept.ends = began + life
        kept.due = kept.ends - min(_EARLY, life * _SHARE)


def signed(body: Body) -> list[str]:
    """Return the statements in a request for a token that are worth one."""
    return parse_qs(body.content.decode()).get("assertion", [])


def _over(kept: _Kept, task: "asyncio.Task[None]") -> None:
    kept.fetching = None
    if not task.cancelled():
        task.exception()  # looked at: whoever asked may have gone


def _unsent(failure: Failure, variables: Iterable[str]) -> Failure:
    """Return what a failed request for a token means for the call that needs it."""
    facts = failure.facts.model_copy(update={"outcome": "not_sent", "executed": None})
    if isinstance(failure, UpstreamRejected | UpstreamUnauthorized):
        return UpstreamUnauthorized(f"No token for {', '.join(variables)}: {failure.detail}", facts)
    if isinstance(failure, OperatorFault):
        return failure
    return type(failure)(f"No token: {failure.detail}", facts)


def _read(response: HttpResponse) -> dict[str, Any]:
    try:
        said = orjson.loads(response.body)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict) or not _is_token(said.get("access_token")):
        text = "The token's address answered without a token."
        raise BadUpstreamReply(text, Facts(outcome="not_sent", upstream_status=response.status))
    return said


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and value != ""


def _seconds(said: object) -> float:
    try:
        life = float(said) if isinstance(said, int | float | str) else _LIFE
    except ValueError:
        life = _LIFE
    return life if math.isfinite(life) and life > 0 else _LIFE
