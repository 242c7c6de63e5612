"""Stub vendors in a process of their own: what they do is ordered, what they saw is on record.

``python -m tests.faults.stub LOG SEED notion twilio`` prints one JSON object, the address of each
vendor, and reads orders from its standard input, a JSON object on each line: ``{"vendor": "notion",
"how": "reset", "share": 0.2}``. It ends when its standard input does.

Each line of the log is one request that arrived (`Seen`). `at` is CLOCK_MONOTONIC, which is the
same in all processes.
"""

import asyncio
import contextlib
import json
import os
import random
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import orjson

from tests.faults.lanes import CLOSING, HANGING, SHUT, TOKEN

RECORDINGS: Final = Path(__file__).parents[2] / "clients" / "recordings"
SLOW: Final = 0.5
_EVER: Final = 3600.0
_FLUSH: Final = 0.1
_COUNTER: Final = 123456789
_RST: Final = struct.pack("ii", 1, 0)
_MEGABYTE: Final = bytes(1 << 20)


class Seen(NamedTuple):
    """One request, as it arrived."""

    at: float
    upstream: str
    """``<vendor>/<upstream>``."""
    method: str
    token: int
    """The number of the request; -1 of probes and the like."""
    counter: int
    """The vendor's own; its answer's body has it."""
    how: str
    """What the vendor did: ``ok``, or the name of a misbehaviour."""


class Vendor:
    """One vendor's port: what it does now, and how many requests it has seen."""

    def __init__(self, name: str, seed: int, note: Callable[[Seen], None]) -> None:
        self.name = name
        self.note = note
        self.how, self.share = _usual(name)
        self.counter = 0
        self.connections: set[Connection] = set()
        self._random = random.Random(f"{seed}:{name}")  # noqa: S311  (a plan, no secret)
        self._server: asyncio.Server | None = None
        self.port = 0

    async def listen(self) -> None:
        if self._server is None:
            loop = asyncio.get_running_loop()
            made = partial(Connection, self)
            self._server = await loop.create_server(made, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def order(self, how: str, share: float) -> None:
        """From now on treat a share of the requests so; ``ok`` is as usual."""
        if how == "refuse":
            self._refuse()
            return
        self.how, self.share = (how, share) if how != "ok" else _usual(self.name)
        await self.listen()

    def next(self) -> str:
        """Return what becomes of the next request."""
        self.counter += 1
        return self.how if self._random.random() < self.share else "ok"

    def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for one in list(self.connections):
            one.transport.abort()


class Connection(asyncio.Protocol):
    """One accepted connection: requests one after the other, as HTTP/1.1 has them."""

    transport: asyncio.Transport

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._buffer = b""
        self._waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._vendor.connections.add(self)
        if self._vendor.how == "shut":
            transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        self._vendor.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._go_on()

    def _go_on(self) -> None:
        while not self._waiting and not self.transport.is_closing():
            head, mark, rest = self._buffer.partition(b"\r\n\r\n")
            length = _length(head)
            if not mark or len(rest) < length:
                return
            request, self._buffer = head + rest[:length], rest[length:]
            self._take(head, request)

    def _take(self, head: bytes, request: bytes) -> None:
        vendor, at = self._vendor, time.monotonic()
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        _, integration, upstream, *_ = target.split("/")
        found = TOKEN.search(request)
        number = int(found[1], 16) if found else -1
        how = vendor.next() if found else "ok"
        seen = Seen(at, f"{integration}/{upstream}", method, number, vendor.counter, how)
        vendor.note(seen)
        self._answer(how, body_of(integration, method, target, vendor.counter))

    def _answer(self, how: str, body: bytes) -> None:
        """Do what the vendor does."""
        whole = response(200, body)
        acts: dict[str, Callable[[], object]] = {
            "close": self.transport.close,
            "reset": self._reset,
            "half": lambda: self._half(whole, len(body) // 2),
            "hang": lambda: self._later(_EVER, self.transport.close),
            "slow": lambda: self._later(SLOW, lambda: self.transport.write(whole)),
            "drip": lambda: self._drip(whole),
        }
        if how in acts:
            acts[how]()
        else:
            self.transport.write(said_of(how) or whole)

    def _half(self, whole: bytes, without: int) -> None:
        self.transport.write(whole[:-without])
        self._later(0.05, self._reset)

    def _drip(self, whole: bytes) -> None:
        pieces = 20
        size = len(whole) // pieces + 1
        for number in range(pieces):
            piece = whole[number * size : (number + 1) * size]
            self._later(number * 0.02, partial(self.transport.write, piece))

    def _later(self, seconds: float, act: Callable[[], object]) -> None:
        self._waiting = True

        def go() -> None:
            self._waiting = False
            if not self.transport.is_closing():
                act()
                self._go_on()

        asyncio.get_running_loop().call_later(seconds, go)

    def _reset(self) -> None:
        raw = self.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RST)
        self.transport.abort()


def said_of(how: str) -> bytes:
    """Return the answer of a misbehaviour that is one; nothing for ``ok``."""
    answers = {
        "ok": b"",
        "throttled": response(429, b"{}", [("Retry-After", "1")]),
        "moved": response(302, b"", [("Location", "http://127.0.0.1:9/")]),
        "text": response(200, b"<html>busy</html>", [("Content-Type", "text/html")]),
    }
    if how == "huge":
        return response(200, _MEGABYTE * 16)
    return answers[how] if how in answers else response(int(how), b'{"message": "no"}')


def response(status: int, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return a whole HTTP response."""
    found = {"Content-Length": str(len(body)), "Content-Type": "application/json", **dict(headers)}
    lines = "".join(f"{name}: {value}\r\n" for name, value in found.items())
    return f"HTTP/1.1 {status} Stub\r\n{lines}\r\n".encode() + body


def body_of(integration: str, method: str, target: str, counter: int) -> bytes:
    """Return what the vendor says when it is well, with its counter in it."""
    return _template(integration, method, "/children" in target, "/rest/" in target).replace(
        b"%d" % _COUNTER, b"%d" % counter
    )


_ANSWERS: Final = {
    ("twilio", "POST"): "twilio/send_message",
    ("notion", "GET"): "notion/get_page",
    ("notion", "DELETE"): "notion/delete_block",
    ("supabase", "PUT"): "supabase/admin_update_user",
    ("mindex", "GET"): "mindex/get_taxon",
    ("website", "POST"): "website/submit_feedback",
    ("natureos", "GET"): "natureos/get_device",
    ("natureos", "PATCH"): "natureos/update_device_status",
}


@cache
def _template(integration: str, method: str, children: bool, rows: bool) -> bytes:
    name = "notion/append_text" if children else _ANSWERS.get((integration, method))
    said: Any = {}
    if name:
        recorded = json.loads((RECORDINGS / f"{name}.success.json").read_text(encoding="utf-8"))
        said = recorded["exchanges"][0]["response"]["body"]
    said = {**said, "counter": _COUNTER}
    return orjson.dumps([said] if rows else said)


def _usual(name: str) -> tuple[str, float]:
    usual = {CLOSING: ("close", 0.12), HANGING: ("hang", 0.5), SHUT: ("shut", 1.0)}
    return usual.get(name, ("ok", 1.0))


def _length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    return int(head[place + 17 :].split(b"\r\n", 1)[0]) if place >= 0 else 0


async def serve(log: Path, seed: int, names: list[str]) -> None:
    """Serve until standard input ends."""
    noted: list[Seen] = []
    vendors = {name: Vendor(name, seed, noted.append) for name in names}
    for vendor in vendors.values():
        await vendor.listen()
    urls = {name: f"http://127.0.0.1:{vendor.port}" for name, vendor in vendors.items()}
    sys.stdout.write(json.dumps(urls) + "\n")
    sys.stdout.flush()
    loop, orders = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    with log.open("ab") as file:

        def flush() -> None:
            file.writelines(orjson.dumps([*one]) + b"\n" for one in noted)
            file.flush()
            noted.clear()
            loop.call_later(_FLUSH, flush)

        flush()
        while line := await orders.readline():
            order = json.loads(line)
            await vendors[order["vendor"]].order(order["how"], order.get("share", 1.0))
        flush()


def _be_punctual() -> None:
    """Run before all others where that is allowed: `at` is then when a request arrived."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


if __name__ == "__main__":
    _be_punctual()
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
