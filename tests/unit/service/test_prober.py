import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from clients._limits import DAY, HOUR, Limits, Rate
from clients._pool import Lazy
from contracts._events import HealthEvent, OwnsEvent
from service.ownership.members import Members
from service.prober import Prober, spacing
from tests.support.kit import reply
from tests.support.shop import Bench
from tests.support.wait import wait_until


def says(instance: str, store: str) -> OwnsEvent:
    return OwnsEvent(instance=instance, store=store, modes={})


async def watch(
    bench: Bench,
    until: Callable[[], object],
    interval: float = 60.0,
    members: Members | None = None,
    trouble: str = "",
) -> None:
    members = members or Members(says("vm-1", "s"), bench.clock.now())
    records = SimpleNamespace(trouble=trouble)
    prober = Prober([bench.owner], members, records, bench.clock, interval)
    task = asyncio.create_task(prober.run())
    try:
        await wait_until(until)
    finally:
        task.cancel()
        await asyncio.wait([task])


def probes(bench: Bench, upstream: str) -> list[float]:
    return [at for at, one in bench.probed if one == upstream]


async def test_what_is_idle_is_probed_once_in_each_interval() -> None:
    bench = Bench()
    await watch(bench, lambda: len(probes(bench, "shop")) >= 4)
    assert probes(bench, "shop")[:4] == [60, 120, 180, 240]


async def test_where_the_vendor_counts_by_the_hour_probes_are_rare() -> None:
    bench = Bench()
    await watch(bench, lambda: len(probes(bench, "rare")) >= 2)
    assert probes(bench, "rare")[:2] == [360, 720]  # a hundredth of 1000 an hour


async def test_only_what_can_be_probed_is() -> None:
    bench = Bench()
    await watch(bench, lambda: bench.clock.passed > 500)
    assert {one for _, one in bench.probed} == {"shop", "rare"}
    unlocked = Bench({"SHOP_KEY": "k"})
    await watch(unlocked, lambda: unlocked.clock.passed > 500)
    assert {one for _, one in unlocked.probed} == {"shop", "rare", "locked"}


async def test_real_traffic_makes_probes_needless() -> None:
    bench = Bench()
    telling = bench.owner.telling

    def traffic() -> bool:
        telling.note("api", None, 0.1)
        return bench.clock.passed > 600

    bench.clock.later(30, traffic)
    await watch(bench, lambda: probes(bench, "shop"))
    assert probes(bench, "shop")[0] == 90


@pytest.mark.parametrize("state", ["lost", "paused", "unusable"])
async def test_what_is_not_served_is_not_probed(state: str) -> None:
    bench = Bench()
    bench.owner.held = state != "lost"
    bench.owner.serving = state != "paused"
    if state == "unusable":
        bench.owner.integration.lacking = ("SHOP_KEY",)
        for one in ("api", "rare", "dumb"):
            bench.owner.integration.facts.upstreams[one].needs = ("SHOP_KEY",)
    try:
        await watch(bench, lambda: bench.clock.passed > 600)
    finally:
        for one in ("api", "rare", "dumb"):
            bench.owner.integration.facts.upstreams[one].needs = ()
    assert bench.probed == []
    assert bool(bench.told.all) is (state != "lost")


async def test_two_bad_probes_bring_it_down_and_one_good_one_up() -> None:
    bench = Bench(answer=reply(status=503))
    health = bench.owner.integration.health
    await watch(bench, lambda: health.state != "up")
    assert health.snapshot().upstreams["api"].state == "down"
    assert health.state == "degraded"  # the others were not asked yet
    changes = [e for _, e in bench.told.all if isinstance(e, HealthEvent) and e.previous]
    assert [(one.state, one.cause) for one in changes] == [("degraded", "upstream")]
    bench.answer = reply({})
    await watch(bench, lambda: health.state == "up")


async def test_a_snapshot_comes_at_first_and_in_each_interval() -> None:
    bench = Bench()
    await watch(bench, lambda: len(bench.told.all) >= 3, interval=0.5)
    assert bench.told.at[:3] == [0, 0.5, 1.0]
    assert set(bench.told.keys) == {"health.shop.up"}


async def test_a_takeover_is_told_at_once() -> None:
    bench = Bench()
    bench.owner.held = False
    bench.clock.later(100, lambda: setattr(bench.owner, "held", True))
    await watch(bench, lambda: bench.told.all)
    assert 100 <= bench.told.at[0] <= 101


async def test_a_probe_that_hangs_is_not_joined_by_another() -> None:
    bench = Bench()
    calls: list[str] = []

    class Hanging:
        async def probe(self, upstream: str) -> None:
            calls.append(upstream)
            await asyncio.Event().wait()

    bench.owner.integration.client = Lazy(Hanging)  # type: ignore[arg-type]
    await watch(bench, lambda: bench.clock.passed > 800)
    assert sorted(calls) == ["api", "rare"]


async def test_a_bug_in_a_probe_costs_that_probe() -> None:
    bench = Bench()

    def broken() -> None:
        raise RuntimeError("canary")

    bench.owner.integration.client = Lazy(broken)  # type: ignore[arg-type]
    with capture_logs() as logged:
        await watch(bench, lambda: bench.clock.passed > 200)
    assert [line["where"] for line in logged][:2] == ["probe of shop.api"] * 2


async def test_a_hub_with_another_record_makes_it_degraded() -> None:
    bench = Bench()
    members = Members(says("vm-1", "mine"), bench.clock.now())
    members.hear(says("vm-2", "theirs"), bench.clock.now())
    members.attend(bench.clock.now(), attached=False)  # nobody leaves meanwhile
    health = bench.owner.integration.health
    await watch(bench, lambda: health.state == "degraded", members=members)
    event = health.snapshot()
    assert event.cause == "hub"
    assert "theirs" in event.detail
    members.leave("vm-2")
    await watch(bench, lambda: health.state == "up", members=members)
    assert health.snapshot().cause is None


async def test_who_owns_nothing_logs_it_once() -> None:
    bench = Bench()
    bench.owner.held = False
    members = Members(says("vm-1", "mine"), bench.clock.now())
    members.hear(says("vm-2", "theirs"), bench.clock.now())
    with capture_logs() as logged:
        await watch(bench, lambda: bench.clock.passed > 20, members=members)
    reasons = [line["reason"] for line in logged if line["event"] == "hubs_at_odds"]
    assert len(reasons) == 2
    assert "theirs" in reasons[0]
    assert reasons[1] == "They go together again."


@pytest.mark.parametrize(
    ("rates", "seconds"),
    [
        ((), 60),
        ((Rate(1, per=1),), 60),
        ((Rate(60, per=60), Rate(2000, per=HOUR)), 180),
        ((Rate(25, per=DAY),), 4 * DAY),
        ((Rate(1_000_000, per=DAY),), 60),
    ],
)
def test_probes_take_a_hundredth_of_long_windows(rates: tuple[Rate, ...], seconds: float) -> None:
    assert spacing(Limits(rates), 60) == pytest.approx(seconds)
