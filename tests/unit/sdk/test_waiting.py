"""Who hears which reply."""

import pytest

from sdk import Options, Reply
from sdk._replies import Progress
from sdk._request import Outgoing
from sdk._waiting import Calls

FIRST = Reply("id", "x.y", ok=True, body=b"1")
REPEAT = Reply("id", "x.y", ok=True, body=b"2")


def outgoing(options: Options | None = None) -> Outgoing:
    return Outgoing("x.y", {}, options or Options())


async def test_a_call_hears_its_own_reply_once() -> None:
    calls, mine, other = Calls(), outgoing(), outgoing()
    with calls.waiting(mine) as waiting, calls.waiting(other) as elsewhere:
        assert len(calls) == 2
        assert [*calls] == [waiting, elsewhere]
        calls.hear(mine.correlation_id, FIRST)
        calls.hear(mine.correlation_id, REPEAT)
        assert await waiting.reply is FIRST
        assert not waiting.unanswered()
        assert elsewhere.unanswered()


async def test_what_nobody_waits_for_is_dropped() -> None:
    calls, mine = Calls(), outgoing()
    with calls.waiting(mine):
        pass
    calls.hear(mine.correlation_id, FIRST)
    assert len(calls) == 0


async def test_progress_after_the_reply_is_dropped() -> None:
    heard: list[object] = []
    calls, mine = Calls(), outgoing(Options(progress=lambda *said: heard.append(said)))
    with calls.waiting(mine):
        calls.hear(mine.correlation_id, Progress(1, 0.5))
        calls.hear(mine.correlation_id, FIRST)
        calls.hear(mine.correlation_id, Progress(0, 0.1))
    assert heard == [(1, 0.5)]


async def test_a_mistake_in_the_callback_is_the_callers() -> None:
    calls, mine = Calls(), outgoing(Options(progress=lambda place, _: 1 / (place or 0)))  # type: ignore[arg-type]
    with calls.waiting(mine) as waiting:
        calls.hear(mine.correlation_id, Progress(0, None))
        with pytest.raises(ZeroDivisionError):
            await waiting.reply


async def test_a_call_that_ended_is_not_ended_again() -> None:
    calls, mine = Calls(), outgoing()
    with calls.waiting(mine) as waiting:
        waiting.fail(ConnectionError("first"))
        waiting.fail(ConnectionError("second"))
        calls.hear(mine.correlation_id, FIRST)
        with pytest.raises(ConnectionError, match="first"):
            await waiting.reply
