"""Many time limits on one timer."""

import asyncio

import pytest

from service.amqp.deadlines import Deadlines, Limit

CLOCK = 0.002
"""A loop's clock may show whole milliseconds."""


async def forever() -> None:
    await asyncio.Event().wait()


async def bounded(deadlines: Deadlines, seconds: float) -> float:
    """Wait under a limit; return after how long it ended."""
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError), deadlines.within(seconds):
        await forever()
    return asyncio.get_running_loop().time() - began


async def test_each_ends_at_its_own_time_whatever_the_order() -> None:
    deadlines = Deadlines()
    limits = [0.06, 0.02, 0.1, 0.02, 0.04]
    took = await asyncio.gather(*(bounded(deadlines, limit) for limit in limits))
    for limit, seconds in zip(limits, took, strict=True):
        assert limit - CLOCK <= seconds < limit + 0.1


async def test_what_ends_in_time_is_left_alone() -> None:
    deadlines = Deadlines()
    with deadlines.within(0.01):
        await asyncio.sleep(0)
    await bounded(deadlines, 0.03)


async def test_a_cancelled_task_is_cancelled_not_timed_out() -> None:
    deadlines = Deadlines()

    async def wait() -> None:
        with deadlines.within(60):
            await forever()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancel_that_meets_the_timeout_stays_a_cancel() -> None:
    deadlines = Deadlines()
    limits: list[Limit] = []

    async def wait() -> None:
        with deadlines.within(60) as limit:
            limits.append(limit)
            await forever()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    limits[0].expire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_other_errors_pass_through() -> None:
    with pytest.raises(KeyError), Deadlines().within(1):
        raise KeyError


async def test_the_nearest_limit_sets_the_timer() -> None:
    deadlines = Deadlines()
    with deadlines.within(60):
        await bounded(deadlines, 0.01)


def test_it_needs_a_task() -> None:
    loop = asyncio.new_event_loop()
    refused: list[bool] = []

    def enter() -> None:
        with pytest.raises(RuntimeError, match="needs a task"), Deadlines().within(1):
            refused.append(False)
        refused.append(True)
        loop.stop()

    loop.call_soon(enter)
    loop.run_forever()
    loop.close()
    assert refused == [True]
