"""A hub's pages as commands see them: real HTTP, rows by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from contracts import Internal
from service.web.guard import rules_for
from service.web.listening import listen
from service.web.routes import Call, Outcome, make_app
from service.web.server import Pages

NOTION: dict[str, Any] = {
    "name": "notion",
    "mode": "configured",
    "owned": True,
    "serving": True,
    "paused": False,
    "health": {
        "integration": "notion",
        "state": "up",
        "previous": None,
        "cause": None,
        "detail": "",
        "since": "2026-03-08T12:00:00.123456Z",
        "latency_ms": 12.5,
        "upstreams": {},
        "hub": "vm-1",
    },
    "limits": [
        {"upstream": "api", "allowed": "3/s burst 10", "left": 7.70036, "eta": 0.0, "waiting": 2}
    ],
}
TWILIO: dict[str, Any] = NOTION | {
    "name": "twilio",
    "health": NOTION["health"]
    | {"integration": "twilio", "state": "down", "cause": "network", "detail": "gone\x1b[2J"},
    "owned": False,
    "limits": [{"upstream": "api", "allowed": "", "left": None, "eta": None, "waiting": None}],
}


@dataclass
class StubView:
    """What the pages show."""

    rows: list[dict[str, Any]] = field(default_factory=lambda: [NOTION, TWILIO])

    async def ready(self) -> str:
        return ""

    def metrics(self) -> bytes:
        return b""

    def names(self) -> list[str]:
        return [row["name"] for row in self.rows]

    def integrations(self) -> list[dict[str, Any]]:
        return self.rows

    def integration(self, name: str) -> dict[str, Any]:
        return next(row for row in self.rows if row["name"] == name)

    def health(self, name: str) -> dict[str, Any]:
        health: dict[str, Any] = self.integration(name)["health"]
        return health


@asynccontextmanager
async def pages(
    view: StubView, token: str | None = None, more: Sequence[APIRouter] = ()
) -> AsyncIterator[int]:
    """Serve them; gives the port."""

    async def unused(call: Call) -> Outcome:
        raise Internal(call.operation)

    with listen("127.0.0.1", 0) as listening:
        app = make_app(view, unused, rules_for("127.0.0.1", token, 1000), *more)
        async with Pages(app, listening):
            yield listening.getsockname()[1]
