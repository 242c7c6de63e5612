import asyncio
from dataclasses import dataclass, field, replace

import pytest

from clients._call import Call, Class
from clients._gate import HandedBack
from clients._operation import Operation, Traits
from contracts import Request, Result
from service.answer import Answer
from service.ask import Ask
from service.envelope import Envelope
from service.running import Running
from tests.support.clock import QuickClock
from tests.support.edge import FakeDelivery
from tests.support.wait import wait_until

GOOD = Answer(True, b"{}")


class Thing(Result):
    pass


class GetThing(Request[Thing]):
    pass


def ask(
    request_id: str = "r", fingerprint: bytes = b"1", named: bool = True, kind: Class = "safe"
) -> Ask:
    operation = Operation("shop.get", "get", GetThing, Traits(kind), "Get.")
    envelope = Envelope("shop.get", request_id, named, False, "-", None, request_id, None)
    return Ask(envelope, operation, GetThing(), Call(), fingerprint)


@dataclass
class Slow:
    """Runs until it is let go."""

    results: list[Answer | BaseException]
    began: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _: Ask) -> Answer:
        self.began += 1
        result = self.results[min(self.began, len(self.results)) - 1]
        await self.go.wait()
        if isinstance(result, BaseException):
            raise result
        return result


def never() -> FakeDelivery:
    return FakeDelivery()


async def begun(running: Running, run: Slow, *asks: Ask, calls: int) -> list[asyncio.Task[Answer]]:
    tasks = [asyncio.ensure_future(running.answer(one, never())) for one in asks]
    await wait_until(lambda: run.began == calls)
    run.go.set()
    return tasks


async def test_a_redelivery_joins_what_runs() -> None:
    run = Slow([GOOD])
    tasks = await begun(Running(run, QuickClock()), run, ask(), ask(), calls=1)
    assert [one.served for one in await asyncio.gather(*tasks)] == ["live", "coalesced"]
    assert run.began == 1


async def test_others_do_not_join() -> None:
    run = Slow([GOOD])
    asks = (ask(), ask(fingerprint=b"2"), ask("s"), ask(named=False), ask(named=False))
    await asyncio.gather(*await begun(Running(run, QuickClock()), run, *asks, calls=5))


async def test_who_joined_what_was_handed_back_runs_itself() -> None:
    run = Slow([HandedBack(), GOOD])
    first, second = await begun(Running(run, QuickClock()), run, ask(), ask(), calls=1)
    with pytest.raises(HandedBack):
        await first
    assert (await second).ok
    assert run.began == 2


@pytest.mark.parametrize(
    ("kind", "begun", "outcome"),
    [("safe", True, "not_sent"), ("unsafe", False, "not_sent"), ("unsafe", True, "unknown")],
)
async def test_who_joined_waits_no_longer_than_its_own_deadline(
    kind: Class, begun: bool, outcome: str
) -> None:
    run, clock, first, late = Slow([GOOD]), QuickClock(), ask(kind=kind), ask(kind=kind)
    running = Running(run, clock)
    task = asyncio.create_task(running.answer(first, never()))
    await wait_until(lambda: run.began == 1)
    if begun:
        first.call.begin(clock.now())
    late.envelope = replace(late.envelope, expires=clock.wall() + 0.01)
    told = (await running.answer(late, never())).problem()
    assert (told.code, told.outcome) == ("expired", outcome)
    run.go.set()
    assert (await task).ok


async def test_what_was_published_twice_gets_one_answer_also_at_its_deadline() -> None:
    run, clock, first, again = Slow([GOOD]), QuickClock(), ask(), ask()
    for one in (first, again):
        one.envelope = replace(one.envelope, expires=clock.wall())
    running = Running(run, clock)
    tasks = [asyncio.create_task(running.answer(one, never())) for one in (first, again)]
    await wait_until(lambda: run.began == 1)
    run.go.set()
    assert [(await one).body for one in tasks] == [GOOD.body] * 2


async def test_who_joined_is_dropped_once_it_cannot_be_answered() -> None:
    run, by = Slow([GOOD]), never()
    running = Running(run, QuickClock())
    first = asyncio.create_task(running.answer(ask(), by))
    joined = asyncio.create_task(running.answer(ask(), by))
    await wait_until(lambda: run.began == 1)
    by.lose()
    with pytest.raises(HandedBack):
        await joined
    run.go.set()
    assert (await first).ok


class Crowd:
    """Repeats of one call under way, of a user that may have two of them wait."""

    def __init__(self, kind: Class = "safe") -> None:
        self.run, self.kind = Slow([GOOD]), kind
        self.running = Running(self.run, QuickClock(), lambda _: 2)
        self.tasks: list[asyncio.Task[Answer]] = []

    def come(self, count: int, correlation: str = "c") -> list[FakeDelivery]:
        by = [never() for _ in range(count)]
        for one in by:
            again = ask(kind=self.kind)
            again.envelope = replace(again.envelope, correlation_id=correlation)
            self.tasks.append(asyncio.create_task(self.running.answer(again, one)))
        return by

    async def waiting(self, count: int) -> None:
        await wait_until(lambda: sum(not one.done() for one in self.tasks) == count)

    async def finish(self) -> list[Answer | BaseException]:
        self.run.go.set()
        return await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_repeats_over_a_share_are_acknowledged_and_their_asker_is_answered() -> None:
    crowd = Crowd()
    by = crowd.come(8)
    await crowd.waiting(3)
    assert [one.settled for one in by] == [""] * 3 + ["ack"] * 5
    outcomes = await crowd.finish()
    assert [isinstance(one, HandedBack) for one in outcomes] == [False] * 3 + [True] * 5
    assert crowd.run.began == 1


@pytest.mark.parametrize(
    ("kind", "told"),
    [("safe", ("would_miss_deadline", "not_sent")), ("unsafe", ("internal", "unknown"))],
)
async def test_a_repeat_over_a_share_that_nobody_answers_for_is_refused(
    kind: Class, told: tuple[str, str]
) -> None:
    crowd = Crowd(kind)
    crowd.come(3)
    (by,) = crowd.come(1, "other")
    await crowd.waiting(3)
    problem = (await crowd.tasks[-1]).problem()
    assert (problem.code, problem.outcome, by.settled) == (*told, "")
    await crowd.finish()


async def test_what_comes_again_after_a_lost_channel_finds_its_place() -> None:
    crowd = Crowd()
    for one in crowd.come(3):
        one.lose()
    await crowd.waiting(1)  # the call itself runs on
    crowd.come(2)
    await crowd.waiting(3)
    outcomes = await crowd.finish()
    assert [isinstance(one, HandedBack) for one in outcomes] == [False, True, True, False, False]
