import json
from dataclasses import dataclass, field

import pytest

from contracts import Names
from contracts._events import OwnsEvent
from service.amqp.errors import NoAnswer
from service.amqp.message import Message
from service.ownership.meeting import ANSWERS_WITHIN, ATTACHED_WITHIN, CannotJoin, Meeting
from service.ownership.members import Members
from tests.support.clock import QuickClock


def says(instance: str, store: str) -> OwnsEvent:
    return OwnsEvent(instance=instance, store=store, modes={}, run=instance)


@dataclass
class Bench:
    """A hub that comes, and what it did, each with its time."""

    clock: QuickClock = field(default_factory=lambda: QuickClock(0.0))
    attached_at: float = 0.0
    takes: float = 0.3
    """Seconds until it knows what it is."""
    done: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.members = Members(says("me", ""), 0.0)

    @property
    def attached(self) -> bool:
        return self.clock.now() >= self.attached_at

    async def publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        asked = json.loads(message.body)["do"]
        assert (exchange, key, asked, mandatory) == ("p.control", "", "who", False)
        assert message.user_id == "hub"
        self.done.append((self.clock.now(), "asked"))
        self.members.hear(says("other", "s"), self.clock.now())

    async def prepare(self) -> OwnsEvent:
        await self.clock.sleep(self.takes)
        self.done.append((self.clock.now(), "prepared"))
        return says("me", "s")

    async def hold(self) -> float:
        """Hold the meeting; return when it ended."""
        meeting = Meeting(Names("p"), "hub", self.clock)
        await meeting.hold(self.members, self, self, self.prepare)
        return self.clock.now()


async def test_it_asks_once_it_hears_and_prepares_while_the_others_answer() -> None:
    bench = Bench(attached_at=2.0)
    assert await bench.hold() == pytest.approx(2.0 + ANSWERS_WITHIN, abs=0.02)
    assert [what for _, what in bench.done] == ["asked", "prepared"]
    assert bench.done[0][0] >= 2.0
    assert bench.members.me.store == "s"


async def test_it_ends_no_sooner_than_it_is_prepared() -> None:
    assert await Bench(takes=5.0).hold() == pytest.approx(5.0)


async def test_what_it_turned_out_to_be_is_what_is_compared() -> None:
    bench = Bench()
    bench.members.hear(says("far", "elsewhere"), 0.0)
    with pytest.raises(
        CannotJoin, match=r"\(store elsewhere\), keeps its calls elsewhere than .* \(store s\):"
    ):
        await bench.hold()


async def test_a_broker_that_does_not_let_it_hear_is_told() -> None:
    bench = Bench(attached_at=2 * ATTACHED_WITHIN)
    with pytest.raises(NoAnswer, match=r"p\.events"):
        await bench.hold()
    assert bench.done == []
