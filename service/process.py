"""The process around a hub: event loop, signals, the pages' server, the private broker."""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

import structlog
import uvicorn
import uvloop

from sdk import Hub as Agent
from sdk import Options
from service.app import Hub
from service.logs import configure
from service.node import Node
from service.settings import Settings
from service.view import HubView
from service.web import Call, make_app

_PAGES_STOP_WITHIN: Final = 2

log = structlog.get_logger()


@dataclass(frozen=True)
class Addresses:
    """Where a running hub can be reached."""

    amqp_url: str
    http_url: str
    prefix: str

    def told(self) -> dict[str, str]:
        """Return what other commands need."""
        return {"amqp_url": self.amqp_url, "http_url": self.http_url, "prefix": self.prefix}

    @property
    def amqp_shown(self) -> str:
        """The broker's address without its password."""
        parts = urlsplit(self.amqp_url)
        return f"{parts.scheme}://{parts.hostname}:{parts.port or 5672}{parts.path}"


Ready = Callable[[Addresses], None]


def run(settings: Settings, url: str, ready: Ready) -> None:
    """Serve until SIGTERM or SIGINT; then finish what has left, and return."""
    uvloop.run(_until_signal(lambda stop: serve(settings, url, ready, stop)))


def run_with_node(settings: Settings, ready: Ready) -> None:
    """The same with a broker: that of HUB_AMQP_URL, else one of our own in the data folder."""
    if settings.amqp_url is not None:
        run(settings, settings.amqp_url.get_secret_value(), ready)
        return

    async def both(stop: asyncio.Event) -> None:
        async with Node(settings.data_dir / "broker") as node:
            await serve(settings, node.url, ready, stop)

    uvloop.run(_until_signal(both))


async def serve(settings: Settings, url: str, ready: Ready, stop: asyncio.Event) -> None:
    """Run hub and pages until `stop` is set."""
    hub = Hub(settings, url)
    configure(settings.log_level, settings.log_format, hub.redact)
    async with hub, Agent(url, prefix=settings.prefix) as agent:
        view = HubView(hub)
        await hub.listen("health.#", view.hear)
        async with _Pages(settings, view, agent) as pages:
            at = Addresses(url, pages.url, settings.prefix)
            log.info("hub_serving", http=at.http_url, broker=at.amqp_shown)
            ready(at)
            await stop.wait()


async def _until_signal(work: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    task = asyncio.ensure_future(work(stop))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    await task


class _Pages:
    """The HTTP server; uvicorn without its own signal handlers."""

    def __init__(self, settings: Settings, view: HubView, agent: Agent) -> None:
        token = settings.http_token.get_secret_value() if settings.http_token else None
        self._socket = socket.create_server((settings.http_host, settings.http_port))
        port = self._socket.getsockname()[1]
        self.url = f"http://{settings.http_host}:{port}"
        app = make_app(view, _Caller(agent), token)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=_PAGES_STOP_WITHIN,
        )
        self._server = uvicorn.Server(config)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._server._serve([self._socket]))  # noqa: SLF001
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        if self._task:
            with suppress(asyncio.CancelledError):
                await self._task


@dataclass(frozen=True)
class _Caller:
    """Calls for `/api/calls`: over the bus, as any agent."""

    agent: Agent

    async def __call__(self, call: Call) -> bytes:
        options = Options(within=call.within, request_id=call.id, acts_for="http")
        reply = await self.agent.ask(call.operation, call.params, options)
        reply.check()
        return reply.body
