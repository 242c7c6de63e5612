"""What every HTTP request passes first: its host, its token, where it comes from. Pure ASGI.

A browser on this machine can be made to ask us by any page that it shows. So a host name that is
not ours is refused (DNS rebinding), a change that another page asks for too, and no page may read
what we answer (no CORS) or show it inside itself.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from contracts._names import PROBLEM_JSON

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN: Final = frozenset({"/health/live", "/health/ready"})
"""What needs no token."""

_HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FOR_BROWSERS: Final = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
"""On every answer."""


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    detail: str

    @property
    def headers(self) -> dict[str, str]:
        """What the answer carries besides its problem."""
        return {"WWW-Authenticate": "Bearer"} if self.status == HTTPStatus.UNAUTHORIZED else {}


@dataclass(frozen=True)
class Rules:
    """Who may come in."""

    token: str | None = None
    hosts: frozenset[str] | None = _LOCAL
    """The names under which we are asked; None: any, where the token guards everything."""
    largest: int = 256 * 1024
    """Bytes of a body."""

    def refusal(self, method: str, path: str, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request is refused; None if it may pass. Names of headers in lower case."""
        host = headers.get("host", "")
        if self.hosts is not None and _name(host) not in self.hosts:
            return Refusal(HTTPStatus.MISDIRECTED_REQUEST, "This host name is not served here.")
        if path in OPEN:
            return None
        if self.token is not None and not _proves(headers.get("authorization", ""), self.token):
            text = "Send the header Authorization: Bearer with the hub's HUB_HTTP_TOKEN."
            return Refusal(HTTPStatus.UNAUTHORIZED, text)
        if _length(headers) > self.largest:
            text = f"The body is over {self.largest} bytes."
            return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
        if method not in _HARMLESS and _is_foreign(headers, host):
            return Refusal(HTTPStatus.FORBIDDEN, "Pages of other sites may not ask for this.")
        return None


def rules_for(host: str, token: str | None, largest: int) -> Rules:
    """Return the rules of a hub that listens at `host`."""
    if _is_everywhere(host):
        return Rules(token, None, largest)
    return Rules(token, _LOCAL | {_name(_bracketed(host))}, largest)


class Guard:
    """Refuses what may not pass, and adds to every answer what browsers have to heed."""

    def __init__(self, app: App, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection; nothing but HTTP is served."""
        if scope["type"] != "http":
            return

        async def guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                added = [pair for pair in FOR_BROWSERS if pair[0] not in given]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        headers = {
            name.decode("latin-1"): text.decode("latin-1")
            for name, text in reversed(list(scope["headers"]))  # of repeated ones the first counts
        }
        refusal = self._rules.refusal(scope["method"], scope["path"], headers)
        if refusal is None:
            await self._app(scope, receive, guarded)
        else:
            await _refuse(refusal, guarded)


def plain_problem(status: int, detail: str) -> dict[str, Any]:
    """Return the problem of what fails before it is a call: the HTTP status says it all."""
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


async def _refuse(refusal: Refusal, send: Send) -> None:
    body = orjson.dumps(plain_problem(refusal.status, refusal.detail))
    told = {"Content-Type": PROBLEM_JSON, "Content-Length": str(len(body))} | refusal.headers
    headers = [(name.lower().encode(), text.encode()) for name, text in told.items()]
    start = {"type": "http.response.start", "status": refusal.status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _proves(authorization: str, token: str) -> bool:
    scheme, _, given = authorization.partition(" ")
    same = secrets.compare_digest(given.strip().encode(), token.encode())
    return same and scheme.lower() == "bearer"


def _length(headers: Mapping[str, str]) -> int:
    told = headers.get("content-length", "")
    return int(told) if told.isascii() and told.isdigit() else 0


def _is_foreign(headers: Mapping[str, str], host: str) -> bool:
    """Return whether a browser says that the page of another site asks."""
    origin = headers.get("origin")
    if origin is not None and _place(origin) != host:
        return True
    return headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}


def _place(origin: str) -> str | None:
    """Return ``host[:port]`` of an origin; None of what is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _name(host: str) -> str:
    """Return the name in ``host[:port]``, in lower case; of an IPv6 address without brackets."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_everywhere(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False
