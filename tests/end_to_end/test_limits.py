"""The token bucket of a running hub, judged by when calls arrive at the stub vendor."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from clients._limits import Rate
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.budget import NANO, excess
from tests.support.upstream import Pause, Received, Step, Upstream
from tests.support.vendor import NOTION, Vendor, page, variables
from tests.support.wait import wait_until


def excess_of(up: Upstream, rate: Rate) -> float:
    """By how many calls the worst of all windows is over."""
    return excess(rate, [(int(one.at * NANO), 1.0) for one in up.requests])


class Stalling(Vendor):
    """Takes two seconds for each of its first answers."""

    def __init__(self) -> None:
        super().__init__()
        self._slow = 40

    async def __call__(self, request: Received) -> list[Step]:  # type: ignore[override]
        self._slow -= 1
        return [Pause(2.0 if self._slow > 0 else 0.0), await super().__call__(request)]


async def ask(agent: Agent, count: int) -> list[str]:
    """Leave a backlog of reads with the hub."""
    return list(await all_of(*(agent.send("notion.get_page", page(n)) for n in range(count))))


async def test_a_vendor_that_stalls_gets_no_burst_afterwards(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    """What the limit allowed meanwhile must not pile up behind its connections."""
    async with Upstream(Stalling()) as up, Agent(amqp_url, names) as agent:
        settings = variables(up.url) | {"NOTION_LIMIT": "50/1s burst 10"}
        async with HubProcess(amqp_url, names.prefix, tmp_path, **settings):
            await agent.finals(await ask(agent, 200), 30)
    assert excess_of(up, Rate(50, per=1, burst=10)) <= 1
