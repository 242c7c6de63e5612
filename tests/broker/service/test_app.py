"""A whole hub over the real bus: every code of design 3.3, told with its facts.

The judge is outside: what the agent got, and what the stub upstream saw.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from clients._client import Client
from clients._pool import Lazy
from tests.support.agent import Received
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, settings_for
from tests.support.upstream import CLOSE, HANG, Answer, Handler, Upstream, reply, throttled
from tests.support.vendor import Vendor, page, sms

PAGE, SMS = "notion.get_page", "twilio.send_message"


@dataclass
class Stub:
    """An upstream whose answers a test changes as it goes; Twilio's and Notion's by default."""

    up: Upstream
    answer: Handler | Answer | None = None

    @property
    def calls(self) -> int:
        return len(self.up.requests)


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    vendor = Vendor()
    made: list[Stub] = []

    async def handle(request: Any) -> Any:  # noqa: ANN401  (as the answer is)
        answer = made[0].answer
        if answer is None:
            return await vendor(request)
        return answer(request) if callable(answer) else answer

    async with Upstream(handle) as up:
        made.append(Stub(up))
        yield made[0]


@pytest.fixture
def settings(stub: Stub, names: OwnNames, tmp_path: Path) -> Given:
    return settings_for(stub.up.url, names, tmp_path)


def more(settings: Given, **variables: str) -> Given:
    """The same settings with these variables on top; an empty one is not set."""
    given = settings.given | variables
    own = {key.removeprefix("HUB_").lower(): v for key, v in given.items() if key[:4] == "HUB_"}
    return Given(_env_file=None, given=given, **own)  # type: ignore[arg-type, call-arg]


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
        Asked(PAGE, page(1), HANG, within=0.5),
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
        Asked(SMS, sms("x"), HANG, within=0.5),
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
    limited = more(settings, HUB_MAX_REPLY_BYTES="16384")
    found: dict[str, Told] = {}
    async with asked(amqp_url, names, limited) as (_, agent):
        for name, (asking, wanted) in ROWS.items():
            before, stub.answer = stub.calls, asking.answer
            answer = await agent.ask(
                asking.operation, asking.params, id=name, within=asking.within
            )
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
        for number in range(6):
            answer = await agent.ask(PAGE, page(number), within=0.2)
            assert code_of(answer) == ("expired", "sent")
        stub.answer = None
        assert (await agent.ask(PAGE, page(9), within=5)).ok
        assert hub.integrations["notion"].health.state == "up"


async def test_what_the_access_file_does_not_name_is_forbidden(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, tmp_path: Path
) -> None:
    access = tmp_path / "access.json"
    access.write_text(json.dumps({"hub": {"operations": ["notion.*"], "classes": ["safe"]}}))
    guarded = more(settings, HUB_ACCESS_FILE=str(access))
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
    async with asked(amqp_url, names, more(settings, **nowhere)) as (_, agent):
        lacking = await agent.ask(PAGE, page(1))
        read = await agent.ask("twilio.list_messages")
        act = await agent.ask(SMS, sms("x"), id="1")
        known = await agent.ask(SMS, sms("y"), id="2", within=5)
    assert code_of(lacking) == ("not_configured", "not_sent")
    assert "NOTION_API_KEY" in lacking.json()["detail"]
    for answer in (read, act):  # nothing left, so even what acts was tried again
        assert code_of(answer) == ("upstream_unavailable", "not_sent")
        assert answer.json()["attempts"] == 3
    assert code_of(known) == ("circuit_open", "not_sent")
    assert known.json()["retry_after"] == pytest.approx(30, abs=5)
    assert known.json()["attempts"] == 0
    assert stub.calls == 0


async def test_what_a_limit_will_not_allow_in_time_is_told_at_once(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, more(settings, NOTION_LIMIT="1/1h")) as (_, agent):
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
        nameless = await agent.ask(SMS, sms("z"), message_id="", headers={"ce-id": ""})
        for number, property_ in enumerate(("message_id", "ce-id")):
            given: dict[str, Any] = {"message_id": "m-1"}
            if property_ == "ce-id":
                given = {"message_id": "", "headers": {"ce-id": "c-1"}}
            once = await agent.ask(SMS, sms("w"), correlation_id=f"w{number}", **given)
            twice = await agent.ask(SMS, sms("w"), correlation_id=f"w{number}", **given)
            assert (once.served, twice.served) == ("live", "replay")
    assert (first.served, again.served) == ("live", "replay")
    assert first.body == again.body
    assert code_of(other) == ("idempotency_conflict", "not_sent")
    assert code_of(nameless) == ("invalid_request", "not_sent")
    assert stub.calls == 3


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
