"""SIGTERM under load: what has begun is finished and told once, the rest goes back untouched."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.support.agent import Agent, left_in
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.upstream import Pause, Received, Step, Upstream
from tests.support.vendor import Vendor, ask, texts, variables
from tests.support.wait import wait_until

EACH = 400
ACTS = [f"act-{number}" for number in range(EACH)]
READS = [f"read-{number}" for number in range(EACH)]
THINKS = 0.2


class Slow(Vendor):
    """Thinks before each answer, and stops after some until the hub is told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()
        self._left = EACH

    async def __call__(self, request: Received) -> list[Step]:  # type: ignore[override]
        self._left -= 1
        if self._left < 0:
            await self.told.wait()
        return [Pause(THINKS), await super().__call__(request)]


@pytest.mark.slow
async def test_a_hub_that_is_told_to_stop_leaves_nothing_undone_or_twice_done(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    queues = [names.queue("notion"), names.queue("twilio")]
    vendor = Slow()
    async with Upstream(vendor) as up, Agent(amqp_url, names) as agent:
        hub = HubProcess(amqp_url, names.prefix, tmp_path, **variables(up.url))
        async with hub:
            await ask(agent, ACTS, READS)
            await wait_until(lambda: len(agent.log.finals) > EACH / 4, 30, "some outcomes")
            stopping = asyncio.create_task(hub.stop())
            await asyncio.sleep(0)
            vendor.told.set()
            assert await stopping == 0

            async def left() -> int:
                return sum((await left_in(amqp_url, queues)).values())

            async def settled() -> bool:
                return len(agent.log.finals) + await left() == 2 * EACH

            await wait_until(settled, what="every request answered or back in its queue")
            assert 0 < await left() < 2 * EACH
            seen = len(up.requests)
            assert seen == len(agent.log.finals)  # whatever was asked was told

            await hub.start()
            await agent.finals([*ACTS, *READS], 60)
    assert {code for some in agent.log.codes().values() for code in some} == {"ok"}
    assert [id_ for id_, some in agent.log.finals.items() if len(some) > 1] == []
    assert texts(up.requests) == Counter(ACTS)
    targets = Counter(one.target for one in up.requests if one.method == "GET")
    assert set(targets.values()) == {1}
