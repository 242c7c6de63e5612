"""Orders, levels and lives as others on the bus hear them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from contracts._events import LifeEvent, LimitEvent, OwnsEvent
from sdk import Event
from sdk import Hub as Asker
from service.app import Hub
from tests.support.agent import Agent
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, serving
from tests.support.hub_process import HubProcess
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until


@asynccontextmanager
async def heard(url: str, names: OwnNames, pattern: str) -> AsyncIterator[list[Event]]:
    """Give all events under a pattern, as they come."""
    events: list[Event] = []

    async def listen() -> None:
        async for event in stream:
            events.append(event)  # noqa: PERF401  (each is seen as it comes)

    async with Asker(url, prefix=names.prefix) as asker, asker.events(pattern) as stream:
        task = asyncio.create_task(listen())
        yield events
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.slow
async def test_a_pause_survives_the_owner_however_it_ends(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    shared = {"HUB_DATABASE_URL": settings.store_url, "HUB_INTEGRATIONS": "notion"}
    there = HubProcess(
        amqp_url, names.prefix, settings.data_dir / "other", **(settings.given | shared)
    )
    here = settings.but(HUB_INSTANCE="here", **shared)
    async with there, Asker(amqp_url, prefix=names.prefix) as asker:
        assert await asker.order("pause", "notion") == "notion is paused."
        async with Hub(here, amqp_url) as hub, Agent(amqp_url, names) as agent:
            owner = hub.owners["notion"]
            await wait_until(lambda: hub.leases["notion"].standing, 10, "the standby")
            there.kill()
            await wait_until(lambda: owner.held, 15, "the takeover")
            assert owner.paused
            id_ = await agent.send("notion.get_page", page(1))
            await wait_until(lambda: hub.leases["notion"].renewed_at > 0)
            assert (owner.serving, stub.calls) == (False, 0)
            assert owner.integration.health.state == "paused"
            assert await asker.order("resume", "notion") == "notion is served again."
            assert (await agent.reply(id_)).ok


async def test_a_backlog_is_told_with_its_level(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    del stub
    limited = settings.but(NOTION_LIMIT="1/1s burst 1")
    async with (
        asked(amqp_url, names, limited) as (_, agent),
        heard(amqp_url, names, "limit.notion.#") as events,
    ):
        ids = [await agent.send("notion.get_page", page(number)) for number in range(4)]
        await wait_until(lambda: any(one.key == "limit.notion.exhausted" for one in events))
        told = next(one for one in events if one.key == "limit.notion.exhausted").read(LimitEvent)
        await agent.finals(ids, within=10)
    assert (told.upstream, told.level, told.hub) == ("api", "exhausted", settings.instance)
    assert told.tokens_left < 1
    assert told.eta > 0


async def test_a_hub_tells_its_life(amqp_url: str, names: OwnNames, settings: Given) -> None:
    async with (
        serving(amqp_url, settings.but(HUB_INSTANCE="first")),
        heard(amqp_url, names, "hub.#") as events,
    ):
        async with Hub(settings.but(HUB_INSTANCE="second"), amqp_url):
            pass
        await wait_until(lambda: any(one.key == "hub.second.stopped" for one in events))
    keys = [one.key for one in events]
    assert keys.index("hub.second.started") < keys.index("hub.second.stopped")
    assert "hub.second.owns" not in keys[keys.index("hub.second.stopped") :]
    life = next(one for one in events if one.key == "hub.second.started").read(LifeEvent)
    owns = next(one for one in events if one.key == "hub.first.owns").read(OwnsEvent)
    assert life.store == owns.store
    assert owns.modes == {"notion": "configured", "twilio": "configured"}
