from typing import Any

import orjson
import pytest

from service.dead.office import Selection
from service.web.dead_letters import MOST, dead_letter_routes
from service.web.guard import Rules
from service.web.routes import make_app
from tests.support.asgi import Answer, ask
from tests.support.letters import SHOWN, StubLetters
from tests.unit.service.web.test_routes import FakeHub

JSON = {"content-type": "application/json"}


async def asked(letters: StubLetters, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401
    hub = FakeHub()
    app = make_app(hub, hub.call, Rules(), dead_letter_routes(letters))
    return await ask(app, method, f"/api/dead-letters{path}", **more)


async def ordered(letters: StubLetters, what: str, body: object, **headers: str) -> Answer:
    raw, given = orjson.dumps(body), JSON | headers
    return await asked(letters, "POST", f"/{what}", body=raw, headers=given)


async def test_a_list_is_bounded() -> None:
    letters = StubLetters(more=True)
    found = await asked(letters, "GET", "")
    assert (found.status, found.json()["total"], found.json()["more"]) == (200, 3, True)
    assert letters.asked == [("list", Selection(), 50)]


async def test_a_list_has_filters() -> None:
    letters = StubLetters()
    query = "?integration=notion&reason=internal&user=al&limit=7"
    found = await asked(letters, "GET", query)
    assert found.status == 200
    wanted = Selection(integration="notion", reason="internal", user="al")
    assert letters.asked == [("list", wanted, 7)]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?limit=0", "limit"),
        (f"?limit={MOST + 1}", "limit"),
        ("?reason=none", "reason: It is one of forbidden_header, "),
        ("?user=", "user"),
        ("?odd=1", "odd"),
    ],
)
async def test_a_list_that_cannot_be_is_said(query: str, says: str) -> None:
    found = await asked(StubLetters(), "GET", query)
    assert (found.status, found.json()["code"]) == (400, "invalid_request")
    assert says in found.json()["detail"]


async def test_one_is_shown_whole_and_a_stranger_is_404() -> None:
    assert (await asked(StubLetters(), "GET", "/a1")).json() == SHOWN
    lost = await asked(StubLetters(), "GET", "/b2")
    assert (lost.status, "'b2'" in lost.json()["detail"]) == (404, True)


@pytest.mark.parametrize("what", ["replay", "drop"])
async def test_an_order_says_which_and_who(what: str) -> None:
    letters = StubLetters()
    await ordered(letters, what, {"ids": ["a1", "b2"]})
    await ordered(letters, what, {"all": True, "dry_run": True, "limit": 5}, **{"hub-for": "cli:x"})
    await ordered(letters, what, {"reason": "internal", "user": "al", "integration": "notion"})
    assert letters.asked == [
        (what, Selection(frozenset({"a1", "b2"})), MOST, "http", False),
        (what, Selection(), 5, "cli:x", True),
        (what, Selection(frozenset(), "notion", "internal", "al"), MOST, "http", False),
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "Give ids, integration, reason or user"),
        ({"all": False, "ids": []}, "Give ids"),
        ({"ids": [""]}, "ids.0"),
        ({"ids": ["x"] * (MOST + 1)}, "ids"),
        ({"all": True, "odd": 1}, "odd"),
        ([], "send a JSON object"),
    ],
)
@pytest.mark.parametrize("what", ["replay", "drop"])
async def test_an_order_for_nothing_is_refused(what: str, body: object, says: str) -> None:
    letters = StubLetters()
    found = await ordered(letters, what, body)
    assert (found.status, says in found.json()["detail"]) == (400, True)
    assert letters.asked == []


async def test_another_page_may_not_order() -> None:
    letters = StubLetters()
    found = await ordered(letters, "drop", {"all": True}, origin="https://evil.example")
    assert (found.status, letters.asked) == (403, [])


async def test_without_a_broker_it_is_503() -> None:
    found = await asked(StubLetters(raises=ConnectionError("Gone: ask again.")), "GET", "")
    assert (found.status, found.json()["detail"]) == (503, "Gone: ask again.")
