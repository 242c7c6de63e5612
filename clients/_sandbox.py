"""The sandbox: a transport that answers from recordings what it has a recording of."""

import json
from collections.abc import Iterable, Mapping
from heapq import nlargest
from posixpath import commonprefix
from typing import Final

from clients._call import CURRENT, Call
from clients._environment import Environment, Found
from clients._http import HttpRequest, HttpResponse
from clients._recordings import Exchange, Recording
from clients._upstream import Upstream

_SHOWN: Final = 2
_LONGEST: Final = 120
_TOKEN: Final = b'{"access_token": "sandbox", "expires_in": 3600, "token_type": "Bearer"}'


def recorded(sandbox: str, upstreams: Mapping[str, Upstream], env: Environment) -> frozenset[str]:
    """Return the names of the upstreams that answer from recordings; the rest is live.

    `off`: none. `on`: all. `auto`: those that lack a variable; but all where one is lacking and
    no key or address is set, so that a new hub answers without any and without a network. Where
    somebody who lacks nothing gets tokens, the address is live, and so are all who ask there: else
    it would be sent a stand-in for a key.
    """
    lacking = {name for name, one in upstreams.items() if one.lacking(env)}
    if sandbox == "off" or (sandbox == "auto" and not lacking):
        return frozenset()
    if sandbox == "on" or not any(_touched(one, env) for one in upstreams.values()):
        return frozenset(upstreams)
    working = [one for name, one in upstreams.items() if name not in lacking]
    live = {at.member for one in working for at in one.auth.chosen(one.view(env)).asks}
    return frozenset(
        name
        for name, one in upstreams.items()
        if (one.for_tokens or name in lacking)
        and live.isdisjoint([one.member, *(at.member for at in one.auth.asks)])
    )


def _touched(upstream: Upstream, env: Environment) -> bool:
    return env.find(*upstream.keys, *upstream.url_variables, *upstream.places) is not None


class SandboxEnvironment(Environment):
    """Stand-ins for keys and for what the recordings contain; the rest is real."""

    def __init__(self, real: Environment, samples: Mapping[str, str], keys: Iterable[str]) -> None:
        stand_ins = dict.fromkeys(keys, "sandbox") | dict(samples)
        super().__init__(stand_ins)
        self._real = real
        self._recorded = frozenset(stand_ins)

    def find(self, *names: str) -> Found | None:
        """Return a stand-in for what recordings contain, else the real variable."""
        if any(name in self._recorded for name in names):
            return super().find(*names)
        return self._real.find(*names)


class SandboxTransport:
    """Answers one upstream's calls; what it has no recording of gets a clear 404.

    Where a success and a refusal were recorded of the same call, it answers the success.
    """

    def __init__(self, upstream: Upstream, base: str, recordings: Iterable[Recording]) -> None:
        self._base = base
        self._upstream = upstream
        self._known: list[tuple[Exchange, Recording]] = [
            (exchange, recording)
            for recording in sorted(recordings, key=lambda one: one.code is not None)
            for exchange in recording.exchanges
            if exchange.upstream == upstream.member
        ]

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the recorded answer to this very call."""
        await request.leave()
        request.mark.sent = True
        CURRENT.get(Call()).recorded += 1
        target = request.url.removeprefix(self._base)
        for one, _ in self._known:
            if one.request.fits(request.method, target, request.body):
                return one.response.at(self._upstream.url, self._base)
        if self._upstream.for_tokens and request.method == "POST":
            return HttpResponse(200, {}, _TOKEN)
        return self._unknown(request.method, target)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _unknown(self, method: str, target: str) -> HttpResponse:
        text = (
            f"Nothing was recorded for {method} {target} with these parameters. "
            f"{self._nearest(f'{method} {target}')} `hub integrations NAME` lists all operations."
        )
        return HttpResponse(
            404, {"content-type": "application/json"}, json.dumps({"message": text}).encode()
        )

    def _nearest(self, asked: str) -> str:
        def likeness(known: tuple[Exchange, Recording]) -> int:
            call = known[0].request
            return len(commonprefix([asked, f"{call.method} {call.path}"]))

        near = [_shown(recording) for _, recording in nlargest(_SHOWN, self._known, likeness)]
        return (
            f"Nearest to it: {', '.join(dict.fromkeys(near))}." if near else "Nothing at all was."
        )


def _shown(recording: Recording) -> str:
    params = json.dumps(recording.params, ensure_ascii=False)
    short = params if len(params) <= _LONGEST else f"{params[:_LONGEST]}…"
    return f"{recording.operation} {short}"
