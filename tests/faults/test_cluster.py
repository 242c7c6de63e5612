"""Three RabbitMQ nodes, and the one that leads all queues is killed with calls in flight."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.support.absent import absent
from tests.support.agent import Agent
from tests.support.broker import OwnNames, node_is_possible
from tests.support.cluster import Cluster
from tests.support.hub_process import HubProcess
from tests.support.proxy import Proxy
from tests.support.upstream import Upstream
from tests.support.vendor import NOTION, TWILIO, Vendor, ask, quiet, texts, variables
from tests.support.wait import wait_until

EACH: Final = 300
ACTS: Final = [f"act-{number}" for number in range(EACH)]
READS: Final = [f"read-{number}" for number in range(EACH)]
_WITHIN: Final = 120.0


async def leaders(cluster: Cluster, names: Iterable[str]) -> set[str]:
    """Return which nodes lead these queues."""
    told = await cluster.nodes[1].ctl("list_queues", "name", "leader")
    rows = (line.split("\t") for line in told.splitlines())
    wanted = set(names)
    return {row[1] for row in rows if row[0] in wanted}


@pytest.mark.slow
@pytest.mark.broker
@pytest.mark.timeout(600)
async def test_the_death_of_the_leading_node_loses_nothing(tmp_path: Path) -> None:
    if not node_is_possible():
        absent("rabbitmq-server is not installed, and this test kills one")
    names, vendor = OwnNames(), Vendor()
    shared = {"HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}"}
    async with Cluster(tmp_path / "cluster") as cluster, Upstream(vendor) as up:
        first, second, third = cluster.nodes
        queues = [names.queue("notion"), names.queue("twilio")]
        async with Proxy.before(first.url) as way:
            told = variables(up.url) | shared
            one = HubProcess(way.through(first.url), names.prefix, tmp_path / "one", **told)
            two = HubProcess(second.url, names.prefix, tmp_path / "two", **told)
            async with one, two, Agent(third.url, names) as agent:
                await first.flush()
                assert await leaders(cluster, queues) == {cluster.names[0]}
                vendor.hold()
                await ask(agent, ACTS, READS)
                await wait_until(
                    lambda: min(vendor.waiting[TWILIO], vendor.waiting[NOTION]) > 20, _WITHIN
                )
                first.kill()
                way.lead_to(second.url)
                vendor.release()
                await agent.finals([*ACTS, *READS], _WITHIN)
                assert cluster.names[0] not in await leaders(cluster, queues)
                await first.start()
                await wait_until(lambda: quiet(third.url, names), _WITHIN, "empty queues")

    codes = agent.log.codes()
    assert codes.keys() == {*ACTS, *READS}
    assert [id_ for id_, some in codes.items() if len(some) > 1] == []
    assert {code for id_ in READS for code in codes[id_]} == {"ok"}
    outcomes = Counter(next(iter(codes[id_])) for id_ in ACTS)
    assert outcomes.keys() <= {"ok", "outcome_unknown"}
    assert outcomes["ok"] > EACH / 2
    assert [text for text, times in texts(up.requests).items() if times > 1] == []
    bodies = {id_: {one.body for one in agent.log.finals[id_]} for id_ in ACTS}
    assert [id_ for id_, some in bodies.items() if len(some) > 1] == []
