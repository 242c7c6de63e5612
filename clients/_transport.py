"""HTTP over aiohttp: one `send` is at most one request on the wire.

The only module that knows aiohttp (https://docs.aiohttp.org). It breaks it of two habits: to
repeat GET, PUT and DELETE when a connection is lost; to add headers, cookies and redirects.
"""

import asyncio
import re
from typing import TYPE_CHECKING, Final, cast

import aiohttp
from aiohttp import ClientRequest, ClientResponse, ClientSession, ClientTimeout
from aiohttp.abc import AbstractStreamWriter
from aiohttp.connector import Connection
from aiohttp.http_exceptions import ContentEncodingError
from multidict import CIMultiDict
from yarl import URL

from clients._http import HttpRequest, HttpResponse, Kind, TransportError
from clients._tls import Tls, context

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType
    from aiohttp.client_reqrep import ConnectionKey

_KEEP_ALIVE: Final = 2.0
"""Seconds a connection may idle: most servers wait longer before they close it."""
_HEADER_BYTES: Final = 32768
_READ_BYTES: Final = 65536
"""Pieces in which bodies are decoded; what a bomb can cost beyond the bound is a few of them."""
_URL: Final = re.compile(r"https?://[\w.:\[\]-]+(?P<target>/[!-~]*)?", re.ASCII)
_NO_CONTENT_TYPE: Final[CIMultiDict[None]] = CIMultiDict({"Content-Type": None})
_SYSTEM: Final = Tls()


class AioHttpTransport:
    """Connections to one upstream, opened when needed.

    At most `connections` calls are under way at once, the others wait; an answer has at most
    `max_bytes` after decoding. Proxies, cookies and redirects are never used.
    """

    def __init__(
        self, *, connections: int = 100, max_bytes: int = 8 * 1024 * 1024, tls: Tls = _SYSTEM
    ) -> None:
        self._connections = connections
        self._max_bytes = max_bytes
        self.tls = tls
        self._session: ClientSession | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Put `request` on the wire, once, and return the answer; see `Transport`."""
        if request.timeout <= 0:  # a pooled connection would be written to before a timer fires
            raise TransportError("timeout", sent=False)
        task = cast("asyncio.Task[object]", asyncio.current_task())
        attempt = _Attempt(request)
        try:
            with attempt, _Limit(task, request.timeout):
                return await self._exchange(request, attempt)
        except asyncio.CancelledError:
            if self._closed and not task.cancelling():  # aiohttp cancels who waits for a connection
                raise TransportError("closed", sent=request.mark.sent) from None
            raise

    async def aclose(self) -> None:
        """Close all connections, for good."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, request: HttpRequest, attempt: "_Attempt") -> HttpResponse:
        url = _checked(request)
        response = await self._open().request(
            request.method,
            url,
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
            ssl=context(self.tls) if url.scheme == "https" else True,
            middlewares=(attempt,),
        )
        try:
            body = await self._read(response)
        finally:
            response.close()  # what was read to its end has given its connection back before
        return HttpResponse(response.status, _headers(response), body, response.reason or "")

    def _open(self) -> ClientSession:
        if self._closed:
            raise TransportError("closed", sent=False)
        if self._session is None:
            pin = self.tls.fingerprint()
            self._session = ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    keepalive_timeout=_KEEP_ALIVE,
                    ssl=aiohttp.Fingerprint(pin) if pin else True,
                ),
                request_class=_Request,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=ClientTimeout(),
                read_bufsize=_READ_BYTES,
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        return self._session

    async def _read(self, response: ClientResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        content = response.content
        while not content.at_eof():
            part = await content.readany()
            size += len(part)
            if size > self._max_bytes:
                raise TransportError("too_large", sent=True, detail=f"{self._max_bytes} bytes")
            parts.append(part)
        return b"".join(parts)


class _Attempt:
    """One send: aiohttp's middleware around it, and the context that translates its errors."""

    __slots__ = ("fresh", "leave", "mark")

    def __init__(self, request: HttpRequest) -> None:
        self.fresh = request.fresh
        self.mark = request.mark
        self.leave = request.leave

    async def __call__(
        self, request: ClientRequest, handler: "ClientHandlerType"
    ) -> ClientResponse:
        cast("_Request", request).attempt = self
        with self:  # also in here: aiohttp repeats the request when it sees an error of its own
            return await handler(request)

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, TransportError):
            raise _translated(error, sent=self.mark.sent) from None


class _Limit:
    """What `asyncio.timeout` does, at an eighth of its price: that is a tenth of a call's."""

    __slots__ = ("_cancels", "_passed", "_task", "_timer")

    def __init__(self, task: "asyncio.Task[object]", seconds: float) -> None:
        self._task = task
        self._cancels = task.cancelling()
        self._passed = False
        self._timer = asyncio.get_running_loop().call_later(seconds, self._pass)

    def _pass(self) -> None:
        self._passed = True
        self._task.cancel()

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self._timer.cancel()
        if self._passed:
            only_mine = self._task.uncancel() <= self._cancels
            if only_mine and isinstance(error, asyncio.CancelledError):
                raise TimeoutError from None


class _Request(ClientRequest):
    """A request that is written once, and says so; headers are those it was given."""

    attempt: _Attempt

    def update_auto_headers(self, _skip: object) -> None:
        self._skip_auto_headers = _NO_CONTENT_TYPE
        self.headers.setdefault("Accept-Encoding", "gzip")

    @property
    def connection_key(self) -> "ConnectionKey":
        key = super().connection_key
        # A key of their own, and `force_close` below: no connection is ever pooled under it.
        return key._replace(proxy_headers_hash=0) if self.attempt.fresh else key

    async def send(self, conn: Connection) -> ClientResponse:
        attempt, protocol = self.attempt, conn.protocol
        if attempt.mark.sent:
            raise TransportError("protocol", sent=True, detail="this request has left before")
        await attempt.leave()
        if protocol is None or protocol.should_close:  # it holds an answer that nobody asked for
            raise TransportError("closed", sent=False)
        if attempt.fresh:
            protocol.force_close()
        attempt.mark.sent = not self.body
        try:
            return await super().send(conn)
        except (ValueError, ConnectionError):  # bad characters, connection gone: nothing written
            attempt.mark.sent = False
            raise

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        self.attempt.mark.sent = not conn.closed
        await super().write_bytes(writer, conn, content_length)


def _checked(request: HttpRequest) -> URL:
    """Return the URL as yarl's, having made sure that all leaves as it stands."""
    match = _URL.fullmatch(request.wire_url)
    if match is None:
        raise _unfit("the URL is not absolute, quoted and without a user")
    url = URL(request.wire_url, encoded=True)
    if url.raw_path_qs != (match["target"] or "/"):
        raise _unfit("the URL has a fragment, or an empty query")
    if not "".join([value for _, value in request.headers]).isascii():
        raise _unfit("a header is not ASCII")
    return url


def _unfit(detail: str) -> TransportError:
    return TransportError("protocol", sent=False, detail=detail)


def _headers(response: ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.raw_headers:
        name, value = raw_name.lower().decode("latin-1"), raw_value.decode("utf-8", "replace")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _translated(error: Exception, *, sent: bool) -> TransportError:
    if isinstance(error, TimeoutError):
        return TransportError("timeout", sent=sent)
    cause = error.__cause__ or error
    kinds = (kind for kind, types in _KINDS if isinstance(error, types) or isinstance(cause, types))
    # "Hostname mismatch, certificate is not valid for ...": the host is not told
    reason = str(getattr(cause, "verify_message", "")).partition(",")[0]
    return TransportError(next(kinds, "protocol"), sent=sent, detail=reason or type(cause).__name__)


_KINDS: Final[tuple[tuple[Kind, tuple[type[Exception], ...]], ...]] = (
    ("protocol", (ContentEncodingError,)),
    ("dns", (aiohttp.ClientConnectorDNSError,)),
    ("tls", (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch)),
    ("connect", (aiohttp.ClientConnectorError,)),
    ("closed", (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError)),
)
