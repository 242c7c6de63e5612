"""Brokers and hubs are killed under 2,000 requests: one outcome each, nothing unsafe runs twice.

The judges are the stub vendor's log and the agent's log; the hub's own counters prove nothing.
"""

from collections import Counter
from pathlib import Path

import pytest

from service.node.node import Node
from tests.support.agent import Agent
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.upstream import Upstream
from tests.support.vendor import NOTION, TWILIO, Vendor, ask, quiet, texts, variables
from tests.support.wait import wait_until

EACH = 1000
ACTS = [f"act-{number}" for number in range(EACH)]
READS = [f"read-{number}" for number in range(EACH)]


async def owner(hubs: list[HubProcess], integration: str) -> HubProcess:
    """The hub that serves an integration now."""
    found: list[HubProcess] = []

    async def somebody() -> bool:
        found[:] = [hub for hub in hubs if integration in await hub.serving()]
        return bool(found)

    await wait_until(somebody, 20, f"somebody to serve {integration}")
    return found[0]


@pytest.mark.slow
async def test_broker_and_hub_die_under_two_thousand_requests(
    own_node: Node, tmp_path: Path
) -> None:
    names, vendor = OwnNames(), Vendor()
    url = own_node.url
    async with Upstream(vendor) as up:
        shared = {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}"}
        hubs = [
            HubProcess(url, names.prefix, tmp_path / name, **variables(up.url), **shared)
            for name in ("one", "two")
        ]
        async with hubs[0], hubs[1], Agent(url, names) as agent:
            await own_node.flush()
            vendor.hold()
            await ask(agent, ACTS, READS)
            await wait_until(lambda: min(vendor.waiting[TWILIO], vendor.waiting[NOTION]) > 20, 20)

            own_node.kill()
            vendor.release()
            await own_node.start()
            await wait_until(lambda: len(agent.log.finals) > EACH / 2, 60, "some outcomes")

            vendor.hold(TWILIO)
            await wait_until(lambda: vendor.waiting[TWILIO] > 10, 30, "calls without an answer")
            died = await owner(hubs, "twilio")
            doubtful = vendor.waiting[TWILIO]
            died.kill()
            vendor.release()
            await agent.finals([*ACTS, *READS], 90)
            await wait_until(lambda: quiet(url, names), 10, "empty queues")

    codes = agent.log.codes()
    assert codes.keys() == {*ACTS, *READS}
    assert [id_ for id_, some in codes.items() if len(some) > 1] == []
    assert {code for id_ in READS for code in codes[id_]} == {"ok"}
    outcomes = {id_: next(iter(codes[id_])) for id_ in ACTS}
    assert set(outcomes.values()) <= {"ok", "outcome_unknown"}
    seen = texts(up.requests)
    assert [text for text, times in seen.items() if times > 1] == []
    assert [id_ for id_ in ACTS if outcomes[id_] == "ok" and not seen[id_]] == []
    in_doubt = Counter(outcomes.values())["outcome_unknown"]
    assert doubtful <= in_doubt < EACH / 4
    bodies = {id_: {one.body for one in agent.log.finals[id_]} for id_ in ACTS}
    assert [id_ for id_, some in bodies.items() if len(some) > 1] == []
