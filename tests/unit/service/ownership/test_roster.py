import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from contracts._events import LifeEvent, Mode, OwnsEvent
from service.ownership.members import Members
from service.ownership.rank import Spread
from service.ownership.roster import Roster
from tests.support.clock import QuickClock
from tests.support.heard import Told, delivered
from tests.support.wait import wait_until


def says(instance: str, *, owned: tuple[str, ...] = (), best: bool = False) -> OwnsEvent:
    modes: dict[str, Mode] = {"shop": "configured" if best else "none"}
    return OwnsEvent(instance=instance, store="s", modes=modes, owned=owned, standing=("shop",))


@dataclass
class FakeLease:
    held: bool = True
    moves: list[str] = field(default_factory=list)
    stuck: asyncio.Event | None = None

    async def yield_to_others(self) -> None:
        self.moves.append("yield")
        if self.stuck:
            await self.stuck.wait()
        self.held = False

    async def mend(self) -> None:
        self.moves.append("mend")


@dataclass
class Bench:
    clock: QuickClock = field(default_factory=QuickClock)
    told: Told = field(default_factory=Told)
    lease: FakeLease = field(default_factory=FakeLease)
    attached: bool = True
    me: OwnsEvent = field(default_factory=lambda: says("me"))

    def __post_init__(self) -> None:
        members = Members(self.me, self.clock.now())
        self.roster = Roster(
            members=members,
            spread=Spread(members),
            leases={"shop": self.lease},
            events=self.told,
            clock=self.clock,
            me=lambda: self.me,
            hears=lambda: self.attached,
        )

    async def until(self, happened: Callable[[], object]) -> None:
        task = asyncio.create_task(self.roster.run())
        try:
            await wait_until(happened)
        finally:
            task.cancel()
            await asyncio.wait([task])


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_it_speaks_every_two_seconds(bench: Bench) -> None:
    await bench.until(lambda: len(bench.told.all) >= 5)
    assert set(bench.told.keys) == {"hub.me.owns"}
    assert bench.clock.passed == pytest.approx(2.0 * (len(bench.told.all) - 1), abs=2.0)


async def test_a_change_is_told_at_once(bench: Bench) -> None:
    bench.roster.speak()
    bench.me = says("me", owned=("shop",))
    await bench.until(lambda: len(bench.told.all) >= 2)
    assert bench.told.all[1][1] == bench.me
    assert bench.roster.members.me == bench.me


async def test_it_yields_to_a_better_hub_once(bench: Bench) -> None:
    bench.roster.hear(delivered("hub.other.owns", says("other", best=True)))
    await bench.until(lambda: bench.lease.moves)
    assert bench.lease.moves.count("yield") == 1


async def test_a_lease_that_is_stuck_does_not_silence_it(bench: Bench) -> None:
    bench.lease.stuck = asyncio.Event()
    bench.roster.hear(delivered("hub.other.owns", says("other", best=True)))
    await bench.until(lambda: bench.lease.moves and len(bench.told.all) >= 4)
    assert bench.lease.moves == ["yield"]


async def test_a_lost_lease_message_is_put_back(bench: Bench) -> None:
    bench.lease.held = False
    await bench.until(lambda: "mend" in bench.lease.moves)
    assert bench.clock.passed >= 10


def test_it_hears_who_is_there_and_who_left(bench: Bench) -> None:
    def present() -> list[str]:
        return [one.instance for one in bench.roster.members.present(bench.clock.now())]

    bench.roster.hear(delivered("hub.other.owns", says("other")))
    assert present() == ["me", "other"]
    bench.roster.hear(delivered("hub.other.owns", b"no json"))
    bench.roster.hear(delivered("hub.other.pause", b"no json"))
    assert present() == ["me", "other"]
    left = LifeEvent(instance="other", store="s", version="1")
    bench.roster.hear(delivered("hub.other.stopped", left))
    assert present() == ["me"]
