import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from contracts import Facts, Failure, FieldError, InvalidRequest, OutcomeUnknown, WouldMissDeadline
from service.web.guard import Rules
from service.web.routes import MOST_CALLS, Call, Outcome, make_app
from tests.support.asgi import Answer, ask
from tests.support.wait import wait_until

JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"


@dataclass
class FakeHub:
    """What the pages show, and the way to the bus."""

    trouble: str = ""
    raises: Exception | None = None
    calls: list[Call] = field(default_factory=list)
    held: asyncio.Event | None = None

    async def ready(self) -> str:
        return self.trouble

    def metrics(self) -> bytes:
        return b"hub_owned 1.0\n"

    def names(self) -> list[str]:
        return ["notion", "twilio"]

    def integrations(self) -> list[dict[str, Any]]:
        return [{"name": name} for name in self.names()]

    def integration(self, name: str) -> dict[str, Any]:
        return {"name": name, "operations": []}

    def health(self, name: str) -> dict[str, Any]:
        return {"integration": name, "state": "up"}

    async def call(self, call: Call) -> Outcome:
        self.calls.append(call)
        if self.held:
            await self.held.wait()
        if self.raises:
            raise self.raises
        return Outcome(b'{"kp":1.33}', "sandbox")

    async def ask(self, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401
        return await ask(make_app(self, self.call, Rules(largest=2000)), method, path, **more)

    async def post(
        self, body: object, headers: dict[str, str] | None = None, into: Answer | None = None
    ) -> Answer:
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        given = JSON | (headers or {})
        return await self.ask("POST", "/api/calls", body=raw, headers=given, into=into)


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


async def test_it_lives_and_is_ready_when_nothing_is_wrong(hub: FakeHub) -> None:
    live, ready = await hub.ask("GET", "/health/live"), await hub.ask("GET", "/health/ready")
    assert (live.status, live.body) == (ready.status, ready.body) == (200, b"ok")
    hub.trouble = "The publish connection is down: nobody listens."
    ready = await hub.ask("GET", "/health/ready")
    assert (ready.status, ready.body.decode()) == (503, hub.trouble)
    assert (await hub.ask("GET", "/health/live")).status == 200


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/integrations", [{"name": "notion"}, {"name": "twilio"}]),
        ("/api/integrations/notion", {"name": "notion", "operations": []}),
        ("/api/integrations/notion/health", {"integration": "notion", "state": "up"}),
    ],
)
async def test_what_it_shows(hub: FakeHub, path: str, shown: object) -> None:
    answer = await hub.ask("GET", path)
    assert (answer.status, answer.json()) == (200, shown)


async def test_metrics_are_prometheus_text(hub: FakeHub) -> None:
    answer = await hub.ask("GET", "/metrics")
    assert answer.body == b"hub_owned 1.0\n"
    assert answer.headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize("path", ["/api/integrations/notoin", "/api/integrations/notoin/health"])
async def test_an_unknown_integration_names_the_nearest(hub: FakeHub, path: str) -> None:
    answer = await hub.ask("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (404, PROBLEM)
    assert answer.json()["detail"] == "There is no integration 'notoin'. Did you mean notion?"


async def test_a_call_is_a_request_on_the_bus(hub: FakeHub) -> None:
    body = {"operation": "notion.get_page", "params": {"page_id": "1"}, "within": 5, "id": "r-1"}
    answer = await hub.post(body)
    assert (answer.status, answer.body) == (200, b'{"kp":1.33}')
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["hub-served"] == "sandbox"
    assert hub.calls == [
        Call(operation="notion.get_page", params={"page_id": "1"}, within=5.0, id="r-1")
    ]
    assert answer.headers["hub-request-id"] == "r-1"
    answer = await hub.post({"operation": "space_weather.get_kp_index"})
    made_up = answer.headers["hub-request-id"]
    assert made_up
    assert hub.calls[1] == Call(operation="space_weather.get_kp_index", within=60.0, id=made_up)


@pytest.mark.parametrize(("given", "told"), [("a b%", "a b%"), ("Ж", "%D0%96")])
async def test_an_id_of_any_script_is_told(hub: FakeHub, given: str, told: str) -> None:
    answer = await hub.post({"operation": "notion.get_page", "id": given})
    assert answer.headers["hub-request-id"] == told


@pytest.mark.parametrize("raises", [OutcomeUnknown("who knows"), ConnectionError("no broker")])
async def test_what_failed_can_be_asked_again_with_its_id(hub: FakeHub, raises: Exception) -> None:
    hub.raises = raises
    first = await hub.post({"operation": "notion.get_page"})
    assert first.headers["hub-request-id"] == hub.calls[0].id
    assert (await hub.post({})).headers.get("hub-request-id") is None


FAILURES: list[tuple[Failure, int, str | None]] = [
    (WouldMissDeadline("later", Facts(retry_after=2.2)), 429, "3"),
    (WouldMissDeadline("soon", Facts(retry_after=0.0)), 429, "1"),
    (InvalidRequest("no", Facts(errors=(FieldError(field="a", message="b"),))), 400, None),
    (OutcomeUnknown("who knows"), 502, None),
]


@pytest.mark.parametrize(("failure", "status", "after"), FAILURES)
async def test_a_failure_is_its_problem_with_its_status(
    hub: FakeHub, failure: Failure, status: int, after: str | None
) -> None:
    hub.raises = failure
    answer = await hub.post({"operation": "notion.get_page"})
    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.headers.get("retry-after") == after
    assert answer.json() == failure.problem().model_dump(mode="json", exclude_none=True)


NO_JSON = [("", "send a JSON object, as application/json")]
INVALID: list[tuple[object, dict[str, str], list[tuple[str, str]]]] = [
    ({}, {}, [("operation", "Field required")]),
    (
        {"operation": "x", "within": 0, "why": 1},
        {},
        [
            ("operation", "String should have at least 3 characters"),
            ("within", "Input should be greater than 0"),
            ("why", "Extra inputs are not permitted"),
        ],
    ),
    ({"operation": "a.b", "params": []}, {}, [("params", "Input should be a valid dictionary")]),
    ({"operation": "a.b", "id": ""}, {}, [("id", "It is 1 to 255 bytes of printable text")]),
    ({"operation": "a.b", "id": "a\nb"}, {}, [("id", "It is 1 to 255 bytes of printable text")]),
    ({"operation": "a.b", "id": "é" * 200}, {}, [("id", "It is 1 to 255 bytes of printable text")]),
    (b"{", {}, NO_JSON),
    (b"[1]", {}, NO_JSON),
    (b'"x"', {}, NO_JSON),
    (b"", {}, NO_JSON),
    (b"\xff\xfe", {}, NO_JSON),
    ({"operation": "a.b"}, {"content-type": "text/plain"}, NO_JSON),  # what a form can send
    ({"operation": "a.b"}, {"content-type": "application/x-www-form-urlencoded"}, NO_JSON),
]


@pytest.mark.parametrize(("body", "headers", "errors"), INVALID)
async def test_what_is_no_call_is_told_field_by_field(
    hub: FakeHub, body: object, headers: dict[str, str], errors: list[tuple[str, str]]
) -> None:
    answer = await hub.post(body, headers)
    assert (answer.status, answer.headers["content-type"]) == (400, PROBLEM)
    problem = answer.json()
    assert (problem["code"], problem["outcome"]) == ("invalid_request", "not_sent")
    assert [(one["field"], one["message"]) for one in problem["errors"]] == errors
    assert hub.calls == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_body_that_is_too_large_is_not_read(hub: FakeHub, told: bool) -> None:
    body = {"operation": "notion.get_page", "params": {"x": "y" * 2000}}
    raw = orjson.dumps(body)
    answer = await hub.post(raw, {"content-length": str(len(raw))} if told else {})
    assert (answer.status, answer.headers["content-type"]) == (413, PROBLEM)
    assert hub.calls == []


async def test_a_bug_is_told_by_its_id_alone(hub: FakeHub) -> None:
    hub.raises = RuntimeError("canary")
    answer = Answer()
    with capture_logs() as logged, contextlib.suppress(RuntimeError):  # raised again for uvicorn
        await hub.post({"operation": "notion.get_page"}, into=answer)
    assert (answer.status, answer.headers["content-type"]) == (500, PROBLEM)
    problem = answer.json()
    assert problem["code"] == "internal"
    assert b"canary" not in answer.body
    (line,) = logged
    assert (line["exc_info"], line["where"]) == (hub.raises, "/api/calls")
    assert str(line["id"]) in problem["detail"]
    assert answer.headers["hub-request-id"] == hub.calls[0].id


async def test_without_a_way_to_the_bus_it_says_so(hub: FakeHub) -> None:
    hub.raises = ConnectionError("No broker answers.")
    answer = await hub.post({"operation": "notion.get_page"})
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["detail"] == "No broker answers."


async def test_what_waits_is_bounded(hub: FakeHub) -> None:
    hub.held = asyncio.Event()
    app = make_app(hub, hub.call, Rules())
    body = orjson.dumps({"operation": "notion.get_page"})

    def post() -> Any:  # noqa: ANN401
        return asyncio.create_task(ask(app, "POST", "/api/calls", body, JSON))

    tasks = [post() for _ in range(MOST_CALLS)]
    await wait_until(lambda: len(hub.calls) == MOST_CALLS)
    refused = await post()
    assert (refused.status, refused.headers["retry-after"]) == (503, "1")
    assert refused.headers["hub-request-id"]
    hub.held.set()
    assert {one.status for one in await asyncio.gather(*tasks)} == {200}
    assert (await post()).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/docs", 404),
        ("GET", "/api/calls", 405),
        ("POST", "/metrics", 405),
        ("TRACE", "/metrics", 405),
        ("OPTIONS", "/api/calls", 405),
        ("CONNECT", "attacker.test:443", 404),
        ("FOO", "/api/integrations", 405),
        ("GET", "/api/integrations/<script>alert(1)</script>", 404),
        ("GET", "/api/integrations/../../etc/passwd", 404),
        ("GET", "//attacker.test/metrics", 404),
    ],
)
async def test_what_is_not_there(hub: FakeHub, method: str, path: str, status: int) -> None:
    answer = await hub.ask(method, path)
    assert (answer.status, answer.headers["content-type"]) == (status, PROBLEM)
    assert answer.json()["type"] == "about:blank"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_openapi_says_what_may_be_called(hub: FakeHub) -> None:
    document = (await hub.ask("GET", "/openapi.json")).json()
    call = document["paths"]["/api/calls"]["post"]
    assert PROBLEM in call["responses"]["default"]["content"]
    assert "hub-request-id" in call["responses"]["default"]["headers"]
    assert "hub-request-id" in call["responses"]["200"]["headers"]
    assert set(document["components"]["schemas"]["Call"]["properties"]) == {
        "operation",
        "params",
        "within",
        "id",
    }
