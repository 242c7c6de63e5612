from typing import Any

import orjson
import pytest

from service.web.guard import Guard, Receive, Rules, Scope, Send, plain_problem, rules_for
from tests.support.asgi import Answer, ask

LOCAL = rules_for("127.0.0.1", None, 1000)
GUARDED = rules_for("hub.internal", "s3cret", 1000)
EVERYWHERE = rules_for("0.0.0.0", "s3cret", 1000)  # noqa: S104
IPV6 = rules_for("fd00::1", "s3cret", 1000)

HERE = {"host": "127.0.0.1:8080"}
TOKEN = {"authorization": "Bearer s3cret"}

ROWS: list[tuple[Rules, str, dict[str, str], int]] = [
    # host names: DNS rebinding
    (LOCAL, "GET /metrics", HERE, 200),
    (LOCAL, "GET /metrics", {"host": "localhost"}, 200),
    (LOCAL, "GET /metrics", {"host": "LOCALHOST:1"}, 200),
    (LOCAL, "GET /metrics", {"host": "[::1]:8080"}, 200),
    (LOCAL, "GET /metrics", {"host": "attacker.test"}, 421),
    (LOCAL, "GET /health/live", {"host": "attacker.test:8080"}, 421),
    (LOCAL, "GET /metrics", {"host": "127.0.0.1.attacker.test"}, 421),
    (LOCAL, "GET /metrics", {"host": "localhost@attacker.test"}, 421),
    (LOCAL, "GET /metrics", {"host": "[::1"}, 421),
    (LOCAL, "GET /metrics", {"host": ""}, 421),
    (LOCAL, "GET /metrics", {}, 421),
    (GUARDED, "GET /health/live", {"host": "hub.internal:8080"}, 200),
    (GUARDED, "GET /health/live", {"host": "HUB.internal"}, 200),
    (GUARDED, "GET /health/live", {"host": "other.internal"}, 421),
    (IPV6, "GET /health/live", {"host": "[fd00::1]:8080"}, 200),
    (IPV6, "GET /health/live", {"host": "[fd00::2]:8080"}, 421),
    (EVERYWHERE, "GET /health/live", {"host": "any.name"}, 200),
    # the token
    (GUARDED, "GET /health/ready", HERE, 200),
    (GUARDED, "GET /metrics", HERE, 401),
    (GUARDED, "GET /openapi.json", HERE, 401),
    (GUARDED, "GET /nowhere", HERE, 401),
    (GUARDED, "GET /health/live/", HERE, 401),
    (GUARDED, "GET /metrics", HERE | TOKEN, 200),
    (GUARDED, "GET /metrics", HERE | {"authorization": "bearer  s3cret "}, 200),
    (GUARDED, "GET /metrics", HERE | {"authorization": "s3cret"}, 401),
    (GUARDED, "GET /metrics", HERE | {"authorization": "Basic s3cret"}, 401),
    (GUARDED, "GET /metrics", HERE | {"authorization": "Bearer s3cre"}, 401),
    (GUARDED, "GET /metrics", HERE | {"authorization": "Bearer s3cr\xe9t"}, 401),
    (GUARDED, "GET /metrics", HERE | {"authorization": ""}, 401),
    (EVERYWHERE, "GET /metrics", {"host": "any.name"}, 401),
    # other pages' forms and scripts
    (LOCAL, "POST /api/calls", HERE, 200),
    (LOCAL, "POST /api/calls", HERE | {"origin": "http://127.0.0.1:8080"}, 200),
    (LOCAL, "POST /api/calls", HERE | {"origin": "http://attacker.test"}, 403),
    (LOCAL, "POST /api/calls", HERE | {"origin": "null"}, 403),
    (LOCAL, "POST /api/calls", HERE | {"origin": "http://["}, 403),
    (LOCAL, "POST /api/calls", HERE | {"origin": "http://127.0.0.1:9999"}, 403),
    (LOCAL, "POST /api/calls", HERE | {"sec-fetch-site": "cross-site"}, 403),
    (LOCAL, "POST /api/calls", HERE | {"sec-fetch-site": "same-origin"}, 200),
    (LOCAL, "POST /api/calls", HERE | {"sec-fetch-site": "none"}, 200),
    (LOCAL, "GET /metrics", HERE | {"origin": "http://attacker.test"}, 200),  # cannot read it
    # size
    (LOCAL, "POST /api/calls", HERE | {"content-length": "1000"}, 200),
    (LOCAL, "POST /api/calls", HERE | {"content-length": "1001"}, 413),
    (LOCAL, "POST /api/calls", HERE | {"content-length": "many"}, 200),
    (GUARDED, "POST /api/calls", HERE | {"content-length": "1001"}, 401),
]


@pytest.mark.parametrize(("rules", "line", "headers", "status"), ROWS)
def test_who_may_come_in(rules: Rules, line: str, headers: dict[str, str], status: int) -> None:
    method, path = line.split()
    refusal = rules.refusal(method, path, headers)
    assert (refusal.status if refusal else 200) == status


async def hello(_: Scope, __: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"max-age=5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


def heeds(answer: Answer) -> None:
    """What a browser has to know of every answer."""
    policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert answer.headers["content-security-policy"] == policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_every_answer_tells_browsers_what_to_heed() -> None:
    passed = await ask(Guard(hello, LOCAL), "GET", "/metrics")
    assert (passed.status, passed.body) == (200, b"hello")
    assert passed.headers["cache-control"] == "max-age=5"
    heeds(passed)
    refused = await ask(Guard(hello, GUARDED), "GET", "/metrics")
    heeds(refused)
    assert refused.headers["cache-control"] == "no-store"


async def test_a_refusal_is_a_problem() -> None:
    answer = await ask(Guard(hello, GUARDED), "GET", "/metrics")
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert orjson.loads(answer.body) == plain_problem(
        401, "Send the header Authorization: Bearer with the hub's HUB_HTTP_TOKEN."
    )
    other = await ask(Guard(hello, LOCAL), "GET", "/metrics", headers={"host": "attacker.test"})
    assert (other.status, other.json()["title"]) == (421, "Misdirected Request")
    assert "www-authenticate" not in other.headers


async def test_of_repeated_headers_the_first_counts() -> None:
    pairs = [("host", "localhost"), ("host", "attacker.test")]
    assert (await ask(Guard(hello, LOCAL), "GET", "/metrics", headers=pairs)).status == 200
    swapped = await ask(Guard(hello, LOCAL), "GET", "/metrics", headers=pairs[::-1])
    assert swapped.status == 421


async def test_nothing_but_http_is_served() -> None:
    called: list[Any] = []

    async def never(message: Any) -> None:  # noqa: ANN401
        called.append(message)

    async def nothing() -> Any:  # noqa: ANN401
        return {"type": "websocket.connect"}

    await Guard(hello, LOCAL)({"type": "websocket"}, nothing, never)
    assert called == []
