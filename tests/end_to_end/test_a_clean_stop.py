"""SIGTERM under load: what has begun is finished and told once, the rest goes back untouched."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.agent import Agent, all_of, left_in
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.upstream import Pause, Received, Step, Upstream
from tests.support.vendor import Vendor, page, sms, texts, variables
from tests.support.wait import wait_until

EACH = 400
ACTS = [f"act-{number}" for number in range(EACH)]
READS = [f"read-{number}" for number in range(EACH)]
THINKS = 0.2
STOP_WITHIN = 10.0


class Slow(Vendor):
    """Thinks before each answer, so that a stop always finds calls under way."""

    async def __call__(self, request: Received) -> list[Step]:  # type: ignore[override]
        return [Pause(THINKS), await super().__call__(request)]


async def publish(agent: Agent) -> None:
    acts = [agent.send("twilio.send_message", sms(id_), id=id_) for id_ in ACTS]
    reads = [
        agent.send("notion.get_page", page(number), correlation_id=id_)
        for number, id_ in enumerate(READS)
    ]
    await all_of(*acts, *reads)


@pytest.mark.slow
async def test_a_hub_that_is_told_to_stop_leaves_nothing_undone_or_twice_done(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    queues = [names.queue("notion"), names.queue("twilio")]
    async with Upstream(Slow()) as up, Agent(amqp_url, names) as agent:
        hub = HubProcess(amqp_url, names.prefix, tmp_path, **variables(up.url))
        async with hub:
            await publish(agent)
            await wait_until(lambda: len(agent.log.finals) > EACH / 4, 30, "some outcomes")
            began = time.monotonic()
            assert await hub.stop() == 0
            assert time.monotonic() - began < STOP_WITHIN
            left = sum((await left_in(amqp_url, queues)).values())
            assert 0 < left < 2 * EACH
            await wait_until(lambda: len(agent.log.finals) == 2 * EACH - left)
            seen = len(up.requests)
            assert seen == len(agent.log.finals)  # whatever was asked was told

            await hub.start()
            await agent.finals([*ACTS, *READS], 60)
    assert {code for some in agent.log.codes().values() for code in some} == {"ok"}
    assert [id_ for id_, some in agent.log.finals.items() if len(some) > 1] == []
    assert texts(up.requests) == Counter(ACTS)
    targets = Counter(one.target for one in up.requests if one.method == "GET")
    assert set(targets.values()) == {1}
