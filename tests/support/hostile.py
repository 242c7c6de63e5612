"""Vendors that echo all they are sent: in bodies, reasons, headers, redirects and cookies."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qs, quote, unquote

from clients._client import Client
from clients._recordings import Exchange
from tests.support.canaries import Canaries
from tests.support.conformance import SUCCESSES
from tests.support.upstream import Received, reply

Mood = Literal["no_token", "laced", "refuses", "page", "redirects", "breaks"]
MOODS: Final[tuple[Mood, ...]] = (
    "no_token",
    "laced",
    "refuses",
    "page",
    "redirects",
    "breaks",
)
_LINE: Final = 8000


@dataclass
class Vendors:
    """Stands for all of them; the first two parts of a path say for whom."""

    canaries: Canaries
    mood: Mood = "no_token"
    seen: set[str] = field(default_factory=set)
    """The canaries that arrived."""

    def __post_init__(self) -> None:
        self._known: dict[str, list[Exchange]] = {}
        for case in SUCCESSES:
            for one in case.recording.exchanges:
                self._known.setdefault(f"{case.facts.name}/{one.upstream}", []).append(one)

    def __call__(self, request: Received) -> bytes:
        told = _told(request)
        self.seen |= self.canaries.found(unquote(told).encode()).keys()
        if b"grant_type=" in request.body:
            return self._token(request, told)
        return self._answer(request, _echo(told))

    def _token(self, request: Received, told: str) -> bytes:
        for statement in parse_qs(request.body.decode()).get("assertion", ()):
            signature = statement.rpartition(".")[2]
            self.canaries.plant("a signed statement", signature[:8], signature[-8:])
        if self.mood == "no_token":
            said = _echo(told)
            return reply(400, json={"error": "invalid_client", "error_description": said})
        names = ("access_token", "refresh_token", "id_token")
        found = {name: self.canaries.new(f"{name} {len(self.canaries.pieces)}") for name in names}
        return reply(json=found | {"token_type": "Bearer", "expires_in": 3600})

    def _answer(self, request: Received, echo: str) -> bytes:
        headers = [("X-Echo", _line(echo)), ("Set-Cookie", f"a={_line(quote(echo))}")]
        said = {"code": echo, "message": echo, "error": {"message": echo}}
        match self.mood:
            case "laced":
                return self._laced(request, echo)
            case "no_token" | "refuses":
                status = 401 if self.mood == "no_token" else 400
                return _with_reason(reply(status, json=said, headers=headers), echo)
            case "page":
                page = f"<html><title>{echo}</title>{echo}</html>".encode()
                kind = ("Content-Type", "text/plain" if len(request.target) % 2 else "text/html")
                return _with_reason(reply(403, page, headers=[*headers, kind]), echo)
            case "redirects":
                to = f"http://{request.header('Host')}/elsewhere?{_line(quote(echo))}"
                return reply(307, headers=[("Location", to), *headers])
            case "breaks":
                return _with_reason(reply(500, json=said, headers=headers), echo)

    def _laced(self, request: Received, echo: str) -> bytes:
        """Answer as recorded, with an echo inside; what is not recorded gets the echo alone."""
        _, integration, upstream, *rest = request.target.split("/")
        target = self._without_keys("/" + "/".join(rest))
        for one in self._known.get(f"{integration}/{upstream}", ()):
            if one.request.fits(request.method, target, request.body):
                answer = one.response.at()
                headers = [(name, text) for name, text in answer.headers.items()]
                return reply(answer.status, _lace(answer.body, echo), headers=headers)
        return reply(json={"hostile": echo})

    def _without_keys(self, target: str) -> str:
        path, _, query = target.partition("?")
        shown = [one for one in query.split("&") if not self.canaries.found(one.encode())]
        return f"{path}?{'&'.join(shown)}" if shown != [""] and shown else path


def _told(request: Received) -> str:
    head = "".join(f"{name}: {value}\n" for name, value in request.headers)
    return (
        f"{request.method} {request.target}\n{head}{request.body[:4000].decode(errors='replace')}"
    )


def _echo(told: str) -> str:
    """Return all that was told, in every coding."""
    raw = told.encode()
    coded = (base64.b64encode(raw), base64.urlsafe_b64encode(b"x" + raw), raw.hex().encode())
    values = [line.partition(": ")[2] for line in told.splitlines()]
    basic = [base64.b64encode(one.encode()).decode() for one in values]
    decoded = [_decoded(one.removeprefix("Basic ")) for one in values if one[:6] == "Basic "]
    parts = [told, quote(told, safe=""), quote(quote(told)), json.dumps(told), unquote(told)]
    return " ".join([*parts, *(one.decode() for one in coded), *basic, *decoded])


def _decoded(text: str) -> str:
    return base64.b64decode(text + "=" * (-len(text) % 4)).decode(errors="replace")


def _with_reason(answer: bytes, echo: str) -> bytes:
    return answer.replace(b" Scripted\r\n", f" {_line(echo)}\r\n".encode(), 1)


def _line(echo: str) -> str:
    return "".join(one for one in echo[:_LINE] if " " <= one <= "~")


def _lace(body: bytes, echo: str) -> bytes:
    try:
        said = json.loads(body)
    except ValueError:
        return body + echo.encode()
    return json.dumps(_laced(said, echo, depth=2)).encode()


def _laced(value: Any, echo: str, depth: int) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(value, dict) and depth:
        inside = {name: _laced(one, echo, depth - 1) for name, one in value.items()}
        return inside | {"hostile": echo, echo: 1}
    if isinstance(value, list) and value and depth:
        return [_laced(value[0], echo, depth), *value[1:]]
    return value


def variables_of(facts: type[Client], to: str, canaries: Canaries) -> Iterator[tuple[str, str]]:
    """Yield the variables that put one integration before the stub at `to`, with all its keys."""
    groups = [group for one in facts.upstreams.values() for group in one.auth.accounts]
    accounts = {name for group in groups for name in group}
    yield from facts.samples.items()
    for one in facts.upstreams.values():
        yield from ((name, f"sample-{name}") for name in one.places)
        for name in one.keys if not one.secret_url else ():
            known = name in accounts
            yield name, f"sample-{name}" if known else canaries.new(name)
        base = f"{to}/{facts.name}/{one.name}"
        if one.secret_url:
            base += f"/hook/{quote(canaries.new(one.url_variable), safe='')}"
        yield one.url_variable, base
        yield one.limit_variable, "1000000/1s"
