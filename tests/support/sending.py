"""Calls of a transport in tests: full of secrets, and what is known when they fail."""

import traceback

import pytest

from clients._http import HttpRequest, Kind, Transport, TransportError
from tests.support.upstream import Upstream

SECRET = "s3cr3t"
METHODS = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"]


def ask(
    up: Upstream, method: str = "GET", *, within: float = 5.0, fresh: bool = False
) -> HttpRequest:
    """A request with secrets in URL, header and, if the method has one, body."""
    body = SECRET.encode() if method in {"PUT", "PATCH", "POST"} else b""
    url = f"{up.url}/{SECRET}?key={SECRET}"
    return HttpRequest(method, url, (("X-Key", SECRET),), body, within, fresh)


async def failure(transport: Transport, request: HttpRequest) -> TransportError:
    """The error of a call that must fail; it agrees with its mark and tells no secret."""
    with pytest.raises(TransportError) as caught:
        await transport.send(request)
    error = caught.value
    assert request.mark.sent is error.sent
    assert SECRET not in "".join(traceback.format_exception(error))
    return error


def facts(error: TransportError) -> tuple[Kind, bool]:
    """What the caller decides by: the kind, and whether it was sent."""
    return error.kind, error.sent
