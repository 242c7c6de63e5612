"""The sandbox: a transport that answers from recordings what it has a recording of."""

import json
from collections.abc import Iterable, Mapping
from typing import Final

from clients._environment import Environment, Found
from clients._http import HttpRequest, HttpResponse
from clients._recordings import Exchange, Recording

_SHOWN: Final = 5


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

    def __init__(self, base: str, upstream: str, recordings: Iterable[Recording]) -> None:
        self._base = base
        self._exchanges: list[Exchange] = [
            exchange
            for recording in sorted(recordings, key=lambda one: one.code is not None)
            for exchange in recording.exchanges
            if exchange.upstream == upstream
        ]

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Return the recorded answer to this very call."""
        await request.leave()
        request.mark.sent = True
        target = request.url.removeprefix(self._base)
        for one in self._exchanges:
            if one.request.fits(request.method, target, request.body):
                answer = one.response
                return HttpResponse(answer.status, _lowered(answer.headers), answer.raw())
        return self._unknown(request.method, target)

    async def aclose(self) -> None:
        """Nothing is open."""

    def _unknown(self, method: str, target: str) -> HttpResponse:
        known = sorted({f"{x.request.method} {x.request.path}" for x in self._exchanges})
        text = (
            f"The sandbox has no recording of {method} {target}. It has, with the parameters that "
            f"`hub catalog` shows: {', '.join(known[:_SHOWN])}{', …' if known[_SHOWN:] else ''}."
        )
        return HttpResponse(
            404, {"content-type": "application/json"}, json.dumps({"message": text}).encode()
        )


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
