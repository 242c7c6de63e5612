"""What a lease message says, and when the next one is due."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ownership.state import (
    GRACE,
    IDLE,
    SEED,
    WORKING,
    Identity,
    LeaseMessage,
    Memory,
    Schedule,
)

ME = Identity("hub-1", "store-1", "run-1")
AT = "2026-11-22T09:00:00Z"


def message(seq: int, owner: str = "hub-2") -> LeaseMessage:
    return LeaseMessage(seq, owner, "store-1", paused=False, state={"spent": seq}, at=AT)


def test_a_message_travels_as_plain_json() -> None:
    written = Memory().write(ME, {"swpc": {"debt": 0.5}}, paused=True, at=AT)
    assert json.loads(written.encode()) == {
        "seq": 1,
        "owner": "hub-1",
        "store": "store-1",
        "paused": True,
        "state": {"swpc": {"debt": 0.5}},
        "at": AT,
        "run": "run-1",
    }
    assert LeaseMessage.decode(written.encode()) == written


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b"{}",
        b'{"seq": "1"}',
        b'{"seq": true}',
        b'{"seq": -1}',
        b'{"seq": 1.5}',
        b'{"seq": 9007199254740993}',
        b'{"seq": 1, "state": []}',
    ],
)
def test_what_makes_no_sense_counts_as_a_seed(body: bytes) -> None:
    assert LeaseMessage.decode(body) == SEED


def test_only_the_number_is_needed() -> None:
    assert LeaseMessage.decode(b'{"seq": 3}') == LeaseMessage(3)


def test_the_seed_knows_nothing() -> None:
    assert asdict(SEED) == {
        "seq": 0,
        "owner": "",
        "store": "",
        "paused": False,
        "state": {},
        "at": "",
        "run": "",
    }


@given(st.lists(st.integers(0, 50)))
def test_what_is_known_never_goes_back(numbers: list[int]) -> None:
    memory = Memory()
    for place, number in enumerate(numbers):
        read = memory.read(message(number, owner=f"hub-{place}").encode())
        assert read.seq == number
        assert memory.newest.seq == max(numbers[: place + 1])
        assert memory.newest.state == ({"spent": memory.newest.seq})


def test_of_two_with_one_number_the_one_in_the_queue_counts() -> None:
    memory = Memory()
    memory.write(ME, {"spent": "unconfirmed"}, paused=False, at=AT)
    memory.read(message(1).encode())
    assert memory.newest.owner == "hub-2"


def test_what_was_written_counts_even_if_it_never_arrived() -> None:
    memory = Memory()
    memory.read(message(7).encode())
    memory.write(ME, {"spent": 20}, paused=False, at=AT)
    memory.read(message(7).encode())
    assert (memory.newest.seq, memory.newest.state) == (8, {"spent": 20})


def owned() -> tuple[Memory, LeaseMessage]:
    """What this process knows that took a lease over at 7, and its own last renewal."""
    memory = Memory()
    memory.read(message(7).encode())
    memory.confirm(memory.write(ME, {"spent": 8}, paused=False, at=AT))
    renewed = memory.write(ME, {"spent": 9}, paused=False, at=AT)
    memory.confirm(renewed)
    return memory, renewed


def test_a_process_has_a_name_of_its_own() -> None:
    assert Identity("hub-1", "s").run != Identity("hub-1", "s").run


def test_who_finds_its_own_last_message_knows_that_nobody_was_there() -> None:
    memory, renewed = owned()
    memory.write(ME, {"spent": 10}, paused=False, at=AT)  # never arrived
    memory.read(renewed.encode())
    assert memory.untouched


OTHERS = {
    "a seed": SEED,
    "of another hub": message(9),
    "of another process of that name": replace(message(9, ME.instance), run="run-2"),
    "of ours, but older": replace(message(8, ME.instance), run="run-1"),
    "of ours, but never confirmed": replace(message(10, ME.instance), run="run-1"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_message_proves_nothing(name: str) -> None:
    memory, _ = owned()
    memory.read(OTHERS[name].encode())
    assert not memory.untouched


def test_a_copy_that_was_put_back_proves_nothing() -> None:
    memory, renewed = owned()
    assert LeaseMessage.decode(memory.copy()) == replace(renewed, run="")
    memory.read(memory.copy())
    assert not memory.untouched


def test_what_another_wrote_since_is_not_forgotten() -> None:
    """A broker that is put back to an older state shows our message again."""
    memory, renewed = owned()
    memory.read(message(12).encode())
    memory.read(renewed.encode())
    assert not memory.untouched


def test_what_nobody_ever_held_is_untouched_by_nobody() -> None:
    memory = Memory()
    memory.read(SEED.encode())
    assert not memory.untouched


def test_the_first_renewal_is_due_at_once() -> None:
    schedule = Schedule(100.0)
    assert schedule.due == 100.0
    assert schedule.late == 100.0 + GRACE


@pytest.mark.parametrize(("busy", "period"), [(True, WORKING), (False, IDLE)])
def test_the_next_one_counts_from_when_the_last_began(*, busy: bool, period: float) -> None:
    schedule = Schedule(100.0)
    schedule.begin(100.2)
    schedule.confirm(busy=busy)
    assert schedule.due == 100.2 + period
    assert schedule.late == 100.2 + period + 1.5


def test_a_renewal_under_way_is_late_from_when_it_was_due() -> None:
    schedule = Schedule(100.0)
    schedule.begin(101.0)
    assert schedule.late == 101.5


def idle_since(now: float) -> Schedule:
    schedule = Schedule(now)
    schedule.begin(now)
    schedule.confirm(busy=False)
    return schedule


def test_asking_brings_the_next_one_forward_and_its_lateness_too() -> None:
    schedule = idle_since(100.0)
    schedule.ask(102.0)
    schedule.ask(103.0)
    assert schedule.due == 102.0
    assert schedule.late == 103.5


def test_asking_never_postpones() -> None:
    schedule = idle_since(100.0)
    schedule.ask(200.0)
    assert schedule.due == 105.0


def test_what_was_asked_before_a_renewal_began_is_part_of_it() -> None:
    schedule = idle_since(100.0)
    schedule.ask(102.0)
    schedule.begin(102.0)
    assert schedule.late == 103.5
    schedule.confirm(busy=True)
    assert schedule.due == 102.5


def test_what_was_asked_meanwhile_needs_another_one() -> None:
    schedule = idle_since(100.0)
    schedule.begin(105.0)
    schedule.ask(105.1)
    assert schedule.due == 105.0
    schedule.confirm(busy=False)
    assert schedule.due == 105.1
