"""What a hub with all its integrations logs while its broker is away."""

from collections import Counter
from pathlib import Path

import pytest

from service.node.node import Node
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.wait import wait_until

MOST = 20
"""Lines for an outage of less than a minute, and the way back."""


@pytest.mark.slow
async def test_a_broker_that_goes_away_is_told_in_few_lines(own_node: Node, tmp_path: Path) -> None:
    async with HubProcess(own_node.url, OwnNames().prefix, tmp_path) as hub:
        await own_node.flush()
        before = len(hub.lines())
        own_node.kill()
        await wait_until(lambda: len(hub.logged("broker_unreachable")) >= 4, 20, "the outage")
        await own_node.start()
        await wait_until(hub.ready, 60, "readiness")
        told = Counter(str(line.get("event")) for line in hub.lines()[before:])
    assert told.total() <= MOST, told
