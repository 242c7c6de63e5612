"""Retries: for a reason, in a budget, in time; pauses of a whole upstream."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from clients._call import Call, Class
from clients._retry import ATTEMPTS, Backoff, Budget, Retry, repeatable
from contracts import (
    Facts,
    Failure,
    OutcomeUnknown,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnavailable,
)
from tests.support.clock import QuickClock

NOT_SENT = UpstreamUnavailable("", Facts(outcome="not_sent"))
REPEATABLE: list[tuple[BaseException, Class, bool]] = [
    (UpstreamThrottled(), "unsafe", True),
    (UpstreamUnavailable(), "safe", True),
    (UpstreamUnavailable(), "idempotent", True),
    (UpstreamUnavailable(), "keyed", True),
    (UpstreamUnavailable(), "unsafe", False),
    (NOT_SENT, "unsafe", True),
    (OutcomeUnknown(), "unsafe", False),
    (UpstreamRejected(), "safe", False),
    (asyncio.CancelledError(), "safe", False),
]


@pytest.mark.parametrize(("failure", "kind", "expected"), REPEATABLE)
def test_repeatable(failure: BaseException, kind: Class, expected: bool) -> None:
    assert repeatable(failure, kind) is expected


def attempts(*failures: Failure, log: list[int]) -> Callable[[], Awaitable[str]]:
    """An attempt that fails like this, one after the other, and then succeeds."""
    left = list(failures)

    async def attempt() -> str:
        log.append(len(log))
        if left:
            raise left.pop(0)
        return "done"

    return attempt


RUNS: list[tuple[list[Failure], Class, int, type[Failure] | None]] = [
    ([], "safe", 1, None),
    ([UpstreamUnavailable()], "safe", 2, None),
    ([UpstreamUnavailable()] * 2, "safe", 3, None),
    ([UpstreamUnavailable()] * 9, "safe", ATTEMPTS, UpstreamUnavailable),
    ([UpstreamUnavailable()] * 9, "unsafe", 1, UpstreamUnavailable),
    ([NOT_SENT], "unsafe", 2, None),
    ([UpstreamThrottled()] * 9, "unsafe", 10, None),
    ([UpstreamThrottled(), OutcomeUnknown()], "unsafe", 2, OutcomeUnknown),
    ([UpstreamThrottled(), UpstreamUnavailable(), UpstreamThrottled()], "safe", 4, None),
    ([UpstreamRejected()], "safe", 1, UpstreamRejected),
]


@pytest.mark.parametrize(("failures", "kind", "tried", "expected"), RUNS)
async def test_run(
    failures: list[Failure], kind: Class, tried: int, expected: type[Failure] | None
) -> None:
    log: list[int] = []
    attempt = attempts(*failures, log=log)
    running = Retry(QuickClock()).run(attempt, Call(), kind)
    if expected:
        with pytest.raises(expected):
            await running
    else:
        assert await running == "done"
    assert len(log) == tried


async def test_it_waits_longer_each_time_and_not_for_what_the_gate_holds() -> None:
    clock = QuickClock()
    await Retry(clock).run(attempts(*[UpstreamUnavailable()] * 2, log=[]), Call(), "safe")
    assert 0.3 <= clock.passed <= 0.5
    clock = QuickClock()
    await Retry(clock).run(attempts(*[UpstreamThrottled()] * 5, log=[]), Call(), "safe")
    assert clock.passed == 0


async def test_nothing_is_tried_again_after_its_time() -> None:
    clock, log = QuickClock(), list[int]()
    call = Call(ends=clock.now())
    with pytest.raises(UpstreamUnavailable):
        await Retry(clock).run(attempts(UpstreamUnavailable(), log=log), call, "safe")
    assert len(log) == 1


async def test_a_cancelled_call_is_not_tried_again() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Retry(QuickClock()).run(cancelled, Call(), "safe")


async def test_many_failures_use_up_the_budget() -> None:
    retry, log = Retry(QuickClock()), list[int]()
    for _ in range(20):
        with pytest.raises(UpstreamUnavailable):
            await retry.run(attempts(*[UpstreamUnavailable()] * 9, log=log), Call(), "safe")
    assert len(log) == 20 + 3


class TestBudget:
    def test_a_tenth_of_the_last_minute(self) -> None:
        budget = Budget()
        for number in range(100):
            budget.call(number / 10)
        assert [budget.retry(10) for _ in range(11)] == [True] * 10 + [False]
        assert budget.retry(71)

    def test_three_in_any_case(self) -> None:
        budget = Budget()
        assert [budget.retry(0) for _ in range(4)] == [True] * 3 + [False]


class TestBackoff:
    def test_it_pauses_as_told(self) -> None:
        assert Backoff().after(100, 99, 7) == 7

    def test_else_longer_each_time(self) -> None:
        backoff = Backoff()
        pauses = [backoff.after(now, now, None) for now in range(10)]
        assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]

    def test_at_once_is_not_believed(self) -> None:
        assert Backoff().after(100, 99, 0.0) == 1

    def test_calls_under_way_together_count_once(self) -> None:
        backoff = Backoff()
        assert [backoff.after(100 + n, 99, None) for n in range(5)] == [1] * 5
        assert backoff.after(110, 106, None) == 2

    def test_an_answer_ends_it(self) -> None:
        backoff = Backoff()
        backoff.after(100, 99, None)
        backoff.forget()
        assert backoff.after(101, 99, None) == 1
