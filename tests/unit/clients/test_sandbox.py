"""The sandbox answers what was recorded, and says so where nothing was."""

from typing import Any

import pytest

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpRequest
from clients._recordings import Recording
from clients._sandbox import SandboxEnvironment, SandboxTransport
from clients.notion import Notion
from contracts import UpstreamRejected
from contracts.notion import Page
from tests.support.kit import kit_for, perform

ENV = SandboxEnvironment(
    Environment({"NOTION_API_KEY": "real", "NOTION_DATABASE_ID": "real", "HOST": "real"}),
    Notion.samples,
    ["NOTION_API_KEY", "NOTION_TOKEN"],
)


def recorded(path: str, body: object, upstream: str = "api", code: str | None = None) -> Recording:
    """A recording of one GET."""
    exchange: dict[str, Any] = {
        "upstream": upstream,
        "request": {"path": path},
        "response": {"status": 404 if code else 200, "headers": {"X-Left": "1"}, "body": body},
    }
    origin = {"kind": "documentation", "ref": "https://toy.test"}
    return Recording.model_validate({"origin": origin, "exchanges": [exchange], "code": code})


def test_stand_ins_take_the_place_of_keys_and_recorded_values_only() -> None:
    assert ENV.get("NOTION_TOKEN", "NOTION_API_KEY") == "sandbox"
    assert ENV.get("NOTION_DATABASE_ID") == Notion.samples["NOTION_DATABASE_ID"]
    assert ENV.get("HOST") == "real"
    assert ENV.get("NOTION_API_URL") is None


async def test_a_client_works_in_it() -> None:
    transport = SandboxTransport(Notion.api.url, "api", _recordings.load("notion"))
    client = Notion(kit_for(Notion, transport, env=ENV))
    page = await perform(client, "get_page", page_id="be633bf1-dfa0-436d-b259-571129a590e5")
    assert isinstance(page, Page)
    with pytest.raises(UpstreamRejected, match=r"no recording of GET /pages/0{32}\. It has"):
        await perform(client, "get_page", page_id="0" * 32)
    await client.aclose()


async def test_it_answers_the_success_of_its_own_upstream() -> None:
    recordings = [
        recorded("/me", {"message": "no"}, code="upstream_rejected"),
        recorded("/me", {"from": "other"}, upstream="other"),
        recorded("/me", {"id": 1}),
    ]
    transport = SandboxTransport("https://toy.test", "api", recordings)
    request = HttpRequest("GET", "https://toy.test/me")
    answer = await transport.send(request)
    assert (answer.status, answer.body, answer.headers) == (200, b'{"id": 1}', {"x-left": "1"})
    assert request.mark.sent


@pytest.mark.parametrize(("count", "end"), [(2, "/1."), (7, "/4, ….")])
async def test_what_it_does_not_know_it_says(count: int, end: str) -> None:
    recordings = [recorded(f"/{number}", {}) for number in range(count)]
    transport = SandboxTransport("https://toy.test", "api", recordings)
    answer = await transport.send(HttpRequest("DELETE", "https://toy.test/x?y=1"))
    assert answer.status == 404
    assert b"no recording of DELETE /x?y=1" in answer.body
    assert answer.body.decode("unicode_escape").endswith(f'{end}"}}')
