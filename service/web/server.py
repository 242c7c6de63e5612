"""The HTTP server: its socket, taken before anything starts, and uvicorn on the hub's own loop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Final, Self

import uvicorn

from service.web.guard import App

_STOP_WITHIN: Final = 2
_BACKLOG: Final = 128


class CannotListen(Exception):
    """The address cannot be used; the sentence says which setting to change."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises:
        CannotListen: the port is taken, or the address is not this machine's.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], found[0][4]
        return socket.create_server((str(address[0]), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise CannotListen(_sentence(host, port, error)) from None


class Pages:
    """``async with Pages(app, listening)``: serves until the block ends."""

    def __init__(self, app: App, listening: socket.socket) -> None:
        self._socket = listening
        config = uvicorn.Config(
            app,
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


def _sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program, perhaps another hub. Stop it, "
            "or set HUB_HTTP_PORT to another one (0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}: set HUB_HTTP_PORT to 1024 or more."
    return (
        f"HUB_HTTP_HOST {host} is no address of this machine ({error.strerror or error}). Set it "
        "to one, to 127.0.0.1, or to 0.0.0.0 for all of them."
    )
