"""The hub's socket for HTTP, taken before anything starts."""

import errno
import socket
from typing import Final

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
