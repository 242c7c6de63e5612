"""A TCP proxy inside the test's loop: the network between two parties, and all that can befall it.

Two directions: `up` is what the client sends, `down` what the server answers.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Final, Literal, Self

from yarl import URL

HOST: Final = "127.0.0.1"
CHUNK: Final = 64 * 1024
RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)

Direction = Literal["up", "down"]
BOTH: Final[tuple[Direction, ...]] = ("up", "down")


class Flow:
    """What befalls the bytes of one direction."""

    def __init__(self) -> None:
        self.delay = 0.0
        self.lost = False
        self.left: int | None = None
        self.passed = 0
        self.moving = asyncio.Event()
        self.moving.set()

    def share(self, data: bytes) -> bytes:
        """Return as much as may still pass; counts it."""
        data = data if self.left is None else data[: self.left]
        self.passed += len(data)
        if self.left is not None:
            self.left -= len(data)
        return data


class Proxy:
    """Stands between a client and the server at `host:port`, on a port of its own.

    The port stays the same through `refuse` and `accept`, as that of a server that restarts.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._pairs: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}
        self._flows: dict[Direction, Flow] = {way: Flow() for way in BOTH}
        self.port = 0
        self.opened = 0
        """Connections that were ever opened."""

    @classmethod
    def before(cls, url: str) -> Self:
        """Return a proxy for the server of an address."""
        target = URL(url)
        return cls(str(target.host), int(target.port or 0))

    def through(self, url: str) -> str:
        """Return the address with the proxy in place of the server."""
        return str(URL(url).with_host(HOST).with_port(self.port))

    def lead_to(self, url: str) -> None:
        """From the next connection on stand before another server."""
        target = URL(url)
        self._target = (str(target.host), int(target.port or 0))

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._pairs)

    def passed(self, way: Direction) -> int:
        """Return how many bytes went this way."""
        return self._flows[way].passed

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self.heal()
        tasks = list(self._pairs)
        self.cut()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def accept(self) -> None:
        """Listen (again)."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Refuse new connections; open ones go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def cut(self) -> None:
        """Reset every open connection, on both sides, without a goodbye (RST)."""
        for task, writers in self._pairs.items():
            for writer in writers:
                _reset(writer)
            task.cancel()

    def cut_after(self, count: int, way: Direction) -> None:
        """Reset all connections when so many more bytes have gone this way."""
        self._flows[way].left = count

    def delay(self, seconds: float, *ways: Direction) -> None:
        """Let every piece of data arrive later."""
        for flow in self._chosen(ways):
            flow.delay = seconds

    def pause(self, *ways: Direction) -> None:
        """Hold the bytes back; `resume` lets them through whole."""
        for flow in self._chosen(ways):
            flow.moving.clear()

    def resume(self, *ways: Direction) -> None:
        """Let the bytes that were held back go on."""
        for flow in self._chosen(ways):
            flow.moving.set()

    def blackhole(self, *ways: Direction) -> None:
        """Swallow all bytes; connections stay open. Those hit have a hole for good."""
        for flow in self._chosen(ways):
            flow.lost = True

    def heal(self) -> None:
        """End every fault (connections that were cut stay so)."""
        for flow in self._flows.values():
            flow.delay, flow.lost, flow.left = 0.0, False, None
            flow.moving.set()

    def _chosen(self, ways: tuple[Direction, ...]) -> Iterator[Flow]:
        return (self._flows[way] for way in ways or BOTH)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs[task] = [writer]
        self.opened += 1
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await self._join(task, reader, writer)
        finally:
            for end in self._pairs.pop(task):
                end.transport.abort()

    async def _join(
        self,
        task: asyncio.Task[None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        answers, onward = await asyncio.open_connection(*self._target)
        self._pairs[task].append(onward)
        async with asyncio.TaskGroup() as both:
            both.create_task(self._pump(reader, onward, self._flows["up"]))
            both.create_task(self._pump(answers, writer, self._flows["down"]))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flow: Flow
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await flow.moving.wait()
                if flow.delay:
                    await _later(flow.delay)
                if flow.lost:
                    continue
                writer.write(flow.share(data))
                await writer.drain()
                if flow.left == 0:
                    flow.left = None
                    self.cut()
        await flow.moving.wait()
        if writer.can_write_eof() and not writer.is_closing():
            with contextlib.suppress(OSError):  # the other side may have reset it meanwhile
                writer.write_eof()


async def _later(seconds: float) -> None:
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


def _reset(writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE
        )
    writer.transport.abort()
