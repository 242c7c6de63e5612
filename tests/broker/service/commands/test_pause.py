import asyncio

from tests.support.broker import OwnNames
from tests.support.cli import Cli
from tests.support.hub import Given
from tests.support.hub_process import HubProcess
from tests.support.vendor import Stub, page


async def test_what_is_paused_waits_in_the_broker(
    cli: Cli, amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with HubProcess(amqp_url, names.prefix, cli.folder, **settings.given) as hub:
        said = await asyncio.to_thread(cli, "pause", "notion")
        assert (said.code, said.out) == (0, "notion is paused.\n")
        assert await hub.ready()
        words = ("call", "notion.get_page", f"page_id={page(1)['page_id']}", "--within")
        waiting = await asyncio.to_thread(cli, *words, "0.5")
        assert (waiting.code, stub.calls) == (3, 0)
        resumed = await asyncio.to_thread(cli, "resume", "notion", "--json")
        assert resumed.json == {
            "integration": "notion",
            "paused": False,
            "detail": "notion is served again.",
        }
        assert (await asyncio.to_thread(cli, *words, "10")).code == 0
    assert stub.calls == 1


async def test_an_integration_that_nobody_owns_is_told(
    cli: Cli, amqp_url: str, names: OwnNames, settings: Given
) -> None:
    async with HubProcess(amqp_url, names.prefix, cli.folder, **settings.given):
        lost = await asyncio.to_thread(cli, "pause", "notoin")
        known = await asyncio.to_thread(cli, "pause", "space_weather", "--json")
    assert (lost.code, known.code) == (1, 1)
    assert "Did you mean notion?" in lost.err
    assert "none owns space_weather" in known.json["detail"]
