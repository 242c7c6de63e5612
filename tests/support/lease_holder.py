"""A process that waits for a lease and spends its tokens: to be killed, frozen and cut off.

It writes what happens into a file, one JSON array per line. SIGUSR1 makes it yield, SIGTERM stop.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

from service.amqp.link import Link
from service.ownership.lease import Identity, Lease, LeaseQueue
from tests.support.leases import Open, Record, Spender

SPENDS_EVERY: Final = 0.004
TICKS_EVERY: Final = 0.1


def start_holder(url: str, queue: str, name: str, file: Path) -> BaseProcess:
    """Start a holder. All are forked from one process that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    process = context.Process(target=_run, args=(url, queue, name, file), daemon=True)
    process.start()
    return process


def _run(url: str, queue: str, name: str, file: Path) -> None:
    asyncio.run(_hold(url, queue, name, file))


async def _hold(url: str, queue: str, name: str, file: Path) -> None:
    out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    spender = Spender(name, lambda record: _write(out, record))
    async with Link(url, name=name, heartbeat=3) as link:
        lease = Lease(LeaseQueue(link, queue), Identity(name, "store"), spender, Open())
        lease.start()
        tasks = [asyncio.create_task(work(lease, spender)) for work in (_spend, _tick, _yield)]
        stopped = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
        await stopped.wait()
        await lease.close()
        for task in tasks:
            task.cancel()


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


async def _yield(lease: Lease, _: Spender) -> None:
    asked = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, asked.set)
    while await asked.wait():
        asked.clear()
        await lease.yield_to_others()
