"""The machine's clocks."""

import asyncio
import time

from clients._clock import Clock


async def test_it_is_the_machines_time() -> None:
    clock = Clock()
    assert abs(clock.now() - time.monotonic()) < 60
    assert abs(clock.wall() - time.time()) < 60
    before = clock.now()
    await clock.sleep(0.01)
    assert clock.now() - before >= 0.009


async def test_later_calls_unless_cancelled() -> None:
    clock, done = Clock(), asyncio.Event()
    calls: list[str] = []
    clock.later(0.001, lambda: calls.append("cancelled")).cancel()
    clock.later(-1, lambda: calls.append("late"))
    clock.later(0.002, done.set)
    await done.wait()
    assert calls == ["late"]
