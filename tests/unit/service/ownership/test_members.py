"""Which hubs are there, by what they say of themselves."""

import pytest

from contracts._events import Mode, OwnsEvent
from service.ownership.members import FRESH, GONE, MOST, ORPHANED, Members


def says(
    instance: str,
    store: str = "s",
    mode: Mode = "configured",
    *,
    owns: bool = False,
    run: str = "1",
) -> OwnsEvent:
    return OwnsEvent(
        instance=instance,
        store=store,
        run=run,
        modes={"notion": mode},
        owned=("notion",) if owns else (),
        standing=("notion",),
    )


@pytest.fixture
def members() -> Members:
    return Members(says("me"), now=0.0)


def there(members: Members, now: float) -> list[str]:
    return [hub.instance for hub in members.present(now)]


def pass_time(members: Members, start: float, end: float) -> None:
    """Let this hub look around every second."""
    for second in range(int(start), int(end) + 1):
        members.present(float(second))


def test_this_hub_is_always_there(members: Members) -> None:
    pass_time(members, 0, 100)
    assert there(members, 100.0) == ["me"]
    assert members.fresh("me", 100.0)


def test_what_this_hub_hears_of_itself_changes_nothing(members: Members) -> None:
    members.hear(says("me", mode="none"), 1.0)
    assert there(members, 1.0) == ["me"]
    assert members.present(1.0)[0].modes == {"notion": "configured"}


@pytest.mark.parametrize(
    ("silent", "fresh", "present"),
    [
        (0.0, True, True),
        (FRESH, True, True),
        (3.1, False, True),
        (GONE, False, True),
        (6.1, False, False),
    ],
)
def test_silence(members: Members, silent: float, *, fresh: bool, present: bool) -> None:
    members.hear(says("other"), 1.0)
    pass_time(members, 1, 1 + silent)
    now = 1.0 + silent
    assert members.fresh("other", now) is fresh
    assert ("other" in there(members, now)) is present


def test_the_last_word_counts(members: Members) -> None:
    members.hear(says("other", mode="none"), 1.0)
    members.hear(says("other", mode="sandbox"), 2.0)
    assert [hub.modes["notion"] for hub in members.present(2.0)] == ["configured", "sandbox"]


def test_who_says_goodbye_is_gone_at_once(members: Members) -> None:
    members.hear(says("other"), 1.0)
    members.leave("other")
    members.leave("nobody")
    assert there(members, 1.0) == ["me"]


def test_a_doubted_hub_is_there_but_gets_no_lease_until_it_speaks(members: Members) -> None:
    members.hear(says("other"), 1.0)
    members.doubt("other")
    members.doubt("nobody")
    assert "other" in there(members, 1.0)
    assert not members.fresh("other", 1.0)
    members.hear(says("other"), 1.5)
    assert members.fresh("other", 1.5)


def test_while_we_are_deaf_nobody_s_silence_counts(members: Members) -> None:
    members.hear(says("other"), 1.0)
    members.attend(1.0, attached=False)
    pass_time(members, 1, 60)
    assert "other" in there(members, 60.0)
    assert not members.fresh("other", 2.0)
    members.attend(60.0, attached=True)
    pass_time(members, 60, 66)
    assert "other" in there(members, 66.0)
    assert "other" not in there(members, 66.1)


def test_who_was_deaf_is_informed_once_everybody_has_had_time_to_speak(members: Members) -> None:
    assert members.informed(0.0)
    members.attend(1.0, attached=False)
    assert not members.informed(1.0)
    members.attend(2.0, attached=True)
    pass_time(members, 2, 5)
    assert not members.informed(2 + FRESH)
    assert members.informed(2.1 + FRESH)


def test_a_process_that_stood_still_was_deaf(members: Members) -> None:
    members.hear(says("other"), 1.0)
    assert "other" in there(members, 31.0)
    assert not members.fresh("other", 31.0)
    pass_time(members, 31, 37)
    assert "other" not in there(members, 37.1)


def test_other_stores_are_told(members: Members) -> None:
    members.hear(says("brother", store="s"), 1.0)
    assert members.foreign_stores(1.0) == frozenset()
    members.hear(says("stranger", store="t"), 1.0)
    assert members.foreign_stores(1.0) == {"t"}
    members.leave("stranger")
    assert members.foreign_stores(1.0) == frozenset()


def test_those_who_go_together_are_no_trouble(members: Members) -> None:
    members.hear(says("me"), 1.0)
    members.hear(says("brother"), 1.0)
    assert members.trouble(1.0) == ""


def test_another_store_is_trouble_while_its_hub_is_there(members: Members) -> None:
    members.hear(says("stranger", store="t"), 1.0)
    trouble = members.trouble(1.0)
    assert "stranger (store t), keeps its calls elsewhere than this one, me (store s)" in trouble
    members.leave("stranger")
    assert members.trouble(1.0) == ""


@pytest.mark.parametrize("run", ["2", ""])  # the empty one is of a hub older than that field
def test_another_process_of_the_same_name_is_trouble(members: Members, run: str) -> None:
    members.hear(says("me", run=run, owns=True), 1.0)
    assert "HUB_INSTANCE" in members.trouble(1.0)
    assert members.owner("notion", 1.0) == "me"
    pass_time(members, 1, 7)
    assert members.trouble(7.1) == ""


def test_who_owns(members: Members) -> None:
    assert members.owner("notion", 1.0) is None
    members.hear(says("other", owns=True), 1.0)
    assert members.owner("notion", 1.0) == "other"
    members.me = says("me", owns=True)
    assert members.owner("notion", 1.0) == "me"


def asked_every_second(members: Members, start: float, end: float) -> list[float]:
    seconds = range(int(start), int(end) + 1)
    return [float(now) for now in seconds if members.orphaned("notion", float(now))]


def test_what_nobody_claims_is_orphaned_once_in_a_while(members: Members) -> None:
    assert asked_every_second(members, 1, 25) == [1 + ORPHANED, 1 + 2 * ORPHANED]


def test_a_claim_begins_the_time_anew(members: Members) -> None:
    assert asked_every_second(members, 1, 8) == []
    members.hear(says("other", owns=True), 8.0)
    assert asked_every_second(members, 8, 14) == []
    assert asked_every_second(members, 15, 30) == [15 + ORPHANED]


def test_nothing_is_orphaned_while_we_are_deaf(members: Members) -> None:
    members.attend(1.0, attached=False)
    assert asked_every_second(members, 1, 60) == []
    members.attend(60.0, attached=True)
    assert asked_every_second(members, 60, 70) == [70.0]


def test_only_so_many_hubs_are_listened_to(members: Members) -> None:
    for number in range(2 * MOST):
        members.hear(says(f"h{number}"), 1.0)
    assert len(there(members, 1.0)) == MOST + 1
    members.hear(says("h0", mode="none"), 1.5)
    assert next(one for one in members.present(1.5) if one.instance == "h0").modes == {
        "notion": "none"
    }
