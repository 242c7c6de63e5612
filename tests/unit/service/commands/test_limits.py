import asyncio

from tests.support.cli import Cli
from tests.support.stub_pages import StubView, pages


async def test_what_is_allowed_and_left_everywhere(cli: Cli) -> None:
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        text = await asyncio.to_thread(cli, "limits")
        json = await asyncio.to_thread(cli, "limits", "--json")
    assert (text.code, json.code) == (0, 0)
    words = [line.split() for line in text.out.splitlines()]
    assert ["notion.api", "3/s", "burst", "10", "7.7", "2", "0"] in words
    assert ["twilio.api", "no", "limit", "-", "-", "-"] in words
    first, second = json.json
    assert first == {
        "integration": "notion",
        "upstream": "api",
        "allowed": "3/s burst 10",
        "left": 7.70036,
        "eta": 0.0,
        "waiting": 2,
    }
    assert set(second) == set(first)  # one shape, whoever owns it
    assert (second["left"], second["waiting"], second["eta"]) == (None, None, None)


async def test_of_one(cli: Cli) -> None:
    async with pages(StubView()) as port:
        cli.set(HUB_HTTP_PORT=str(port))
        said = await asyncio.to_thread(cli, "limits", "twilio", "--json")
    assert [one["integration"] for one in said.json] == ["twilio"]
