import asyncio

from structlog.testing import capture_logs

from service.repeat import repeat
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
