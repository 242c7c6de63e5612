import asyncio
import json

from tests.support.cli import Cli
from tests.support.hub import Given, serving


async def test_events_are_printed_as_they_come(cli: Cli, amqp_url: str, settings: Given) -> None:
    more = {"HUB_HEALTH_INTERVAL": "0.2", "HUB_INSTANCE": "vm-1", "HUB_INTEGRATIONS": "notion"}
    async with serving(amqp_url, settings.but(**more)):
        said = await asyncio.to_thread(cli, "events", "health.notion.#", "--count", "2")
        long = await asyncio.to_thread(cli, "events", "x" * 300)
        owns = await asyncio.to_thread(cli, "events", "hub.#", "--count", "2", "--json")
    assert (long.code, long.out) == (2, "")
    assert long.err.startswith("invalid_request: A pattern of events is 1 to 255 bytes")
    assert said.code == 0
    first, second = said.out.splitlines()
    assert first.startswith("health.notion.up  integration=notion state=up")
    assert second.startswith("health.notion.up")
    found = [json.loads(line) for line in owns.out.splitlines()]
    assert [set(one) for one in found] == [{"key", "data"}] * 2
    assert {one["key"] for one in found} == {"hub.vm-1.owns"}
    assert found[0]["data"]["modes"] == {"notion": "configured"}
