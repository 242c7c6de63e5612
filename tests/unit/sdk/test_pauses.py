"""Pauses grow to a bound, and begin anew after a good time."""

from sdk._pauses import LONGEST, SHORTEST, Pauses


def most(pauses: Pauses, lasted: float = 0.0) -> float:
    """The longest pause that there could have been."""
    before = pauses._most
    assert 0 <= pauses.next(lasted) <= max(before, SHORTEST)
    return before


def test_they_double_up_to_a_bound() -> None:
    pauses = Pauses()
    assert [most(pauses) for _ in range(8)] == [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, LONGEST, LONGEST]


def test_they_begin_anew_after_what_lasted() -> None:
    pauses = Pauses()
    for _ in range(5):
        pauses.next(lasted=LONGEST)
    assert pauses._most > SHORTEST
    assert pauses.next(lasted=LONGEST + 1) <= SHORTEST


def test_no_two_agents_wait_alike() -> None:
    assert len({Pauses().next() for _ in range(100)}) > 90
