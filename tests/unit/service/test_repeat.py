import asyncio

import pytest

from service.repeat import repeat
from tests.support.clock import QuickClock


async def test_a_bug_in_one_turn_does_not_end_the_loop(capsys: pytest.CaptureFixture[str]) -> None:
    clock, at = QuickClock(), list[float]()
    done = asyncio.Event()

    def turn() -> None:
        at.append(clock.passed)
        if len(at) == 1:
            raise RuntimeError("first")
        if len(at) == 3:
            done.set()

    task = asyncio.create_task(repeat(turn, 2.0, clock))
    await done.wait()
    task.cancel()
    await asyncio.wait([task])
    assert at[:3] == [0, 2, 4]
    assert "turn" in capsys.readouterr().out
