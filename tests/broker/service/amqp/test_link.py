"""A link comes back by itself, says little, and ends without a trace."""

import asyncio
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import pytest
from structlog.testing import capture_logs

from service.amqp.errors import LinkLost
from service.amqp.link import Link
from service.amqp.wire import Wire
from tests.support.bus import linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


async def test_a_broker_that_comes_late(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        await proxy.refuse()
        with capture_logs() as logs:
            async with Link(proxy.through(amqp_url), name="late") as link:
                waiting = asyncio.create_task(link.channel())
                await wait_until(lambda: not link.up and "nobody listens" in link.reason)
                await proxy.accept()
                channel = await waiting
                assert link.up
                assert not channel.is_closed
    assert [entry["event"] for entry in logs] == ["broker_unreachable", "broker_connected"]


def has(logs: list[MutableMapping[str, Any]], count: int) -> bool:
    """Whether so much was logged: the link may be up again before anybody sees it down."""
    return len(logs) == count


async def test_cut_wires(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        with capture_logs() as logs:
            async with linked(proxy.through(amqp_url)) as (_, changes):
                for cuts in range(1, 6):
                    proxy.cut()
                    await wait_until(partial(has, logs, 1 + 2 * cuts))
    assert changes == [True, False] * 6
    assert len(logs) == 11


async def test_a_dead_wire_is_found_by_its_heartbeat(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url), heartbeat=1) as on:
        link, _ = on
        proxy.blackhole("down")
        await wait_until(lambda: not link.up, within=10)
        assert link.reason == "the broker sent no heartbeat"
        proxy.heal()
        await wait_until(lambda: link.up)


async def test_closing_wakes_who_waits(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        await proxy.refuse()
        link = Link(proxy.through(amqp_url), name="closed")
        async with link:
            waiting = asyncio.create_task(link.channel())
            await wait_until(lambda: link.reason != "it was not opened yet")
        with pytest.raises(LinkLost, match="it was closed"):
            await waiting
        with pytest.raises(LinkLost):
            await link.channel()


async def test_closing_is_quick_and_leaves_no_task(amqp_url: str) -> None:
    before = asyncio.all_tasks()
    async with linked(amqp_url) as (link, _):
        channels = [await link.channel(confirms=True) for _ in range(5)]
    assert asyncio.all_tasks() == before
    assert all(channel.is_closed for channel in channels)


async def test_closing_on_a_dead_wire_is_bounded(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy:
        link = Link(proxy.through(amqp_url), name="dead")
        await link.__aenter__()
        await link.channel()
        proxy.blackhole()
        async with asyncio.timeout(30):
            await link.aclose()


async def test_closing_twice_and_closing_unopened(amqp_url: str) -> None:
    link = Link(amqp_url, name="never")
    await link.aclose()
    await link.aclose()
    assert not link.up


async def test_a_connection_apart(amqp_url: str) -> None:
    async with linked(amqp_url) as (link, changes):
        async with link.apart() as wire:
            await wire.open_channel(confirms=False)
        assert wire.is_closed
        assert changes == [True]


async def test_a_channel_on_a_connection_that_is_just_lost(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as (link, _):
        proxy.pause()
        opening = asyncio.create_task(link.channel())
        await asyncio.sleep(0)
        proxy.cut()
        with pytest.raises(LinkLost):
            await opening


async def test_a_bug_does_not_end_it(amqp_url: str) -> None:
    class Buggy(Link):
        bugs = 1

        def _rise(self, wire: Wire) -> None:
            if self.bugs:
                self.bugs -= 1
                raise ZeroDivisionError
            super()._rise(wire)

    with capture_logs() as logs:
        async with Buggy(amqp_url, name="test") as link:
            await link.channel()
    assert [entry["event"] for entry in logs] == ["bug", "broker_unreachable", "broker_connected"]
