"""What is special to Notion: versions, parents, data sources, ids; and the vendor's own file."""

from typing import Any, Final

import pytest
from openapi_core.exceptions import OpenAPIError
from pydantic import ValidationError

from clients import _recordings
from clients._environment import Environment
from clients._http import HttpRequest, HttpResponse
from clients._kit import gate_for
from clients._recordings import Recording
from clients.notion import Notion
from contracts import InvalidRequest, UpstreamThrottled, notion
from tests.support.clock import QuickClock
from tests.support.kit import (
    Playback,
    Script,
    environment_of,
    kit_for,
    perform,
    recording,
    reply,
    target_of,
)
from tests.support.oracle import oracle

FILE: Final = "notion/notion-openapi.json"
PAGE: Final = "be633bf1-dfa0-436d-b259-571129a590e5"
DATABASE: Final = Notion.samples["NOTION_DATABASE_ID"]
RECORDINGS: Final = _recordings.load("notion")

BEYOND: Final = {
    "create_comment.answer": "the file has no discussion_id; the reference has",
    "create_data_source.refusal": "the file's parent is a page; since 2025-09-03 it is a database",
    "create_data_source.success": "the file's parent is a page; since 2025-09-03 it is a database",
    "create_page.refusal": "the file has no data_source_id parent; the reference has",
    "create_page.success": "the file has no data_source_id parent; its children are strings",
    "move_page.refusal": "the file has no data_source_id parent; the reference has",
}
"""Requests that are right by the reference, and wrong by the vendor's file, which is behind."""


def client_of(script: Script, clock: QuickClock | None = None, **env: str) -> Notion:
    """A client that is answered from a script."""
    known = environment_of(Notion, **env)
    return Notion(kit_for(Notion, script, env=known, clock=clock or QuickClock()))


async def exchanges(one: Recording) -> list[tuple[HttpRequest, HttpResponse]]:
    """What goes out and comes back when a recording is replayed."""
    log: list[tuple[HttpRequest, HttpResponse]] = []
    playback = Playback(one, Notion, environment_of(Notion))

    def answer(request: HttpRequest) -> HttpResponse:
        response = playback(request)
        log.append((request, response))
        return response

    try:
        await perform(client_of(Script(answer)), one.operation, **one.params)
    except Exception as failure:  # noqa: BLE001  (the conformance suite looks at these)
        assert one.code == getattr(failure, "code", "")  # noqa: PT017
    return log


@pytest.mark.parametrize("one", RECORDINGS, ids=lambda one: one.name)
async def test_the_vendors_file_agrees(one: Recording) -> None:
    for request, response in await exchanges(one):
        if one.name in BEYOND:
            with pytest.raises(OpenAPIError):
                oracle(FILE).judge(request, response)
        else:
            oracle(FILE).judge(request, response)


def test_every_operation_of_the_vendors_file_is_served() -> None:
    vendor = {
        (method.upper(), path.removeprefix("/v1").count("/"), path.split("/")[2])
        for path, methods in oracle(FILE).document["paths"].items()
        for method in methods
    }
    ours = {
        (one.request.method, one.request.path.count("/"), one.request.path.split("/")[1])
        for recorded in RECORDINGS
        for one in recorded.exchanges
    }
    assert vendor == ours


@pytest.mark.parametrize(
    "one", [one for one in RECORDINGS if one.origin.kind == "openapi"], ids=lambda one: one.name
)
def test_examples_are_the_vendors(one: Recording) -> None:
    file, _, operation = one.origin.ref.partition("#")
    paths = oracle(file).document["paths"].values()
    found = next(o for path in paths for o in path.values() if o["operationId"] == operation)
    examples = found["responses"]["200"]["content"]["application/json"]["examples"].values()
    assert one.exchanges[0].response.body in [example["value"] for example in examples]


@pytest.mark.parametrize("method", Notion.operations)
async def test_the_version_fits_the_call(method: str) -> None:
    log = await exchanges(recording(Notion, f"{method}.success"))
    versions = {dict(request.headers)["Notion-Version"] for request, _ in log}
    assert versions == {"2026-03-11" if "markdown" in method else "2025-09-03"}


@pytest.mark.parametrize("name", ["NOTION_API_KEY", "NOTION_TOKEN"])
async def test_either_key_signs(name: str) -> None:
    script = Script(reply({"object": "user", "id": "1"}))
    env = Environment({name: "ntn_secret"})
    await perform(Notion(kit_for(Notion, script, env=env)), "get_me")
    assert ("Authorization", "Bearer ntn_secret") in script.sent[0].headers


KINDS: Final = {
    "unsafe": {
        "append_blocks",
        "append_text",
        "create_comment",
        "create_data_source",
        "create_page",
        "update_data_source",
        "update_page_markdown",
    },
    "idempotent": {"delete_block", "move_page", "update_block", "update_page"},
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in Notion.operations.items() if one.kind == kind} == names


class TestQueryDatabase:
    async def test_it_costs_two_calls(self) -> None:
        one = recording(Notion, "query_database.success")
        assert [target_of(request) for request, _ in await exchanges(one)] == [
            f"/v1/databases/{DATABASE}",
            "/v1/data_sources/c174b72c-d782-432f-8dc0-b647e1c96df6/query",
        ]

    async def test_of_several_data_sources_it_tells_the_names(self) -> None:
        one = recording(Notion, "query_database.several")
        script = Script(Playback(one, Notion, environment_of(Notion)))
        with pytest.raises(InvalidRequest) as caught:
            await perform(client_of(script), "query_database", **one.params)
        for said in ("Tasks (c174b72c-", "Archive (2f26ee68-", "notion.query_data_source"):
            assert said in caught.value.detail
        assert [error.field for error in caught.value.facts.errors] == ["database_id"]

    async def test_of_no_data_source_it_says_so(self) -> None:
        script = Script(reply({"object": "database", "id": DATABASE}))
        with pytest.raises(InvalidRequest, match="none it may read"):
            await perform(client_of(script), "query_database")

    @pytest.mark.parametrize("method", ["query_database", "create_page"])
    async def test_without_any_database_it_says_what_to_set(self, method: str) -> None:
        client = client_of(Script(), NOTION_DATABASE_ID="")
        with pytest.raises(InvalidRequest, match="NOTION_DATABASE_ID"):
            await perform(client, method)


PARENTS: Final[list[dict[str, Any]]] = [
    {"page_id": PAGE},
    {"database_id": PAGE},
    {"data_source_id": PAGE},
    {},
]


@pytest.mark.parametrize("given", PARENTS, ids=lambda one: "".join(one) or "none")
async def test_a_page_goes_where_it_was_asked_to(given: dict[str, Any]) -> None:
    script = Script(reply({"object": "page", "id": PAGE}))
    await perform(client_of(script), "create_page", **given)
    kind, parent = next(iter((given or {"database_id": DATABASE}).items()))
    assert script.sent[0].body == (
        f'{{"parent":{{"type":"{kind}","{kind}":"{parent}"}},"properties":{{}}}}'.encode()
    )


async def test_a_property_may_be_named_as_the_page_shows_it() -> None:
    for shown, sent in (("M%3BBw", "M%3BBw"), ("M;Bw", "M%3BBw"), ("a%2Fb", "a%2Fb")):
        script = Script(reply({"object": "property_item", "id": "x", "type": "date"}))
        await perform(client_of(script), "get_page_property", page_id=PAGE, property_id=shown)
        assert f"/properties/{sent}?" in script.sent[0].url


async def test_the_next_part_begins_where_the_last_one_said() -> None:
    one = recording(Notion, "list_users.success")
    first = await perform(
        client_of(Script(Playback(one, Notion, environment_of(Notion)))),
        "list_users",
        **one.params,
    )
    assert isinstance(first, notion.Users)
    assert first.has_more
    script = Script(reply({"results": [], "has_more": False, "next_cursor": None}))
    await perform(client_of(script), "list_users", start_cursor=first.next_cursor)
    assert target_of(script.sent[0]) == f"/v1/users?start_cursor={first.next_cursor}&page_size=100"


async def test_times_are_utc_and_what_is_new_stays() -> None:
    body = {"object": "page", "id": PAGE, "created_time": "2026-03-02T09:14:00.000Z", "mood": "ok"}
    page = await perform(client_of(Script(reply(body))), "get_page", page_id=PAGE)
    assert isinstance(page, notion.Page)
    assert str(page.created_time) == "2026-03-02 09:14:00+00:00"
    assert page.model_dump()["mood"] == "ok"


@pytest.mark.parametrize("status", [429, 529])
async def test_a_pause_beyond_the_calls_own_time_is_told(status: int) -> None:
    message = {"object": "error", "code": "rate_limited", "message": "Slow down."}
    script = Script(reply(message, status, retry_after="60"))
    with pytest.raises(UpstreamThrottled, match="rate_limited Slow down") as caught:
        await perform(client_of(script), "append_text", page_id=PAGE, text="once")
    assert caught.value.facts.retry_after == pytest.approx(60)
    assert len(script.sent) == 1


async def test_three_a_second_after_a_burst_of_ten() -> None:
    clock, script = QuickClock(), Script(lambda _: reply({"object": "user", "id": "1"}))
    kit = kit_for(Notion, script, clock=clock)
    limits = Notion.upstreams["api"].allowed(kit.env)
    client = Notion(kit.__class__(**{**vars(kit), "gates": {"api": gate_for(limits, clock)}}))
    for _ in range(40):
        await perform(client, "get_me")
    assert clock.passed == pytest.approx(10, abs=0.05)


WRONG: Final[list[tuple[type[Any], dict[str, Any], str]]] = [
    (notion.GetPage, {}, "page_id"),
    (notion.GetPage, {"page_id": "be633bf1"}, "page_id"),
    (notion.GetPage, {"page_id": f"{PAGE}0"}, "page_id"),
    (notion.GetPage, {"page_id": PAGE, "filter_properties": []}, "filter_properties"),
    (notion.ListUsers, {"page_size": 101}, "page_size"),
    (notion.ListUsers, {"page_size": 0}, "page_size"),
    (notion.Search, {"kind": "database"}, "kind"),
    (notion.AppendText, {"page_id": PAGE, "text": ""}, "text"),
    (notion.AppendText, {"page_id": PAGE, "text": "x" * 2001}, "text"),
    (notion.AppendBlocks, {"page_id": PAGE, "children": []}, "children"),
    (notion.AppendBlocks, {"page_id": PAGE, "children": [{}] * 101}, "children"),
    (notion.CreatePage, {"page_id": PAGE, "database_id": PAGE}, "give one of data_source_id"),
    (notion.CreatePage, {"children": [{}], "markdown": ""}, "children or markdown"),
    (notion.UpdatePage, {"page_id": PAGE}, "at least one of properties"),
    (notion.UpdateBlock, {"block_id": PAGE}, "at least one of content"),
    (notion.UpdateBlock, {"block_id": PAGE, "content": {}}, "at least one of content"),
    (notion.UpdateDataSource, {"data_source_id": PAGE}, "at least one of title"),
    (notion.MovePage, {"page_id": PAGE}, "exactly one of to_page_id, to_data_source_id"),
    (notion.CreateComment, {"text": "hi"}, "exactly one of page_id, discussion_id"),
    (notion.CreateComment, {"page_id": PAGE}, "exactly one of text, rich_text"),
    (notion.UpdatePageMarkdown, {"page_id": PAGE}, "exactly one of replace, edits, insert"),
    (
        notion.QueryDataSource,
        {"data_source_id": PAGE, "sorts": [{"direction": "ascending"}]},
        "exactly one of property, timestamp",
    ),
]


@pytest.mark.parametrize(("kind", "params", "said"), WRONG)
def test_what_does_not_fit_is_refused(kind: type[Any], params: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        kind.model_validate(params)


def test_an_id_may_lack_its_dashes() -> None:
    assert notion.GetPage(page_id=PAGE.replace("-", "")).page_id == PAGE.replace("-", "")
