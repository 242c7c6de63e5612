"""Envelopes that nobody foresaw, some in every run; `scripts/fuzz` has more of them."""

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.fuzz.envelopes import messages, outcome, received, understanding
from tests.support.raw_amqp import Raw

ONES = {closed: understanding(closed=closed) for closed in (False, True)}
EXAMPLES = 400


@pytest.mark.parametrize("closed", ONES, ids=["open", "with an access file"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(message=messages)
def test_every_message_is_answered_or_buried(closed: bool, message: tuple[Raw, bytes]) -> None:
    outcome(ONES[closed], received(*message))
