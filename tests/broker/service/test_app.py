"""A whole hub over the real bus: every code of design 3.3, told with its facts.

The judge is outside: what the agent got, and what the stub upstream saw.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pamqp.commands import Basic

from clients._client import Client
from clients._pool import Lazy
from tests.support.agent import Received, all_of
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.raw_amqp import Raw, publish_raw
from tests.support.upstream import CLOSE, HANG, Answer, Handler, reply, throttled
from tests.support.vendor import Stub, page, sms

PAGE, SMS = "notion.get_page", "twilio.send_message"


@dataclass(frozen=True)
class Told:
    """What a failure says, and how often the stub was called meanwhile."""

    code: str
    status: int
    retryable: bool
    outcome: str
    calls: int
    more: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    operation: str
    params: object
    answer: Handler | Answer | None = None
    within: float | None = None


ROWS: dict[str, tuple[Asked, Told]] = {
    "a field is missing": (
        Asked(PAGE, {}),
        Told("invalid_request", 400, False, "not_sent", 0, {"field": "page_id"}),
    ),
    "no JSON": (Asked(PAGE, b"{"), Told("invalid_request", 400, False, "not_sent", 0)),
    "a misspelt operation": (
        Asked("notion.get_pag", page(1)),
        Told("unknown_operation", 404, False, "not_sent", 0, {"detail": "notion.get_page"}),
    ),
    "a misspelt integration": (
        Asked("notoin.get_page", page(1)),
        Told("unknown_operation", 404, False, "not_sent", 0, {"detail": "notion.get_page"}),
    ),
    "the deadline had passed": (
        Asked(PAGE, page(1), within=-1),
        Told("expired", 504, True, "not_sent", 0),
    ),
    "the deadline passes while the upstream thinks": (
        Asked(PAGE, page(1), HANG, within=3.0),
        Told("expired", 504, True, "sent", 1),
    ),
    "the vendor says no": (
        Asked(PAGE, page(1), reply(404, json={"code": "object_not_found", "message": "No page."})),
        Told("upstream_rejected", 422, False, "sent", 1, {"upstream_status": 404}),
    ),
    "the vendor refuses the key": (
        Asked(SMS, sms("x"), reply(401, json={"code": 20003})),
        Told("upstream_unauthorized", 502, False, "sent", 1, {"upstream_status": 401}),
    ),
    "the vendor is broken": (
        Asked(PAGE, page(1), reply(503)),
        Told("upstream_unavailable", 503, True, "sent", 3, {"attempts": 3}),
    ),
    "an odd answer to a read": (
        Asked(PAGE, page(1), reply(json={"object": "page"})),
        Told("bad_upstream_reply", 502, True, "sent", 1),
    ),
    "an odd answer to an act": (
        Asked(SMS, sms("x"), reply(201, json={})),
        Told("bad_upstream_reply", 502, False, "sent", 1, {"executed": True}),
    ),
    "a huge answer to a read": (
        Asked(PAGE, page(1), reply(body=bytes(20_000))),
        Told("reply_too_large", 502, True, "sent", 1),
    ),
    "a huge answer to an act": (
        Asked(SMS, sms("x"), reply(body=bytes(20_000))),
        Told("reply_too_large", 502, False, "sent", 1, {"executed": True}),
    ),
    "an act without an answer": (
        Asked(SMS, sms("x"), CLOSE),
        Told("outcome_unknown", 502, False, "unknown", 1, {"detail": "twilio.list_messages"}),
    ),
    "an act that the vendor failed at": (
        Asked(SMS, sms("x"), reply(500)),
        Told("outcome_unknown", 502, False, "unknown", 1, {"upstream_status": 500}),
    ),
    "an act that the deadline cut off": (
        Asked(SMS, sms("x"), HANG, within=3.0),
        Told("outcome_unknown", 502, False, "unknown", 1),
    ),
}


def told(answer: Received, calls: int, wanted: Told) -> Told:
    """What was told, of the rest only what the row looks at."""
    problem = answer.json()
    assert problem["type"] == f"urn:hub:problem:{problem['code']}"
    assert answer.content_type == "application/problem+json"
    said = problem | {"field": (problem["errors"] or [{"field": ""}])[0]["field"]}
    found = {key: said.get(key) for key in wanted.more}
    if "detail" in wanted.more and str(wanted.more["detail"]) in problem["detail"]:
        found["detail"] = wanted.more["detail"]
    core = (problem["code"], problem["status"], problem["retryable"], problem["outcome"])
    return Told(*core, calls, found)


async def test_every_failure_is_told_with_its_facts(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    limited = settings.but(HUB_MAX_REPLY_BYTES="16384")
    found: dict[str, Told] = {}
    async with asked(amqp_url, names, limited) as (_, agent):
        for name, (asking, wanted) in ROWS.items():
            before, stub.answer = stub.calls, asking.answer
            answer = await agent.ask(asking.operation, asking.params, id=name, within=asking.within)
            found[name] = told(answer, stub.calls - before, wanted)
            stub.answer = None  # a good call in between: no breaker opens
            assert (await agent.ask(PAGE, page(2))).ok
            assert (await agent.ask(SMS, sms("fine"), id=f"after {name}")).ok
    assert found == {name: wanted for name, (_, wanted) in ROWS.items()}


def code_of(answer: Received) -> tuple[str, str]:
    """Code and outcome of a failure."""
    problem = answer.json()
    return problem["code"], problem["outcome"]


async def test_an_impatient_agent_says_nothing_about_the_upstream(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        stub.answer = HANG
        asks = (agent.ask(PAGE, page(number), within=3.0) for number in range(6))
        told = [code_of(answer) for answer in await all_of(*asks)]
        assert told == [("expired", "sent")] * 6
        stub.answer = None
        assert (await agent.ask(PAGE, page(9), within=60)).ok
        assert hub.integrations["notion"].health.state == "up"


async def test_what_the_access_file_does_not_name_is_forbidden(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, tmp_path: Path
) -> None:
    access = tmp_path / "access.json"
    access.write_text(json.dumps({"hub": {"operations": ["notion.*"], "classes": ["safe"]}}))
    guarded = settings.but(HUB_ACCESS_FILE=str(access))
    async with asked(amqp_url, names, guarded) as (_, agent):
        assert (await agent.ask(PAGE, page(1), user_id="hub")).ok
        refused = await agent.ask(SMS, sms("x"), id="1", user_id="hub")
        other = {"headers": {"hub-for": "mallory"}}
        stranger = await agent.ask(PAGE, page(1), user_id="hub", **other)
    assert code_of(refused) == code_of(stranger) == ("forbidden", "not_sent")
    assert "mallory" in stranger.json()["detail"]
    assert stub.calls == 1


async def test_what_is_missing_or_down_is_told(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    nowhere = {"TWILIO_API_URL": "http://127.0.0.1:9/2010-04-01", "NOTION_API_KEY": ""}
    async with asked(amqp_url, names, settings.but(**nowhere)) as (_, agent):
        lacking = await agent.ask(PAGE, page(1))
        read = await agent.ask("twilio.list_messages")
        act = await agent.ask(SMS, sms("x"), id="1")
        known = await agent.ask(SMS, sms("y"), id="2", within=5)
    assert code_of(lacking) == ("not_configured", "not_sent")
    assert "NOTION_API_KEY" in lacking.json()["detail"]
    for answer in (read, act):
        assert code_of(answer) == ("upstream_unavailable", "not_sent")
    # nothing left, so even what acts is tried again, while the budget of three retries lasts
    assert (read.json()["attempts"], act.json()["attempts"]) == (3, 2)
    assert code_of(known) == ("circuit_open", "not_sent")
    assert 5 < known.json()["retry_after"] <= 30
    assert known.json()["attempts"] == 0
    assert stub.calls == 0


async def test_what_a_limit_will_not_allow_in_time_is_told_at_once(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings.but(NOTION_LIMIT="1/1h")) as (_, agent):
        assert (await agent.ask(PAGE, page(1))).ok
        refused = await agent.ask(PAGE, page(2), within=60)
        stub.answer = throttled(40)
        throttling = await agent.ask(SMS, sms("x"), id="1", within=20)
        behind = await agent.ask(SMS, sms("y"), id="2", within=20)
    assert code_of(refused) == ("would_miss_deadline", "not_sent")
    assert refused.json()["retry_after"] == pytest.approx(3600, abs=30)
    assert code_of(throttling) == ("upstream_throttled", "not_sent")
    assert throttling.json()["retry_after"] == pytest.approx(40, abs=10)
    assert code_of(behind) == ("would_miss_deadline", "not_sent")
    assert stub.calls == 2


async def test_an_id_belongs_to_one_request(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (_, agent):
        first = await agent.ask(SMS, sms("x"), id="1")
        again = await agent.ask(SMS, sms("x"), id="1")
        other = await agent.ask(SMS, sms("y"), id="1")
        once = await agent.ask(SMS, sms("z"), message_id="m-1", correlation_id="z")
        twice = await agent.ask(SMS, sms("z"), message_id="m-1", correlation_id="z")
    assert (first.served, again.served) == (once.served, twice.served) == ("live", "replay")
    assert first.body == again.body
    assert code_of(other) == ("idempotency_conflict", "not_sent")
    assert stub.calls == 2


async def test_what_acts_needs_an_id_however_it_is_given(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    body = json.dumps(sms("x")).encode()

    async def publish(cid: str, **headers: str) -> None:
        """Publish as a library does that adds nothing of its own."""
        given = Basic.Properties(reply_to=agent.queue, correlation_id=cid, headers={**headers})
        raw = Raw(given.marshal(), "", SMS.encode())
        assert await publish_raw(amqp_url, names.requests, raw, body)

    async with asked(amqp_url, names, settings) as (_, agent):
        await publish("nameless")
        nameless = await agent.reply("nameless")
        for nth in range(2):
            await publish("named", **{"ce-id": "c-1"})
            await agent.reply("named", nth)
    assert code_of(nameless) == ("invalid_request", "not_sent")
    assert [one.served for one in agent.log.finals["named"]] == ["live", "replay"]
    assert stub.calls == 1


async def test_a_bug_is_told_by_its_id_alone(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    def factory() -> Client:
        raise RuntimeError("canary")

    async with asked(amqp_url, names, settings) as (hub, agent):
        hub.integrations["notion"].client = Lazy(factory)
        answer = await agent.ask(PAGE, page(1))
    assert code_of(answer) == ("internal", "not_sent")
    assert answer.json()["retryable"] is True
    assert b"canary" not in answer.body
    assert stub.calls == 0
