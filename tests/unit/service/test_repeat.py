import asyncio

import pytest
from structlog.testing import capture_logs

from service.repeat import lasting, repeat
from tests.support.clock import QuickClock


async def test_a_bug_in_one_turn_does_not_end_the_loop() -> None:
    clock, at = QuickClock(), list[float]()
    done = asyncio.Event()

    def turn() -> None:
        at.append(clock.passed)
        if len(at) == 1:
            raise RuntimeError("first")
        if len(at) == 3:
            done.set()

    with capture_logs() as logged:
        task = asyncio.create_task(repeat(turn, 2.0, clock))
        await done.wait()
        task.cancel()
        await asyncio.wait([task])
    assert at[:3] == [0, 2, 4]
    (line,) = logged
    assert str(line["where"]).endswith("turn")


@pytest.mark.parametrize(("bug", "event"), [(KeyError("x"), "loop_died"), (None, "loop_ended")])
async def test_a_loop_that_ends_too_early_is_told(bug: Exception | None, event: str) -> None:
    async def loop() -> None:
        if bug:
            raise bug

    with capture_logs() as logged:
        await lasting(loop())
    (line,) = logged
    assert (line["event"], line["log_level"]) == (event, "error")
    assert str(line["where"]).endswith("loop")
    assert bool(line.get("exc_info")) == bool(bug)


async def test_a_loop_that_is_cancelled_ends_silently() -> None:
    with capture_logs() as logged:
        task = asyncio.create_task(lasting(repeat(lambda: None, 1000.0, QuickClock(0.0))))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    assert (task.cancelled(), logged) == (True, [])
