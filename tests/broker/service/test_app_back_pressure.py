"""Replies that cannot leave stop new calls: judged by when calls arrive at the stub vendor."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from pamqp.common import FieldTable

from service.amqp.wire import address
from service.app import Hub
from service.desk import NOT_CALLED
from service.node.node import Node
from tests.support.agent import Agent, all_of, fetched, left_in
from tests.support.agent import apart as apart_channel
from tests.support.broker import OwnNames
from tests.support.hub import Given, lacks_nothing, serves, settings_for
from tests.support.proxy import Proxy
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until

PAGE: Final = "notion.get_page"
BACKLOG: Final = 200
SILENT: Final = 2.0
"""Seconds without a call at 20/s: calls have stopped."""
STOPS_WITHIN: Final = 5.0
SLACK: Final = 3.0
"""Seconds by which a busy machine may be slow to stop, or to block."""


async def backlog(agent: Agent, stub: Stub) -> list[str]:
    """Leave more reads with the hub than it can make meanwhile; some are made already."""
    ids: list[str] = await all_of(*(agent.send(PAGE, page(n)) for n in range(BACKLOG)))
    await under_way_at(stub)
    return ids


async def under_way_at(stub: Stub) -> None:
    await wait_until(lambda: stub.calls > 0, 30, "the first call")


async def stopped(stub: Stub, blocked: float) -> float:
    """Wait until calls have stopped; return how long that took from when the way was blocked."""
    await wait_until(lambda: time.monotonic() - stub.up.requests[-1].at > SILENT, 30, "silence")
    return stub.up.requests[-1].at - blocked


async def lacks(hub: Hub, text: str) -> bool:
    """Whether the hub says so of itself."""
    return text in await hub.ready()


async def goes_on(hub: Hub, agent: Agent, stub: Stub, ids: list[str]) -> None:
    """Nothing is lost, each is answered well, and the hub is ready again."""
    await agent.finals(ids, 60)
    assert {code for id_ in ids for code in agent.log.codes()[id_]} == {"ok"}
    assert stub.calls >= len(ids)
    await wait_until(lambda: serves(hub), 30, "readiness")


@asynccontextmanager
async def under_way(hub: Hub, url: str, names: OwnNames) -> AsyncIterator[Agent]:
    async with hub, Agent(url, names) as agent:
        await wait_until(lambda: serves(hub), 30, "readiness")
        yield agent


@pytest.fixture
async def apart(own_node: Node, stub: Stub, tmp_path: Path) -> Given:
    """A hub on a broker of this module's own, which may be frozen or starved."""
    await own_node.ctl("set_vm_memory_high_watermark", "0.6")
    return limited(settings_for(stub.up.url, OwnNames(), tmp_path))


def limited(settings: Given) -> Given:
    """A backlog of reads lasts for a while."""
    return settings.but(NOTION_LIMIT="20/1s burst 1", HUB_INTEGRATIONS="notion")


async def test_a_memory_alarm(own_node: Node, apart: Given, stub: Stub) -> None:
    hub, names = Hub(apart, own_node.url), OwnNames(apart.prefix)
    async with under_way(hub, own_node.url, names) as agent:
        ids = await backlog(agent, stub)
        await own_node.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
        blocked = time.monotonic()
        took = await stopped(stub, blocked)
        await wait_until(lambda: lacks(hub, "The broker takes no messages (low on memory)"), 10)
        await own_node.ctl("set_vm_memory_high_watermark", "0.6")
        await goes_on(hub, agent, stub, ids)
    assert took < STOPS_WITHIN + SLACK


async def test_a_frozen_broker(own_node: Node, apart: Given, stub: Stub) -> None:
    hub, names = Hub(apart, own_node.url), OwnNames(apart.prefix)
    async with under_way(hub, own_node.url, names) as agent:
        ids = await backlog(agent, stub)
        own_node.freeze()
        blocked = time.monotonic()
        took = await stopped(stub, blocked)
        told = await hub.ready()
        own_node.thaw()
        await goes_on(hub, agent, stub, ids)
    assert told
    assert took < STOPS_WITHIN + SLACK


async def test_a_way_out_that_is_dead(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    """Requests come and leases are renewed: only what the hub publishes is held up."""
    async with Proxy.before(amqp_url) as proxy:
        hub = Hub(limited(settings), amqp_url)
        far = proxy.through(amqp_url)
        hub.base.links.publish._address = address(far, name="hub-publish", heartbeat=10)
        async with under_way(hub, amqp_url, names) as agent:
            ids = await backlog(agent, stub)
            proxy.pause("down")
            took = await stopped(stub, time.monotonic())
            await wait_until(lambda: lacks(hub, "no call begins"), 10, "its readiness to tell")
            proxy.resume()
            await goes_on(hub, agent, stub, ids)
    assert took < STOPS_WITHIN + SLACK


async def test_a_full_queue_for_replies(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    """Its owner's calls are no longer made, its requests are kept; nobody else is hurt."""
    full = names.reply_queue("hub", "full")
    async with apart_channel(amqp_url) as channel:
        few: FieldTable = {"x-max-length": 1, "x-overflow": "reject-publish"}
        await channel.queue_declare(full, durable=True, arguments=few)
    hub = Hub(limited(settings), amqp_url)
    async with under_way(hub, amqp_url, names) as agent:
        asks = (agent.send(PAGE, page(n), reply_to=full, user_id="hub") for n in range(BACKLOG))
        await all_of(*asks)
        await under_way_at(stub)
        took = await stopped(stub, stub.up.requests[0].at)
        made = stub.calls
        await wait_until(lambda: lacks_nothing(hub), 30, "readiness")
        assert (await agent.ask(PAGE, page(BACKLOG))).ok
        await wait_until(
            lambda: left(amqp_url, full, names.dead_letters, BACKLOG), 10, "all requests"
        )
    reasons = Counter(
        str((letter.header.properties.headers or {})["hub-detail"])[:40]
        for letter in await fetched(amqp_url, names.dead_letters)
    )
    assert took < STOPS_WITHIN + SLACK
    assert reasons[NOT_CALLED[:40]] == BACKLOG - made


async def left(url: str, full: str, dead: str, count: int) -> bool:
    return sum((await left_in(url, [full, dead])).values()) == count
