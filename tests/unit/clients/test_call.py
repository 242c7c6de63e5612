"""What is known of one request on its way."""

import pytest

from clients._call import Call, Class, NoJournal

MOMENTS: list[tuple[float | None, float]] = [(None, 130.0), (110.0, 110.0), (500.0, 130.0)]


@pytest.mark.parametrize(("deadline", "ends"), MOMENTS)
def test_its_time_runs_from_the_first_attempt(deadline: float | None, ends: float) -> None:
    call = Call(timeout=30, deadline=deadline)
    assert call.last_moment() == deadline
    assert call.begin(100) == ends
    assert call.begin(105) == ends
    assert call.last_moment() == ends


def test_outcome() -> None:
    assert Call().outcome == "not_sent"
    assert Call(sent=True).outcome == "sent"


@pytest.mark.parametrize(
    ("kind", "attempts", "recorded", "played"),
    [
        ("safe", 2, 0, False),
        ("safe", 2, 1, True),
        ("safe", 2, 2, True),
        ("unsafe", 0, 0, False),
        ("unsafe", 2, 1, False),
        ("keyed", 2, 2, True),
    ],
)
def test_what_acted_once_is_never_taken_for_a_play(
    kind: Class, attempts: int, recorded: int, played: bool
) -> None:
    assert Call(kind=kind, attempts=attempts, recorded=recorded).played == played


async def test_no_journal_lets_everything_leave() -> None:
    await NoJournal().sending()
