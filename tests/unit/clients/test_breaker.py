import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients._breaker import Breaker, State

Step = Literal["ok", "down", "gone"]


def tell(breaker: Breaker, outcome: Step, turn: int, now: float) -> None:
    """Hand an outcome back."""
    match outcome:
        case "ok":
            breaker.succeeded(turn)
        case "down":
            breaker.failed(turn, now)
        case "gone":
            breaker.abandoned(turn)


# Seconds, whether a call may leave then, what becomes of it; state and next try afterwards.
Row = tuple[float, bool, Step, State, float]
NEVER = -math.inf
DOWN: list[Row] = [(float(s), True, "down", "closed", NEVER) for s in range(4)]
OPENED: list[Row] = [*DOWN, (4, True, "down", "open", 34)]
SEQUENCES: dict[str, list[Row]] = {
    "four in a row are not enough": [*DOWN, (5, True, "ok", "closed", NEVER), *DOWN],
    "who tells nothing does not break the row": [
        *DOWN,
        (4, True, "gone", "closed", NEVER),
        (4, True, "down", "open", 34),
    ],
    "open refuses until its time": [
        *OPENED,
        (4, False, "ok", "open", 34),
        (33.9, False, "ok", "open", 34),
        (34, True, "ok", "closed", NEVER),
    ],
    "each failed probe doubles the pause, to a limit": [
        *OPENED,
        (34, True, "down", "open", 94),
        (93, False, "ok", "open", 94),
        (94, True, "down", "open", 214),
        (214, True, "down", "open", 454),
        (454, True, "down", "open", 754),
        (1000, True, "down", "open", 1300),
    ],
    "a good probe closes, and all begins again": [
        *OPENED,
        (34, True, "down", "open", 94),
        (94, True, "ok", "closed", NEVER),
        *[(100 + s, True, "down", "closed", NEVER) for s in range(4)],
        (104, True, "down", "open", 134),
    ],
    "after an abandoned probe the next may go at once": [
        *OPENED,
        (40, True, "gone", "open", 34),
        (40, True, "gone", "open", 34),
        (41, True, "down", "open", 101),
    ],
}


@pytest.mark.parametrize("rows", SEQUENCES.values(), ids=SEQUENCES)
def test_exact_sequence(rows: list[Row]) -> None:
    breaker = Breaker()
    for now, admitted, outcome, state, retry_at in rows:
        turn = breaker.admit(now)
        assert bool(turn) is admitted
        if turn:
            tell(breaker, outcome, turn, now)
        assert (breaker.state, breaker.retry_at) == (state, retry_at), f"at {now}"


def opened(at: float = 0.0) -> Breaker:
    """A breaker that opened at that time."""
    breaker = Breaker()
    for _ in range(5):
        breaker.failed(breaker.admit(at), at)
    return breaker


def test_half_open_says_when_the_next_may_go_if_the_probe_fails() -> None:
    breaker = opened()
    assert breaker.admit(31.0)
    assert (breaker.state, breaker.retry_at) == ("half_open", 91.0)
    assert not breaker.admit(1000.0)


@pytest.mark.parametrize("outcome", ["ok", "down", "gone"])
def test_calls_from_before_it_opened_do_not_stand_for_the_probe(outcome: Step) -> None:
    breaker = Breaker()
    old = breaker.admit(0.0)
    for _ in range(5):
        breaker.failed(breaker.admit(0.0), 0.0)
    tell(breaker, outcome, old, 1.0)
    assert (breaker.state, breaker.retry_at) == ("open", 30.0)
    assert breaker.admit(30.0)
    tell(breaker, outcome, old, 31.0)
    assert (breaker.state, breaker.retry_at) == ("half_open", 90.0)


def test_an_abandoned_probe_that_answers_after_all_changes_nothing() -> None:
    breaker = opened()
    first = breaker.admit(30.0)
    breaker.abandoned(first)
    assert breaker.admit(30.0) not in {0, first}
    breaker.failed(first, 40.0)
    breaker.succeeded(first)
    assert breaker.state == "half_open"


@given(
    st.lists(
        st.tuples(
            st.floats(0, 100), st.sampled_from(["ask", "ok", "down", "gone"]), st.integers(0, 20)
        ),
        max_size=200,
    )
)
def test_never_two_probes_at_once(
    events: list[tuple[float, Literal["ask"] | Step, int]],
) -> None:
    breaker, now = Breaker(), 0.0
    out: list[tuple[int, bool]] = []  # turn, and whether it is a probe
    for later, what, which in events:
        now += later
        if what == "ask":
            probing = breaker.state != "closed"
            allowed = not probing or (breaker.state == "open" and now >= breaker.retry_at)
            turn = breaker.admit(now)
            assert bool(turn) is allowed
            if turn:
                out.append((turn, probing))
        elif out:
            turn, _ = out.pop(which % len(out))
            tell(breaker, what, turn, now)
        probes = sum(probe for _, probe in out)
        assert probes <= 1
        assert probes == (breaker.state == "half_open")
        assert breaker.state == "closed" or breaker.retry_at <= now + 300.0
