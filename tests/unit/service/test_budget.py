import asyncio

import pytest

from clients._call import Call
from clients._limits import Rate
from contracts._events import Level, LimitEvent
from service.budget import CALM, Budget, Budgets, level
from tests.support.shop import Bench
from tests.support.wait import wait_until


@pytest.mark.parametrize(
    ("left", "capacity", "waiting", "found"),
    [
        (10.0, 10, 0, "ok"),
        (2.0, 10, 0, "ok"),
        (1.9, 10, 0, "low"),
        (1.9, 10, 3, "low"),  # they wait for something else
        (0.9, 10, 0, "low"),
        (0.9, 10, 1, "exhausted"),
        (0.0, 1, 0, "low"),
        (0.3, 1, 0, "ok"),
    ],
)
def test_how_much_is_left(left: float, capacity: float, waiting: int, found: Level) -> None:
    assert level(left, capacity, waiting) == found


def told(looks: list[Level]) -> list[Level | None]:
    budget = Budget()
    return [budget.look(one) for one in looks]


def test_worse_is_told_at_once_and_once() -> None:
    looks: list[Level] = ["ok", "ok", "low", "low", "exhausted", "exhausted"]
    assert told(looks) == ["ok", None, "low", None, "exhausted", None]


def test_better_is_told_when_it_has_stayed_so() -> None:
    calm: list[Level] = ["ok"] * CALM
    assert told(["exhausted", *calm]) == ["exhausted", *[None] * (CALM - 1), "ok"]
    flickering: list[Level] = ["low", "ok", "ok", "ok", "ok"] * 10
    assert [one for one in told(["ok", *flickering]) if one] == ["ok", "low"]


def test_a_bucket_that_fills_after_a_takeover_is_not_low() -> None:
    assert told(["low", "low", "low", "ok", "ok"]) == [None, None, None, "ok", None]
    assert told(["low"] * CALM)[-1] == "low"
    assert told(["exhausted"]) == ["exhausted"]


def watched(bench: Bench) -> Budgets:
    return Budgets([bench.owner], bench.told, bench.metrics, bench.clock, "vm-1")


def limits(bench: Bench) -> list[tuple[str, str, Level]]:
    found = (event for _, event in bench.told.all if isinstance(event, LimitEvent))
    return [(one.integration, one.upstream, one.level) for one in found]


async def test_a_backlog_is_told_with_what_is_left_and_for_how_long() -> None:
    bench = Bench()
    budgets = watched(bench)
    budgets.look()
    assert sorted(limits(bench)) == [("shop", "api", "ok"), ("shop", "rare", "ok")]
    gate, now = bench.owner.integration.gates["api"], bench.clock.now()
    assert all(gate.bucket.take(now, 1, now + 30) for _ in range(10))
    calls = [asyncio.create_task(gate.enter(Call())) for _ in range(3)]
    await asyncio.sleep(0)
    bench.told.all.clear()
    budgets.look()
    ((key, event),) = bench.told.all
    assert key == "limit.shop.exhausted"
    assert isinstance(event, LimitEvent)
    assert (event.level, event.tokens_left, event.hub) == ("exhausted", 0.0, "vm-1")
    assert event.eta == pytest.approx(4.0)  # three before it, and its own
    assert LimitEvent.model_validate_json(event.model_dump_json()) == event
    assert b'hub_limit_waiting{integration="shop",upstream="api"} 3.0' in bench.metrics.text()
    for call in calls:
        call.cancel()
    await asyncio.wait(calls)


async def test_it_looks_once_a_second_and_tells_of_each_upstream_at_most_so_often() -> None:
    bench = Bench()
    task = asyncio.create_task(watched(bench).run())
    bucket = bench.owner.integration.gates["api"].bucket
    for _ in range(9):
        assert bucket.take(bench.clock.now(), 1, bench.clock.now() + 1)
    await wait_until(lambda: ("shop", "api", "ok") in limits(bench))
    task.cancel()
    await asyncio.wait([task])
    assert [one[2] for one in limits(bench) if one[1] == "api"] == ["ok"]


async def test_another_hub_tells_what_it_owns() -> None:
    bench = Bench()
    budgets = watched(bench)
    budgets.look()
    bench.owner.held = False
    budgets.look()
    budgets.look()
    assert len(limits(bench)) == 2
    assert b"hub_limit_tokens_left{" not in bench.metrics.text()
    bench.owner.held = True
    budgets.look()
    assert len(limits(bench)) == 4  # told again: who heard the other hub may believe it is low


async def test_an_upstream_that_nothing_can_pass_is_told_in_numbers() -> None:
    bench = Bench({"SHOP_API_LIMIT": "1/1s burst 1"})
    gate = bench.owner.integration.gates["api"]
    gate.bucket.pause(bench.clock.now() + 1e12)
    call = asyncio.create_task(gate.enter(Call()))
    await asyncio.sleep(0)
    watched(bench).look()
    event = next(e for key, e in bench.told.all if key == "limit.shop.exhausted")
    assert isinstance(event, LimitEvent)
    assert LimitEvent.model_validate_json(event.model_dump_json()) == event
    call.cancel()
    await asyncio.wait([call])


def test_the_smallest_window_counts() -> None:
    rates = (Rate(60, per=60), Rate(2000, per=3600))
    assert level(11.9, min(rate.capacity for rate in rates), 0) == "low"
