"""What a hub imports late: a second's work, for a thread.

It is done while a start waits for others anyway: for the broker of `hub up`, and for a second to
hear who is there (`service.ownership.meeting`).
"""

# ruff: noqa: PLC0415  (this file is for that, and the only one of a hub that does it)

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from socket import socket
from threading import Lock
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from service.assembly import Assembly
    from service.web.site import Listening

    Upgrade = Callable[[Connection, Path], None]
    Site = Callable[[Listening, str, socket], AbstractAsyncContextManager[None]]

_ALONE: Final = Lock()  # a hub asks for it, and so does the process around it


def names() -> tuple[str, ...]:
    """Return the names of all integrations; imports what all clients have in common."""
    from clients import _registry

    return _registry.names()


def assembly() -> "type[Assembly]":
    """Import database, HTTP and all clients: of what other hubs serve too, for strays."""
    with _ALONE:
        from clients import _registry
        from service.assembly import Assembly

        for name in _registry.names():
            _registry.load(name)
    return Assembly


def upgrade() -> "Upgrade":
    """Import what brings an older database into shape."""
    from service.record.upgrade import upgrade as function

    return function


def site() -> "Site":
    """Import the web server and the SDK, after all of `assembly`."""
    assembly()
    from service.web.site import served

    return served
