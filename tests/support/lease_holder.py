"""A process that waits for a lease and spends its tokens: to be killed, frozen and cut off.

``python -m tests.support.lease_holder URL QUEUE NAME FILE``: writes what happens into the file, one
JSON array per line; does what its standard input says (``yield``, ``stop``), one word per line.
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Final

from service.lease import Identity, Lease, Place
from service.link import Link
from tests.support.leases import Open, Record, Spender

SPENDS_EVERY: Final = 0.004
TICKS_EVERY: Final = 0.1


async def main(url: str, queue: str, name: str, file: Path) -> None:
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    spender = Spender(name, lambda record: _write(out, record))
    async with Link(url, name=name, heartbeat=3) as link:
        lease = Lease(Place(link, queue), Identity(name, "store"), spender, Open())
        lease.start()
        spending = asyncio.create_task(_spend(lease, spender))
        ticking = asyncio.create_task(_tick(lease, spender))
        await _obey(lease)
        await lease.close()
        spending.cancel()
        ticking.cancel()


def _write(out: int, record: Record) -> None:
    os.write(out, json.dumps(record).encode() + b"\n")


async def _spend(lease: Lease, spender: Spender) -> None:
    while True:
        if not spender.spend():
            lease.renew_now()
        await asyncio.sleep(SPENDS_EVERY)


async def _tick(lease: Lease, spender: Spender) -> None:
    while True:
        spender.note(Record(spender.hub, "tick", time.monotonic(), int(lease.standing)))
        await asyncio.sleep(TICKS_EVERY)


async def _obey(lease: Lease) -> None:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while (word := (await reader.readline()).strip()) not in {b"", b"stop"}:
        if word == b"yield":
            await lease.yield_to_others()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
