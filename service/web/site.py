"""The HTTP side of one hub: its pages, and calls over the bus for those who ask there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from socket import socket
from typing import Final, Protocol

from sdk import Hub as Agent
from sdk import Options
from service.amqp.consumer import OnDelivery
from service.web.dead_letters import Letters, dead_letter_routes
from service.web.guard import App, rules_for
from service.web.routes import Call, Outcome, make_app
from service.web.server import Pages
from service.web.view import HubView, Running

_ACTS_FOR: Final = "http"
_ROOM: Final = 4096
"""Bytes of a call over HTTP besides its parameters."""


class Listening(Running, Protocol):
    """A hub, as far as its pages need it (`service.app.Hub`)."""

    @property
    def dead_letters(self) -> Letters:
        """What could not be answered."""
        ...

    async def listen(self, pattern: str, take: OnDelivery) -> None:
        """Hear the events under a pattern until the hub ends."""
        ...


@asynccontextmanager
async def served(hub: Listening, url: str, listening: socket) -> AsyncIterator[None]:
    """Answer on a socket until the block ends; `url` is the broker's."""
    async with Agent(url, prefix=hub.settings.prefix) as agent:
        view = HubView(hub)
        await hub.listen("health.#", view.hear)
        async with Pages(_app(hub, view, agent), listening):
            yield


def _app(hub: Listening, view: HubView, agent: Agent) -> App:
    settings = hub.settings
    token = settings.http_token.get_secret_value() if settings.http_token else None
    largest = settings.max_request_bytes + _ROOM
    rules = rules_for(settings.http_host, token, largest)
    return make_app(view, _Caller(agent), rules, dead_letter_routes(hub.dead_letters))


@dataclass(frozen=True)
class _Caller:
    """Calls for `/api/calls`: over the bus, as any agent."""

    agent: Agent

    async def __call__(self, call: Call) -> Outcome:
        options = Options(within=call.within, request_id=call.id, acts_for=_ACTS_FOR)
        reply = await self.agent.ask(call.operation, call.params, options)
        reply.check()
        return Outcome(reply.body, reply.served)
