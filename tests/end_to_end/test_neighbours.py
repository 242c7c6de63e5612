"""One integration's upstream hangs, and the others do not notice.

Measured in rounds by turns in one run: the same reads from `notion` without and with 300 requests
that hang in `space_weather`. Each round has its p99; the quietest round of either kind counts, for
whatever else the machine does only ever adds to a p99, while what one integration costs another is
in every round. On a busy machine more rounds are measured, up to a bound.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import quantiles

import pytest

from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.upstream import Upstream
from tests.support.vendor import SWPC, Vendor, page, variables
from tests.support.wait import wait_until

HANGING, WINDOW, CONNECTIONS = 300, 256, 32
READS = 200
AT_ONCE = 4
FEWEST, MOST = 6, 25
ALLOWED = 1.2


async def p99(agent: Agent, pages: Iterator[int]) -> float:
    """The 99th percentile of the seconds from asking to the reply."""
    taken: list[float] = []

    async def ask_on() -> None:
        for _ in range(READS // AT_ONCE):
            began = time.monotonic()
            answer = await agent.ask("notion.get_page", page(next(pages)))
            assert answer.ok
            taken.append(answer.at - began)

    await asyncio.gather(*(ask_on() for _ in range(AT_ONCE)))
    return quantiles(taken, n=100)[-1]


async def hang(hub: HubProcess, agent: Agent, vendor: Vendor) -> list[str]:
    """Fill the window of `space_weather` with requests whose upstream does not answer."""
    vendor.hold(SWPC)
    fresh = {"hub-cache": "no-cache"}
    asks = (agent.send("space_weather.get_kp_index", headers=fresh) for _ in range(HANGING))
    ids: list[str] = await all_of(*asks)
    await wait_until(lambda: vendor.waiting[SWPC] == CONNECTIONS, 20, "calls that hang")
    await wait_until(lambda: full(hub), 20, "a full window behind them")
    return ids


async def full(hub: HubProcess) -> bool:
    row = json.loads((await hub.get("/api/integrations/space_weather"))[1])
    waiting = {one["upstream"]: one["waiting"] for one in row["limits"]}
    return bool(waiting["swpc"] == WINDOW - CONNECTIONS)


async def pair(
    hub: HubProcess, agent: Agent, vendor: Vendor, pages: Iterator[int]
) -> tuple[float, float]:
    """One p99 before, and one while the neighbour hangs."""
    calm = await p99(agent, pages)
    ids = await hang(hub, agent, vendor)
    beside = await p99(agent, pages)
    assert vendor.waiting[SWPC] == CONNECTIONS
    vendor.release()
    await agent.finals(ids, 30)
    return calm, beside


def ratio(pairs: list[tuple[float, float]]) -> float:
    """By how much the quietest round beside a hanging neighbour is slower."""
    calm, beside = zip(*pairs, strict=True)
    return float(min(beside) / min(calm))


@pytest.mark.alone
@pytest.mark.slow
async def test_an_upstream_that_hangs_slows_nobody_else(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    vendor, pages = Vendor(), count()
    async with Upstream(vendor) as up, Agent(amqp_url, names) as agent:
        two = variables(up.url) | {"HUB_INTEGRATIONS": "notion,space_weather"}
        async with HubProcess(amqp_url, names.prefix, tmp_path, **two) as hub:
            await p99(agent, pages)  # connections, caches, compiled patterns
            pairs = [await pair(hub, agent, vendor, pages) for _ in range(FEWEST)]
            while ratio(pairs) > ALLOWED and len(pairs) < MOST:
                pairs.append(await pair(hub, agent, vendor, pages))
    assert ratio(pairs) <= ALLOWED, pairs
