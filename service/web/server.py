"""The HTTP server: uvicorn on the hub's own loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial
from typing import Final, Self, cast

import uvicorn

from service.web.guard import App
from service.web.patience import Bounds, PatientProtocol

_STOP_WITHIN: Final = 2


class Pages:
    """``async with Pages(app, listening)``: serves until the block ends."""

    def __init__(self, app: App, listening: socket.socket, bounds: Bounds | None = None) -> None:
        self._socket = listening
        protocol = partial(PatientProtocol, bounds or Bounds())
        config = uvicorn.Config(
            app,
            http=cast("type[asyncio.Protocol]", protocol),
            interface="asgi3",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_STOP_WITHIN,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve([self._socket]), name="pages")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Answer what is under way, for two seconds at most, and stop."""
        self._server.should_exit = True
        await asyncio.wait([self._task])


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the process."""
        yield
