import asyncio

from tests.support.cli import Cli
from tests.support.stub_pages import NOTION, TWILIO, StubView, pages


async def test_the_health_of_all_and_exit_code_1_where_one_is_down(cli: Cli) -> None:
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        text = await asyncio.to_thread(cli, "health")
        json = await asyncio.to_thread(cli, "health", "--json")
        good = await asyncio.to_thread(cli, "health", "notion")
    assert (text.code, json.code, good.code) == (1, 1, 0)
    assert json.json == [NOTION["health"], TWILIO["health"]]
    words = [line.split() for line in text.out.splitlines()]
    assert ["notion", "up", "-", "12.5", "2026-03-08T12:00:00", "-"] in words
    assert "down" in text.out
    assert "\x1b" not in text.out  # a vendor's words do not steer a terminal
    assert "twilio" not in good.out


async def test_of_one_the_json_is_an_object(cli: Cli) -> None:
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        said = await asyncio.to_thread(cli, "health", "notion", "--json")
    assert (said.code, said.json) == (0, NOTION["health"])


async def test_an_unknown_one_is_told_with_the_nearest_name(cli: Cli) -> None:
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        said = await asyncio.to_thread(cli, "health", "notoin")
        odd = await asyncio.to_thread(cli, "health", "../metrics?")
        json = await asyncio.to_thread(cli, "health", "notoin", "--json")
    sentence = "There is no integration 'notoin'. Did you mean notion?"
    assert (said.code, said.out, said.err.strip()) == (1, "", sentence)
    assert (odd.code, odd.out) == (1, "")
    assert (json.code, json.json["detail"], json.err) == (1, sentence, "")
