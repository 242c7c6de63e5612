"""A local upstream that answers every GET with the same Notion page, as fast as Python can."""

import asyncio
import sys
from pathlib import Path
from typing import cast

import orjson
import uvloop

JSON = "application/json"
RECORDING = Path(__file__).parents[1] / "clients/recordings/notion/get_page.success.json"


def page() -> bytes:
    recorded = orjson.loads(RECORDING.read_bytes())
    return orjson.dumps(recorded["exchanges"][0]["response"]["body"])


class Answering(asyncio.Protocol):
    """One connection: a whole request in, the page out."""

    def __init__(self, answer: bytes, delay: float) -> None:
        self._answer = answer
        self._delay = delay
        self._seen = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._seen += data
        while b"\r\n\r\n" in self._seen:
            _, _, self._seen = self._seen.partition(b"\r\n\r\n")
            asyncio.get_running_loop().call_later(self._delay, self._write)

    def _write(self) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(self._answer)


async def main(delay: float) -> None:
    body = page()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = head.encode() + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(answer, delay), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(float(sys.argv[1])))
