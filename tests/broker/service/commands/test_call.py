"""`hub call` over the real bus: each outcome with its exit code."""

import asyncio
import json
from pathlib import Path

from tests.support.cli import Cli, Said
from tests.support.hub import Given, serving
from tests.support.upstream import CLOSE
from tests.support.vendor import Stub, page, sms

PAGE = f"page_id={page(1)['page_id']}"
SMS = [f"{name}={value}" for name, value in sms("hello").items()]


async def test_every_outcome_has_its_exit_code(
    cli: Cli, amqp_url: str, settings: Given, stub: Stub
) -> None:
    async def call(*words: str, given: str | None = None) -> Said:
        return await asyncio.to_thread(cli, "call", *words, given=given)

    async with serving(amqp_url, settings.but(TWILIO_API_LIMIT="2/1h")):
        good = await call("notion.get_page", PAGE)
        piped = await call("notion.get_page", "--file", "-", given=json.dumps(page(1)))
        wrong = await call("notion.get_page")
        problem = await call("notion.get_page", "--json")
        lost = await call("notoin.get_page", PAGE)
        once = await call("twilio.send_message", *SMS, "--id", "r-1")
        again = await call("twilio.send_message", *SMS, "--id", "r-1", "--json")
        stub.answer = CLOSE
        doubt = await call("twilio.send_message", *SMS, "--id", "r-2")
        limit = await call("twilio.send_message", *SMS)
    assert (good.code, good.err) == (0, "")
    assert good.json["id"] == page(1)["page_id"]
    assert piped.json == good.json
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.splitlines()[:2] == [
        "invalid_request: The parameters do not fit the operation.",
        "  page_id: Field required",
    ]
    assert "request id" in wrong.err
    assert (problem.code, problem.err, problem.json["code"]) == (2, "", "invalid_request")
    assert lost.code == 2
    assert "Did you mean notion.get_page" in lost.err
    assert (once.code, again.code, once.json) == (0, 0, again.json)
    assert (doubt.code, doubt.out) == (4, "")
    assert doubt.err.startswith("outcome_unknown: ")
    assert limit.code == 3
    assert "It may work in" in limit.err
    assert stub.calls == 4  # two pages, two messages


async def test_who_calls_with_the_hub_s_own_address_is_the_login(
    cli: Cli, amqp_url: str, settings: Given, tmp_path: Path
) -> None:
    access = tmp_path / "access.json"
    access.write_text(json.dumps({"cli:alice": {"operations": ["notion.*"]}}))
    async with serving(amqp_url, settings.but(HUB_ACCESS_FILE=str(access))):
        allowed = await asyncio.to_thread(cli, "call", "notion.get_page", PAGE)
        refused = await asyncio.to_thread(cli, "call", "twilio.send_message", *SMS, "--json")
    assert allowed.code == 0
    assert refused.code == 1
    assert refused.json["code"] == "forbidden"
    assert "'cli:alice'" in refused.json["detail"]
