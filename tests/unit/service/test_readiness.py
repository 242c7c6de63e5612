"""What keeps a hub from being ready, and how often the broker is asked for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from service.amqp.link import Link
from service.readiness import ANSWER_WITHIN, ASKS_EVERY, Readiness
from tests.support.clock import QuickClock


@dataclass
class FakeLease:
    """One that is held; `waits` makes it a standby's."""

    may_stand: bool = True
    standing: bool = True
    has_come: bool = True
    renewed: bool = True
    trouble: str = ""
    answers: bool = True
    asked: list[tuple[object, float]] = field(default_factory=list)

    def waits(self, *, answers: bool = True) -> None:
        self.has_come = self.renewed = False
        self.answers = answers

    async def present(self, beside: Link, within: float) -> bool:
        self.asked.append((beside, within))
        await asyncio.sleep(0)
        return self.answers


@dataclass
class Bench:
    """A hub of two integrations that lacks nothing."""

    links: dict[str, SimpleNamespace] = field(
        default_factory=lambda: {
            name: SimpleNamespace(up=True, reason="", blocked="") for name in ("lease", "look")
        }
    )
    leases: dict[str, FakeLease] = field(
        default_factory=lambda: {"notion": FakeLease(), "twilio": FakeLease()}
    )
    owners: dict[str, SimpleNamespace] = field(
        default_factory=lambda: {
            name: SimpleNamespace(detached=False) for name in ("notion", "twilio")
        }
    )
    publisher: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(silent=0.0))
    drifts: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(trouble=""))
    records: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(trouble=""))
    ear: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(attached=True))
    clock: QuickClock = field(default_factory=QuickClock)

    def __post_init__(self) -> None:
        self.readiness = Readiness(
            links=cast("dict[str, Link]", self.links),
            publisher=self.publisher,
            leases=self.leases,
            owners=self.owners,
            listeners=[("hub.dropped", self.ear)],
            troubled=(self.drifts, self.records),
            clock=self.clock,
        )

    async def lacks(self) -> str:
        return await self.readiness.lacks()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def link_down(bench: Bench) -> None:
    bench.links["lease"] = SimpleNamespace(up=False, reason="nobody listens at a:5672")


def blocked(bench: Bench) -> None:
    bench.links["lease"].blocked = "low on memory"


def silent(bench: Bench) -> None:
    bench.publisher.silent = 12.3


def drifted(bench: Bench) -> None:
    bench.drifts.trouble = "The queue hub.dropped is there, but with other arguments."


def unrecorded(bench: Bench) -> None:
    bench.records.trouble = "The record of calls cannot be written."


def not_waited_for(bench: Bench) -> None:
    bench.leases["twilio"] = FakeLease(standing=False, has_come=False, trouble="No queue.")


def just_begun(bench: Bench) -> None:
    bench.leases["twilio"] = FakeLease(standing=False, has_come=False)


def late(bench: Bench) -> None:
    bench.leases["notion"].renewed = False


def deaf(bench: Bench) -> None:
    bench.ear.attached = False


def unserved(bench: Bench) -> None:
    bench.owners["notion"].detached = True


def leaderless(bench: Bench) -> None:
    for lease in bench.leases.values():
        lease.waits(answers=False)


LACKS: dict[Callable[[Bench], None], str] = {
    link_down: "The lease connection is down: nobody listens at a:5672.",
    blocked: "The broker takes no messages (low on memory): free its memory or disk.",
    silent: "The broker has not confirmed a message for 12 s: no call begins.",
    drifted: "The queue hub.dropped is there, but with other arguments.",
    not_waited_for: "The lease of twilio is not waited for: No queue.",
    just_begun: "The lease of twilio is not waited for: not yet.",
    late: "The lease of notion came, but no renewal was confirmed in time.",
    deaf: "hub.dropped is not consumed; the log says why.",
    unserved: "The request queue of notion is not consumed; the log says why.",
    leaderless: "The broker is silent about the lease of notion, twilio.",
}


@pytest.mark.parametrize("break_it", LACKS)
async def test_what_is_missing_is_named(bench: Bench, break_it: Callable[[Bench], None]) -> None:
    assert await bench.lacks() == ""
    break_it(bench)
    bench.clock.advance(ASKS_EVERY)
    assert await bench.lacks() == LACKS[break_it]


async def test_where_it_may_not_stand_it_lacks_nothing(bench: Bench) -> None:
    bench.leases["notion"] = FakeLease(may_stand=False, standing=False, has_come=False)
    assert await bench.lacks() == ""


async def test_the_broker_is_asked_beside_and_only_about_what_is_waited_for(bench: Bench) -> None:
    bench.leases["twilio"].waits()
    assert await bench.lacks() == ""
    assert bench.leases["notion"].asked == []
    ((beside, within),) = bench.leases["twilio"].asked
    assert beside is bench.links["look"]
    assert within == ANSWER_WITHIN


async def test_however_many_want_to_know_the_broker_is_asked_once_in_a_while(bench: Bench) -> None:
    waiting = bench.leases["twilio"]
    waiting.waits(answers=False)
    answers = await asyncio.gather(*(bench.lacks() for _ in range(20)))
    assert len(set(answers)) == len(waiting.asked) == 1
    waiting.answers = True
    assert await bench.lacks() == answers[0]
    bench.clock.advance(ASKS_EVERY)
    assert await bench.lacks() == ""
    assert len(waiting.asked) == 2
