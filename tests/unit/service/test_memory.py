import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.memory import MOST_HELD, Memory, Share


def test_half_is_divided_and_half_is_lent() -> None:
    memory = Memory(desks=2, most=100)
    assert (memory.own, memory.free) == (25, 50)
    assert Memory().own + Memory().free == MOST_HELD


@pytest.mark.parametrize(
    ("held", "size", "fits"),
    [
        ([], 75, True),
        ([], 1000, True),  # alone, anything is answered
        ([25], 50, True),
        ([25], 51, False),
        ([75], 1, False),
        ([75], 0, True),
    ],
)
def test_what_one_desk_may_hold(held: list[int], size: int, fits: bool) -> None:
    share = Share(Memory(desks=2, most=100))
    assert all(share.take(one) for one in held)
    assert share.take(size) is fits


def test_what_one_has_borrowed_leaves_the_other_its_own() -> None:
    memory = Memory(desks=2, most=100)
    greedy, other = Share(memory), Share(memory)
    assert greedy.take(75)
    assert other.take(25)
    assert not other.take(1)
    greedy.give_back(50)
    assert other.take(50)
    assert not greedy.take(1)


def test_one_that_is_too_large_for_all_leaves_the_others_their_own() -> None:
    memory = Memory(desks=2, most=100)
    large, other = Share(memory), Share(memory)
    assert large.take(1000)
    assert other.take(25)
    assert not other.take(1)
    large.give_back(1000)
    assert other.take(50)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 60), st.booleans()), max_size=60))
def test_all_that_is_held_fits(steps: list[tuple[int, int, bool]]) -> None:
    memory = Memory(desks=3, most=240)
    desks = [(Share(memory), list[int]()) for _ in range(3)]
    for which, size, leaves in steps:
        share, held = desks[which]
        if leaves and held:
            share.give_back(held.pop(0))
        elif share.take(size):
            held.append(size)
        alone = sum(max(0, held[0] - memory.own) for _, held in desks if len(held) == 1)
        assert sum(sum(held) for _, held in desks) <= 240 + alone
    for share, held in desks:
        for size in held:
            share.give_back(size)
    assert memory.free == 120
