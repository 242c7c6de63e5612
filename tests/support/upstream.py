"""A scripted HTTP server on a raw socket: what a vendor may do to us, and a log of what it saw.

``async with Upstream(answer) as up:`` serves at ``up.url``; ``up.requests`` is the truth about
what arrived. An answer is bytes, a step, or several of them; a handler makes one per request::

    Upstream(reply(json={"id": 1}))                         # always the same
    Upstream(in_turn(reply(), CLOSE))                       # one after the other, the last repeats
    Upstream([head(("Content-Length", "9")), b"abc", RESET])  # cut in the middle of the body
    Upstream(lambda request: reply(404 if request.target == "/no" else 200))
"""

import asyncio
import contextlib
import enum
import inspect
import itertools
import json as jsonlib
import socket
import ssl
import struct
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

_CHUNK: Final = 65536


class End(enum.Enum):
    """How a connection ends, as a step of an answer."""

    CLOSE = "close"  # an orderly end: FIN
    RESET = "reset"  # RST
    HANG = "hang"  # nothing more, until the peer goes away


CLOSE: Final = End.CLOSE
RESET: Final = End.RESET
HANG: Final = End.HANG


@dataclass(frozen=True)
class Pause:
    """A step that waits so many seconds."""

    seconds: float


Step = bytes | Pause | End
Answer = Step | Iterable[Step]


@dataclass(frozen=True)
class Received:
    """One whole request, as it stood on the wire."""

    at: float  # monotonic seconds: its head was complete
    connection: int  # 1 for the first connection accepted
    nth: int  # 1 for the first request of that connection
    method: str
    target: str  # raw: path and query byte for byte
    headers: tuple[tuple[str, str], ...]  # names as sent
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:  # noqa: ANN401  (JSON enters here)
        return jsonlib.loads(self.body)


Handler = Callable[[Received], Answer | Awaitable[Answer]]


def head(*headers: tuple[str, str], status: int = 200) -> bytes:
    """Status line and headers, the empty line included; the body is up to the next steps."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"HTTP/1.1 {status} Scripted\r\n{lines}\r\n".encode("latin-1")


def reply(
    status: int = 200,
    body: bytes = b"",
    *,
    json: object = None,
    headers: Iterable[tuple[str, str]] = (),
) -> bytes:
    """A whole response with its Content-Length; `json` brings its own content type."""
    if json is not None:
        body = jsonlib.dumps(json).encode()
        headers = (("Content-Type", "application/json"), *headers)
    return head(("Content-Length", str(len(body))), *headers, status=status) + body


def redirect(to: str, status: int = 302) -> bytes:
    """An answer that says: go elsewhere."""
    return reply(status, headers=[("Location", to)])


def throttled(retry_after: str | float = 1, status: int = 429) -> bytes:
    """Too many calls; `retry_after` is seconds or an HTTP date."""
    return reply(status, headers=[("Retry-After", str(retry_after))])


def informational(status: int = 103) -> bytes:
    """An interim response, to stand before the real one."""
    return head(status=status)


def drip(body: bytes, every: float) -> list[Step]:
    """A whole response whose body comes byte by byte, `every` so many seconds."""
    steps: list[Step] = [head(("Content-Length", str(len(body))))]
    for position in range(len(body)):
        steps += [Pause(every), body[position : position + 1]]
    return steps


def huge(size: int) -> list[Step]:
    """A whole response of `size` zero bytes, a multiple of 64 KiB; one chunk in memory."""
    return [head(("Content-Length", str(size))), *[bytes(_CHUNK)] * (size // _CHUNK)]


def bomb(size: int, encoding: str = "gzip") -> bytes:
    """A whole response, about a thousandth of `size`, that inflates to `size` zero bytes."""
    squeeze = zlib.compressobj(wbits={"deflate": 15}.get(encoding, 31))
    parts = [squeeze.compress(bytes(_CHUNK)) for _ in range(size // _CHUNK)]
    body = b"".join([*parts, squeeze.flush()])
    return reply(body=body, headers=[("Content-Encoding", encoding)])


def in_turn(*answers: Answer) -> Handler:
    """A handler that gives each request the next of `answers`, and the last one ever after."""
    turns = itertools.chain(answers, itertools.repeat(answers[-1]))
    return lambda _: next(turns)


_FINE: Final = reply()


class _Ended(Exception):
    """This connection is over."""


class Upstream:
    """The server: an async context manager that listens on a free port of 127.0.0.1.

    A handler that raises ends that connection, and fails the test when the context is left.
    """

    def __init__(
        self, handler: Handler | Answer = _FINE, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self._handler: Handler = handler if callable(handler) else lambda _: handler
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()
        self._errors: list[Exception] = []
        self.requests: list[Received] = []
        self.octets: list[int] = []
        """Bytes received per connection, whole requests or not."""
        self.open = 0
        """Connections that neither side has closed."""
        self.url = ""

    @property
    def connections(self) -> int:
        """Connections accepted so far."""
        return len(self.octets)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{port}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        if self._errors and kind is None:
            raise self._errors[0]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.octets.append(0)
        task = asyncio.create_task(_Connection(self, reader, writer).serve())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def answer(self, request: Received) -> Iterator[Step]:
        """Log the request and ask the handler; for the connection only."""
        self.requests.append(request)
        answer = self._handler(request)
        if inspect.isawaitable(answer):
            answer = await answer
        return iter([answer] if isinstance(answer, bytes | Pause | End) else answer)

    def failed(self, error: Exception) -> None:
        """Keep what a handler raised for the end of the test."""
        self._errors.append(error)


class _Connection:
    """One accepted connection, served until either side ends it."""

    def __init__(
        self, upstream: Upstream, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._upstream = upstream
        self._number = upstream.connections
        self._reader = reader
        self._writer = writer
        self._buffer = bytearray()

    async def serve(self) -> None:
        self._upstream.open += 1
        try:
            with contextlib.suppress(_Ended, ConnectionError, ssl.SSLError):
                await self._serve()
        except Exception as error:  # noqa: BLE001 - raised again when the context is left
            self._upstream.failed(error)
        finally:
            self._upstream.open -= 1
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()

    async def _serve(self) -> None:
        nth = 0
        while True:
            nth += 1
            request = await self._request(nth)
            for step in await self._upstream.answer(request):
                await self._take(step)
            if (request.header("Connection") or "").lower() == "close":
                return

    async def _take(self, step: Step) -> None:
        match step:
            case bytes():
                if self._writer.is_closing():
                    raise _Ended
                self._writer.write(step)
                await self._writer.drain()
            case Pause(seconds):
                await asyncio.sleep(seconds)
            case End():
                await self._end(step)

    async def _end(self, how: End) -> None:
        if how is HANG:
            while True:
                await self._fill()
        if how is RESET:
            linger = struct.pack("ii", 1, 0)
            raw = self._writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self._writer.transport.abort()
        raise _Ended

    async def _fill(self) -> None:
        data = await self._reader.read(_CHUNK)
        if not data:
            raise _Ended
        self._upstream.octets[self._number - 1] += len(data)
        self._buffer += data

    async def _request(self, nth: int) -> Received:
        lines = (await self._until(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        at = time.monotonic()
        method, target, _ = lines[0].split(" ", 2)
        pairs = (line.partition(":") for line in lines[1:])
        headers = tuple((name, value.strip()) for name, _, value in pairs)
        lower = {name.lower(): value for name, value in headers}
        if lower.get("transfer-encoding") == "chunked":
            body = await self._chunks()
        else:
            body = await self._exactly(int(lower.get("content-length", 0)))
        return Received(at, self._number, nth, method, target, headers, body)

    async def _until(self, mark: bytes) -> bytes:
        while (end := self._buffer.find(mark)) < 0:
            await self._fill()
        return (await self._exactly(end + len(mark)))[:end]

    async def _exactly(self, count: int) -> bytes:
        while len(self._buffer) < count:
            await self._fill()
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self._until(b"\r\n"), 16):
            body += (await self._exactly(size + 2))[:-2]
        await self._until(b"\r\n")
        return body
