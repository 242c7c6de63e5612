import asyncio

from tests.support.cli import Cli
from tests.support.hub import Given, lacks_nothing, serving
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until


async def test_what_is_paused_waits_in_the_broker(
    cli: Cli, amqp_url: str, settings: Given, stub: Stub
) -> None:
    async with serving(amqp_url, settings) as hub:
        said = await asyncio.to_thread(cli, "pause", "notion")
        assert (said.code, said.out) == (0, "notion is paused.\n")
        await wait_until(lambda: not hub.owners["notion"].serving)
        await wait_until(lambda: lacks_nothing(hub), 15, "readiness")
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
        lost = await asyncio.to_thread(cli, "pause", "notoin", "--json")
    assert stub.calls == 1
    assert lost.code == 1
    assert "none owns notoin" in lost.json["detail"]
    assert "Did you mean notion?" in lost.json["detail"]
