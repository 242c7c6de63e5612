"""Who should own which integration, and how a lease gets there."""

from collections import Counter, deque
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts._events import Mode, OwnsEvent
from service.ownership.members import Members
from service.ownership.rank import DAMPING, Door, Spread, best
from service.ownership.state import LeaseMessage

NAMES = [f"integration_{number}" for number in range(600)]
NOTION = "notion"


def hub(
    instance: str, mode: Mode = "configured", store: str = "s", *, stands: bool = True
) -> OwnsEvent:
    standing = (NOTION,) if stands else ()
    return OwnsEvent(instance=instance, store=store, modes={NOTION: mode}, standing=standing)


def ranked(*instances: str) -> list[str]:
    """Return these hubs, all configured, best for notion first."""
    left, found = set(instances), []
    while left:
        first = best(NOTION, [hub(one) for one in sorted(left)])
        assert first is not None
        found.append(first)
        left.remove(first)
    return found


FIRST, SECOND, THIRD = ranked("a", "b", "c")


def spread_of(me: OwnsEvent, others: Iterable[OwnsEvent] = (), now: float = 0.0) -> Spread:
    members = Members(me, now)
    for other in others:
        members.hear(other, now)
    return Spread(members)


def lease(seq: int = 1, owner: str = "somebody") -> LeaseMessage:
    return LeaseMessage(seq, owner)


# --- who is best ---------------------------------------------------------------------------------


def everything(instance: str) -> OwnsEvent:
    return OwnsEvent(instance=instance, store="s", modes=dict.fromkeys(NAMES, "configured"))


def test_integrations_spread_evenly() -> None:
    hubs = [everything(f"hub-{number}") for number in range(3)]
    shares = Counter(best(name, hubs) for name in NAMES)
    assert all(150 <= share <= 250 for share in shares.values()), shares


def test_a_hub_that_joins_takes_only_its_own_share() -> None:
    before = [everything("a"), everything("b")]
    after = [*before, everything("c")]
    moved = [name for name in NAMES if best(name, before) != best(name, after)]
    assert {best(name, after) for name in moved} == {"c"}
    assert 150 <= len(moved) <= 250


def test_the_order_of_hearing_does_not_matter() -> None:
    hubs = [everything(name) for name in "abcd"]
    assert all(best(name, hubs) == best(name, hubs[::-1]) for name in NAMES)


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        (("none", "sandbox", "configured"), THIRD),
        (("none", "sandbox", "sandbox"), SECOND),
        (("none", "none", "none"), FIRST),
        (("configured", "configured", "configured"), FIRST),
    ],
)
def test_a_key_beats_a_recording_beats_nothing(modes: tuple[Mode, ...], expected: str) -> None:
    hubs = map(hub, (FIRST, SECOND, THIRD), modes)
    assert best(NOTION, list(hubs)) == expected


def test_a_hub_that_does_not_know_an_integration_is_not_asked() -> None:
    assert best("twilio", [hub("a")]) is None


# --- who may wait --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs", "stands"),
    [
        ("configured", "configured", True),
        ("configured", "sandbox", True),
        ("sandbox", "sandbox", True),
        ("sandbox", "configured", False),
        ("none", "sandbox", False),
        ("none", "none", True),
    ],
)
def test_a_lower_class_waits_for_nothing(mine: Mode, theirs: Mode, *, stands: bool) -> None:
    spread = spread_of(hub("me", mine), [hub("other", theirs, stands=False)])
    assert spread.stands(NOTION, 1.0) is stands
    assert spread.takes(NOTION, lease(), 1.0) is (stands and (mine != theirs or best_is_me()))


def best_is_me() -> bool:
    return best(NOTION, [hub("me")]) == "me"


def test_another_store_stops_all_taking() -> None:
    spread = spread_of(hub("me"), [hub("other", store="t")])
    assert not spread.stands(NOTION, 1.0)
    assert not spread.takes(NOTION, lease(), 1.0)


# --- taking and passing on -----------------------------------------------------------------------


def test_the_best_takes() -> None:
    assert spread_of(hub(FIRST), [hub(SECOND)]).takes(NOTION, lease(), 1.0)


def test_the_others_pass_each_message_on_once() -> None:
    spread = spread_of(hub(SECOND), [hub(FIRST)])
    took = [spread.takes(NOTION, lease(seq), 1.0) for seq in (1, 1, 2, 2)]
    assert took == [False, True, False, True]


def test_nothing_is_passed_to_the_hub_that_lost_it() -> None:
    spread = spread_of(hub(SECOND), [hub(FIRST)])
    assert spread.takes(NOTION, lease(owner=FIRST), 1.0)


@pytest.mark.parametrize("other", [hub(FIRST, stands=False), hub(FIRST, store="t")])
def test_nothing_is_passed_to_who_cannot_take_it(other: OwnsEvent) -> None:
    spread = spread_of(hub(SECOND), [other])
    assert spread.takes(NOTION, lease(), 1.0) is (other.store == "s")


def test_nothing_is_passed_to_who_was_not_heard_lately() -> None:
    assert spread_of(hub(SECOND), [hub(FIRST)]).takes(NOTION, lease(), 3.1)


def test_the_door_asks_with_its_own_clock() -> None:
    spread = spread_of(hub(SECOND), [hub(FIRST)])
    door = Door(spread, NOTION, lambda: 1.0)
    assert door.stands()
    assert [door.takes(lease()), door.takes(lease())] == [False, True]


class Line:
    """The broker's side: whoever has waited longest gets the message."""

    def __init__(self, waiting: Iterable[str], present: Iterable[OwnsEvent]) -> None:
        self.hubs = {one.instance: one for one in present}
        self.waiting = deque(waiting)
        self.spreads = {
            name: spread_of(self.hubs[name], [o for o in self.hubs.values() if o.instance != name])
            for name in self.waiting
        }

    def give(self, seq: int) -> tuple[str, int]:
        """Return who keeps the message in the end, and how many passed it on."""
        passes = 0
        while not self.spreads[self.waiting[0]].takes(NOTION, lease(seq), 1.0):
            self.waiting.rotate(-1)
            passes += 1
        return self.waiting[0], passes


@given(st.permutations([f"hub-{number}" for number in range(7)]))
def test_wherever_the_best_waits_the_lease_reaches_it_in_one_round(line: list[str]) -> None:
    hubs = [hub(name) for name in line]
    first = best(NOTION, hubs)
    assert first is not None
    assert Line(line, hubs).give(1) == (first, line.index(first))


@given(st.permutations([f"hub-{number}" for number in range(5)]))
def test_when_the_best_is_not_in_the_line_another_keeps_it(
    line: list[str],
) -> None:
    hubs = [hub(name) for name in line]
    first = best(NOTION, hubs)
    waiting = [name for name in line if name != first]
    assert Line(waiting, hubs).give(1) == (waiting[0], len(waiting))


# --- yielding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("others", "now", "expected"),
    [
        ([hub(FIRST)], 1.0, FIRST),
        ([hub(FIRST), hub(THIRD)], 1.0, FIRST),
        ([hub(THIRD)], 1.0, None),
        ([], 1.0, None),
        ([hub(FIRST)], 3.1, None),
        ([hub(FIRST, stands=False)], 1.0, None),
        ([hub(FIRST, store="t")], 1.0, None),
        ([hub(FIRST, "sandbox")], 1.0, None),
    ],
)
def test_an_owner_yields_to_a_better_hub_that_can_take_it(
    others: list[OwnsEvent], now: float, expected: str | None
) -> None:
    assert spread_of(hub(SECOND), others).heir(NOTION, now) == expected


def test_a_better_hub_that_is_silent_is_waited_for() -> None:
    """Not the second best: it would have to yield again at once."""
    members = Members(hub(THIRD), 0.0)
    members.hear(hub(FIRST), 0.0)
    members.hear(hub(SECOND), 3.0)
    assert Spread(members).heir(NOTION, 4.0) is None


def test_the_same_integration_is_yielded_once_in_ten_seconds() -> None:
    members = Members(hub(SECOND), 0.0)
    spread = Spread(members)
    asked = {}
    for now in range(1, 13):
        members.hear(hub(FIRST), float(now))
        asked[now] = spread.heir(NOTION, float(now))
        if now == 1:
            spread.yielded(NOTION, 1.0)
    assert asked == {1: FIRST} | dict.fromkeys(range(2, 11)) | {11: FIRST, 12: FIRST}


def after_an_outage(me: OwnsEvent, other: OwnsEvent, taken: int) -> list[int]:
    """Return the seconds in which a hub that took a lease at one of them would yield it.

    It hears nobody for three seconds, then the other one every second.
    """
    members = Members(me, 0.0)
    spread = Spread(members)
    members.hear(other, 0.0)
    yields = []
    for now in range(1, 21):
        members.present(float(now))
        members.attend(float(now), attached=now > 3)
        if now > 4:
            members.hear(other, float(now))
        if now == taken:
            assert spread.takes(NOTION, lease(owner=other.instance), float(now))
        elif now > taken and spread.heir(NOTION, float(now)):
            yields.append(now)
    return yields


@pytest.mark.parametrize(
    ("taken", "yields_from"),
    [
        (2, 12),  # deaf
        (4, 14),  # nobody had time to speak
        (8, 9),  # whoever is there was heard
    ],
)
def test_what_was_taken_before_the_others_were_heard_is_kept_for_a_while(
    taken: int, yields_from: int
) -> None:
    yields = after_an_outage(hub(SECOND), hub(FIRST), taken)
    assert yields == list(range(yields_from, 21))


def test_a_key_is_given_way_even_then() -> None:
    members = Members(hub("me", "sandbox"), 0.0)
    spread = Spread(members)
    members.attend(1.0, attached=False)
    assert spread.takes(NOTION, lease(), 1.0)
    members.attend(2.0, attached=True)
    members.hear(hub("other"), 2.0)
    assert spread.heir(NOTION, 2.0) == "other"


@pytest.mark.parametrize(
    ("better", "now", "expected"),
    [
        (hub(THIRD), 1.0, THIRD),
        (hub(THIRD, stands=False), 1.0, THIRD),
        (hub(THIRD), 3.1, None),
        (hub(THIRD, store="t"), 1.0, None),
    ],
)
def test_a_recording_gives_way_to_a_key_at_once(
    better: OwnsEvent, now: float, expected: str | None
) -> None:
    spread = spread_of(hub(SECOND, "sandbox"), [better])
    spread.yielded(NOTION, 0.5)
    assert spread.heir(NOTION, now) == expected


def test_who_gave_way_to_a_key_waits_until_that_hub_is_gone() -> None:
    members = Members(hub("me", "sandbox"), 0.0)
    spread = Spread(members)
    members.hear(hub("other"), 1.0)
    spread.yielded(NOTION, 1.0)
    stands = [now for now in range(1, 10) if spread.stands(NOTION, float(now))]
    assert stands == [8, 9]


def test_who_yielded_to_an_equal_waits_again_at_once() -> None:
    spread = spread_of(hub(SECOND), [hub(FIRST)])
    spread.yielded(NOTION, 1.0)
    assert spread.stands(NOTION, 1.0)
    assert DAMPING == 10.0


# --- mending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("me", "mends"), [(FIRST, True), (SECOND, False)])
def test_the_best_of_those_that_wait_mends_a_lost_lease(me: str, *, mends: bool) -> None:
    other = SECOND if me == FIRST else FIRST
    members = Members(hub(me), 0.0)
    spread = Spread(members)
    told = []
    for now in range(1, 14):
        members.hear(hub(other), float(now))
        told.append(spread.mends(NOTION, float(now)))
    assert any(told) is mends
    assert told.count(True) == (1 if mends else 0)
