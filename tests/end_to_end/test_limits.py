"""The token bucket of running hubs, judged by when calls arrive at the stub vendor.

A token is spent when a call leaves, and a busy machine decides when its bytes arrive: at most as
long after that as the hub waited for the answer (``hub-upstream-ms``). So of each call it is known
between which two moments it left, and what is over in spite of that is over for certain.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

import pytest

from clients._limits import Rate
from contracts._names import UPSTREAM_HEADER
from tests.faults.windows import excess, surely_over
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.upstream import Pause, Received, Step, Upstream
from tests.support.vendor import NOTION, TWILIO, Vendor, page, sms, variables
from tests.support.wait import wait_until

RATE: Final = Rate(20, per=1, burst=10)
LIMIT: Final = "20/1s burst 10"

Span = tuple[float, float]
"""When a call left at the earliest, and at the latest: when it arrived."""


def to(vendor: str, calls: Iterable[Received]) -> list[Received]:
    """The calls to one vendor."""
    return [one for one in calls if one.target.startswith(vendor)]


def id_of(call: Received) -> str:
    """The id of the request that it was made for, if that was only one call."""
    form = parse_qs(call.body.decode())
    return form["Body"][0] if "Body" in form else call.target.rpartition("/")[2]


def spans(agent: Agent, calls: list[Received]) -> Iterator[Span]:
    """When they left; those that were repeated are left out, for which one was answered?"""
    times = Counter(map(id_of, calls))
    for one in calls:
        replies = agent.log.finals[id_of(one)]
        if times[id_of(one)] == len(replies) == 1:
            yield one.at - int(replies[0].headers[UPSTREAM_HEADER]) / 1000, one.at


def used(rate: Rate, arrivals: list[float]) -> float:
    """What share of the allowed rate was used in the best half, once the burst was gone.

    A machine that stands still for a moment takes that away from some halves, and from no limit.
    """
    steady = arrivals[2 * int(rate.capacity) :]
    half = len(steady) // 2
    quickest = min(steady[at + half] - steady[at] for at in range(half))
    return half / (rate.calls / rate.per * quickest)


async def reads(agent: Agent, count: int) -> list[str]:
    """Leave a backlog of reads with the hub."""
    pages = [page(number) for number in range(count)]
    sends = (agent.send("notion.get_page", one, correlation_id=one["page_id"]) for one in pages)
    return list(await all_of(*sends))


async def acts(agent: Agent, count: int) -> list[str]:
    """Leave a backlog of what acts with the hub."""
    ids = [f"act-{number}" for number in range(count)]
    return await all_of(*(agent.send("twilio.send_message", sms(id_), id=id_) for id_ in ids))


@pytest.mark.alone
@pytest.mark.slow
async def test_a_backlog_uses_its_limits_and_no_more(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    """Judged from a full bucket on: all that is asked waits behind calls that hang meanwhile."""
    vendor = Vendor()
    async with Upstream(vendor) as up, Agent(amqp_url, names) as agent:
        settings = variables(up.url, LIMIT)
        async with HubProcess(amqp_url, names.prefix, tmp_path, **settings) as hub:
            vendor.hold()
            ids = [*await reads(agent, 340), *await acts(agent, 340)]
            await wait_until(lambda: vendor.waiting == {NOTION: 32, TWILIO: 32}, 20)
            await wait_until(lambda: full(hub), 5, "full buckets")
            began = len(up.requests)
            vendor.release()
            await agent.finals(ids, 60)
    for one in (NOTION, TWILIO):
        calls = to(one, up.requests[began:])
        assert len(calls) == 340 - 32
        assert surely_over(RATE, spans(agent, calls)) <= 1
        assert used(RATE, [call.at for call in calls]) >= 0.99


@pytest.mark.slow
async def test_owners_that_die_and_freeze_spend_no_token_twice(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    async with Upstream(Vendor()) as up, Agent(amqp_url, names) as agent:
        settings = variables(up.url, LIMIT) | {
            "HUB_INTEGRATIONS": "notion",
            "HUB_DATABASE_URL": f"sqlite:///{tmp_path / 'calls.sqlite3'}",
        }
        hubs = [HubProcess(amqp_url, names.prefix, tmp_path / name, **settings) for name in "abc"]
        async with hubs[0], hubs[1], hubs[2]:
            ids = await reads(agent, 320)
            await go_on(up, 40)
            killed = await owner(hubs)
            killed.kill()
            hubs.remove(killed)
            await go_on(up, 40)

            frozen = await owner(hubs)
            frozen.freeze()
            await quiet(up)
            await go_on(up, 40)
            frozen.thaw()
            await agent.finals(ids, 60)
    left = list(spans(agent, to(NOTION, up.requests)))
    assert len(left) > 240
    assert surely_over(RATE, left) <= 1


async def full(hub: HubProcess) -> bool:
    """Whether the hub says so: a state to begin with, no evidence."""
    rows = json.loads((await hub.get("/api/integrations"))[1])
    return all(row["limits"][0]["left"] == RATE.burst for row in rows)


async def go_on(up: Upstream, count: int) -> None:
    """Wait until so many more calls have arrived."""
    wanted = len(up.requests) + count
    await wait_until(lambda: len(up.requests) >= wanted, 30, f"{count} more calls")


async def quiet(up: Upstream) -> None:
    """Wait until for half a second nothing has arrived."""
    await wait_until(lambda: time.monotonic() - up.requests[-1].at > 0.5, 5, "silence")


async def owner(hubs: list[HubProcess]) -> HubProcess:
    """The hub that serves."""
    found: list[HubProcess] = []

    async def one() -> bool:
        found[:] = [hub for hub in hubs if await hub.serving()]
        return len(found) == 1

    await wait_until(one, 20, "one hub to serve")
    return found[0]


class Stalling(Vendor):
    """Takes four seconds for each of its first answers."""

    def __init__(self) -> None:
        super().__init__()
        self._slow = 40

    async def __call__(self, request: Received) -> list[Step]:  # type: ignore[override]
        self._slow -= 1
        return [Pause(4.0 if self._slow > 0 else 0.0), await super().__call__(request)]


@pytest.mark.alone
@pytest.mark.slow
async def test_a_vendor_that_stalls_gets_no_burst_afterwards(
    amqp_url: str, names: OwnNames, tmp_path: Path
) -> None:
    """What the limit allowed meanwhile must not pile up behind its 32 connections: 58 calls."""
    async with Upstream(Stalling()) as up, Agent(amqp_url, names) as agent:
        settings = variables(up.url, LIMIT)
        async with HubProcess(amqp_url, names.prefix, tmp_path, **settings):
            await agent.finals(await reads(agent, 150), 30)
    assert excess(RATE, [call.at for call in to(NOTION, up.requests)]) <= 20
