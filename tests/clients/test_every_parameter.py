"""Parameters that nobody foresaw, some in every run; `scripts/fuzz` has more of them."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients._client import Client
from tests.support.conformance import every_client
from tests.support.fuzz.parameters import ANSWERS, for_client, outcome

EACH = 2


@every_client
def test_any_parameters_are_refused_or_end_as_promised(facts: type[Client]) -> None:
    @settings(
        max_examples=EACH * len(facts.operations),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def every(data: st.DataObject) -> None:
        drawn = data.draw(for_client(facts))
        asyncio.run(outcome(facts, drawn, data.draw(st.sampled_from(ANSWERS))))

    every()
