"""A broker that takes back what is not settled in time: shorter than the hub expects."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from structlog.testing import capture_logs

from service.node.node import Node
from tests.support.agent import all_of
from tests.support.broker import OwnNames
from tests.support.hub import asked, settings_for
from tests.support.vendor import TWILIO, Stub, sms, texts
from tests.support.wait import wait_until

SMS: Final = "twilio.send_message"
ACTS: Final = [f"act-{number}" for number in range(40)]
SHORT: Final = (
    "application:set_env(rabbit, consumer_timeout, 3000), "
    "application:set_env(rabbit, channel_tick_interval, 500)."
)
USUAL: Final = (
    "application:set_env(rabbit, consumer_timeout, 1800000), "
    "application:set_env(rabbit, channel_tick_interval, 60000)."
)


@pytest.mark.slow
async def test_calls_that_outlast_it_are_made_once_and_answered(
    own_node: Node, stub: Stub, tmp_path: Path
) -> None:
    """The channel is closed, all of it comes again, and joins what runs."""
    names = OwnNames()
    await own_node.ctl("eval", SHORT)
    with capture_logs() as logs:
        async with asked(own_node.url, names, settings_for(stub.up.url, names, tmp_path)) as (
            _,
            agent,
        ):
            stub.vendor.hold(TWILIO)
            await all_of(*(agent.send(SMS, sms(id_), id=id_) for id_ in ACTS))
            await wait_until(
                lambda: sum(one["event"] == "consumer_detached" for one in logs) >= 2,
                30,
                "two timeouts",
            )
            stub.vendor.release()
            await agent.finals(ACTS, 30)
    await own_node.ctl("eval", USUAL)
    reasons = {str(one["reason"]) for one in logs if one["event"] == "consumer_detached"}
    assert any("timed out. Timeout value used: 3000 ms" in one for one in reasons)
    assert agent.log.codes() == {id_: {"ok"} for id_ in ACTS}
    assert texts(stub.up.requests) == Counter(ACTS)
