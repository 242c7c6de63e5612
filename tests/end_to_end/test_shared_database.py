"""Hubs that share a PostgreSQL: one record of calls, also while it is away and while hubs die."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.agent import Agent
from tests.support.broker import OwnNames
from tests.support.hub_process import HubProcess
from tests.support.postgres import PASSWORD, QUOTED, Postgres
from tests.support.upstream import Upstream
from tests.support.vendor import Vendor, page, sms, texts, variables
from tests.support.wait import wait_until


@pytest.fixture(scope="module")
def own_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster that the test may kill."""
    del postgres
    with Postgres() as cluster:
        yield cluster


@pytest.fixture
async def up() -> AsyncIterator[Upstream]:
    async with Upstream(Vendor()) as one:
        yield one


async def owner(hubs: list[HubProcess]) -> HubProcess:
    """The hub that serves twilio now."""
    found: list[HubProcess] = []

    async def somebody() -> bool:
        found[:] = [hub for hub in hubs if hub.alive and "twilio" in await hub.serving()]
        return bool(found)

    await wait_until(somebody, 20, "somebody to serve twilio")
    return found[0]


@pytest.mark.slow
async def test_two_hubs_on_one_postgresql(
    amqp_url: str, names: OwnNames, tmp_path: Path, own_postgres: Postgres, up: Upstream
) -> None:
    with own_postgres.database() as url:
        shared = variables(up.url) | {"HUB_DATABASE_URL": url}
        hubs = [
            HubProcess(amqp_url, names.prefix, tmp_path / name, **shared) for name in ("one", "two")
        ]
        alone = HubProcess(amqp_url, names.prefix, tmp_path / "alone", **variables(up.url))
        async with hubs[0], hubs[1], Agent(amqp_url, names) as agent:
            alone.launch()
            assert await alone.ended() == 1
            assert "keeps its calls elsewhere" in alone.log.read_text()

            first = await agent.ask("twilio.send_message", sms("once"), id="once")
            died = await owner(hubs)
            died.kill()
            again = await agent.ask("twilio.send_message", sms("once"), id="once")
            assert (first.code, again.code) == ("ok", "ok")
            assert (first.served, again.served) == ("live", "replay")
            assert again.body == first.body

            own_postgres.kill()
            hub = await owner(hubs)
            await agent.send("twilio.send_message", sms("later"), id="later")
            read = await agent.ask("notion.get_page", page(1))
            assert read.code == "ok"

            async def told() -> bool:
                status, body = await hub.get("/health/ready")
                return status == 503 and b"The record of calls cannot be written" in body

            await wait_until(told, 10, "the readiness to tell")
            assert "later" not in texts(up.requests)
            own_postgres.start()
            assert (await agent.reply("later")).code == "ok"
            await wait_until(hub.ready, 10, "the readiness to come back")
            assert texts(up.requests) == {"once": 1, "later": 1}
        logs = "".join(one.log.read_text() for one in (*hubs, alone))
        assert PASSWORD not in logs
        assert QUOTED not in logs
