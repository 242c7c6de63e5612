"""Envelopes that nobody foresaw, some in every run; `scripts/fuzz` has more of them."""

import math

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.fuzz.__main__ import configured, played
from tests.support.fuzz.envelopes import messages, outcome, received, understanding
from tests.support.raw_amqp import Raw

ONES = {closed: understanding(closed=closed) for closed in (False, True)}
EXAMPLES = 200


@pytest.mark.parametrize("closed", ONES, ids=["open", "with an access file"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(message=messages)
def test_every_message_is_answered_or_buried(closed: bool, message: tuple[Raw, bytes]) -> None:
    outcome(ONES[closed], received(*message))


def test_the_long_run_tells_what_it_found() -> None:
    def play(number: int) -> None:
        @configured(100, number, Phase.generate, Phase.shrink)
        @given(one=st.integers())
        def small(one: int) -> None:
            assert one < 1000

        small()

    assert "one=1000" in played([play], 1, math.inf)


def test_the_long_run_ends_by_itself() -> None:
    rounds: list[int] = []
    assert played([rounds.append], 7, until=0) == ""
    assert rounds == []
