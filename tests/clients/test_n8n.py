"""What is special to n8n: servers by name, their addresses, webhooks, keys that old ones ignore."""

from typing import Any, Final

import pytest

from clients import _recordings
from clients._environment import Environment
from clients._http import TransportError
from clients.n8n import N8n
from clients.n8n.server import takes_keys
from contracts import (
    InvalidRequest,
    NotConfigured,
    OutcomeUnknown,
    UpstreamUnavailable,
)
from contracts.n8n import Executions, Tag, Workflows
from tests.support.clock import QuickClock
from tests.support.kit import Script, environment_of, kit_for, perform, recording, reply

ID: Final = "VzqKEW0ShTXA5vPj"
TAG: Final = {"id": "2tUt1wbLX592XDdX", "name": "Production"}
TWO: Final = {
    "N8N_INSTANCES": "mas,myca",
    "N8N_MAS_URL": "https://mas.test:5678",
    "N8N_MAS_API_KEY": "one",
    "N8N_MAS_WEBHOOK_SECRET": "mas-secret",
    "N8N_MYCA_API_URL": "https://myca.test/api/v1",
    "N8N_MYCA_API_KEY": "two",
    "N8N_MYCA_VERSION": "2.45.0",
}


def client_of(*answers: Any, env: dict[str, str] | None = None) -> tuple[N8n, Script]:  # noqa: ANN401
    """A client that is answered from a script."""
    script = Script(*answers)
    known = Environment(env) if env else environment_of(N8n)
    return N8n(kit_for(N8n, script, env=known, clock=QuickClock())), script


ADDRESSES: Final = [
    ({"N8N_API_URL": "http://h:5678/api/v1"}, "http://h:5678"),
    ({"N8N_API_URL": "http://h:5678"}, "http://h:5678"),
    ({"N8N_WEBHOOK_URL": "http://h:5678/webhook/"}, "http://h:5678"),
    ({"N8N_WEBHOOK_URL": "http://h:5678"}, "http://h:5678"),
    ({"N8N_URL": "https://h/n8n"}, "https://h/n8n"),
    ({"N8N_BASE_URL": "https://h"}, "https://h"),
]


@pytest.mark.parametrize(("env", "root"), ADDRESSES)
def test_one_address_is_enough_in_any_form(env: dict[str, str], root: str) -> None:
    known = Environment(env)
    assert N8n.upstreams["api"].address(known) == f"{root}/api/v1"
    assert N8n.upstreams["webhook"].address(known) == root


def test_each_part_may_have_its_own_address() -> None:
    known = Environment({"N8N_API_URL": "https://a", "N8N_WEBHOOK_URL": "https://b/webhook"})
    assert N8n.upstreams["api"].address(known) == "https://a/api/v1"
    assert N8n.upstreams["webhook"].address(known) == "https://b"


async def test_a_server_is_asked_by_name_with_its_own_key() -> None:
    client, script = client_of(lambda _: reply(TAG), env=TWO)
    for instance in (None, "mas", "myca"):
        await perform(client, "get_tag", tag_id="1", instance=instance)
    asked = [(one.url, dict(one.headers)["X-N8N-API-KEY"]) for one in script.sent]
    mas = ("https://mas.test:5678/api/v1/tags/1", "one")
    assert asked == [mas, mas, ("https://myca.test/api/v1/tags/1", "two")]


async def test_an_unknown_server_is_refused_with_the_known() -> None:
    client, script = client_of(env=TWO)
    with pytest.raises(InvalidRequest, match="only mas, myca"):
        await perform(client, "get_tag", tag_id="1", instance="other")
    assert not script.sent


def test_each_server_has_its_own_bucket() -> None:
    found = N8n.upstreams_in(Environment(TWO))
    assert sorted(found) == ["api.mas", "api.myca", "webhook.mas", "webhook.myca"]
    limits = Environment(TWO | {"N8N_MYCA_API_LIMIT": "1/1s"})
    rates = {name: one.allowed(limits).rates for name, one in found.items()}
    assert rates["api.mas"] != rates["api.myca"]
    assert rates["api.mas"] == rates["webhook.mas"]


async def test_health_asks_each_part_of_each_server() -> None:
    client, script = client_of(lambda _: reply({}), env=TWO)
    assert (await client.health_check())["status"] == "ok"
    assert sorted(one.url for one in script.sent) == [
        "https://mas.test:5678/api/v1/workflows?limit=1",
        "https://mas.test:5678/healthz",
        "https://myca.test/api/v1/workflows?limit=1",
        "https://myca.test/healthz",
    ]


SECRETS: Final = [
    ({"N8N_WEBHOOK_SECRET": "s3same"}, ("X-N8N-Webhook-Secret", "s3same")),
    ({"N8N_WEBHOOK_TOKEN": "a.b.c"}, ("Authorization", "Bearer a.b.c")),
    (
        {"N8N_BASIC_AUTH_USER": "u", "N8N_BASIC_AUTH_PASSWORD": "p"},
        ("Authorization", "Basic dTpw"),
    ),
]


@pytest.mark.parametrize(("env", "header"), SECRETS)
async def test_a_webhook_gets_its_secret_and_never_the_api_s(
    env: dict[str, str], header: tuple[str, str]
) -> None:
    urls = {"N8N_URL": "https://h", "N8N_API_KEY": "api-only"}
    client, script = client_of(reply({}), env=urls | env)
    await perform(client, "trigger_workflow", path="x")
    assert header in script.sent[0].headers
    assert "api-only" not in str(script.sent[0].headers)


async def test_a_webhook_needs_neither_secret_nor_api_key() -> None:
    client, script = client_of(reply({}), env={"N8N_URL": "https://h"})
    await perform(client, "trigger_workflow", path="x")
    assert {name for name, _ in script.sent[0].headers} == {"Content-Type"}
    with pytest.raises(NotConfigured, match="N8N_API_KEY"):
        await perform(client, "get_tags")


VERSIONS: Final = [
    ("2.45.0", True),
    ("v2.46.1", True),
    ("3.0", True),
    ("2.44.9", False),
    ("1.123.4", False),
    ("latest", False),
    ("2", False),
    (None, False),
]


@pytest.mark.parametrize(("version", "takes"), VERSIONS)
def test_which_versions_take_keys(version: str | None, *, takes: bool) -> None:
    assert takes_keys(version) is takes


MADE: Final[list[tuple[str, dict[str, Any]]]] = [
    ("create_workflow", {"name": "W", "nodes": [], "connections": {}}),
    ("retry_execution", {"execution_id": "1"}),
    ("create_tag", {"name": "Lab"}),
    ("create_credential", {"name": "C", "type": "githubApi", "data": {}}),
]


@pytest.mark.parametrize(("operation", "params"), MADE)
async def test_only_a_server_that_takes_keys_is_asked_twice(
    operation: str, params: dict[str, Any]
) -> None:
    lost = TransportError("closed", sent=True)
    client, script = client_of(lambda _: lost, env=TWO)
    with pytest.raises(OutcomeUnknown):
        await perform(client, operation, instance="mas", **params)
    assert len(script.sent) == 1
    with pytest.raises(UpstreamUnavailable):
        await perform(client, operation, instance="myca", **params)
    assert len(script.sent) == 4
    assert {dict(one.headers)["Idempotency-Key"] for one in script.sent} == {"request-1"}


async def test_other_posts_carry_no_key() -> None:
    client, script = client_of(reply({"id": ID, "name": "W", "active": True}))
    await perform(client, "activate_workflow", workflow_id=ID)
    assert "Idempotency-Key" not in dict(script.sent[0].headers)
    assert script.sent[0].body == b"{}"


KINDS: Final = {
    "unsafe": {"trigger_workflow", "execute_workflow", *(name for name, _ in MADE)},
    "idempotent": {
        "update_workflow",
        "delete_workflow",
        "activate_workflow",
        "deactivate_workflow",
        "transfer_workflow",
        "update_workflow_tags",
        "delete_execution",
        "stop_execution",
        "update_tag",
        "delete_tag",
        "delete_credential",
    },
}


def test_what_may_be_repeated() -> None:
    for kind, names in KINDS.items():
        assert {name for name, one in N8n.operations.items() if one.kind == kind} == names


def test_every_unsafe_operation_says_how_to_look() -> None:
    assert all(N8n.operations[name].traits.look for name in KINDS["unsafe"])


async def test_one_page_and_its_cursor() -> None:
    client, script = client_of(reply({"data": [], "nextCursor": "more"}))
    found = await perform(client, "get_workflows")
    assert isinstance(found, Workflows)
    assert found.next_cursor == "more"
    assert len(script.sent) == 1


async def test_all_pages_end_after_ten() -> None:
    numbers = iter(range(100))
    one = {"id": ID, "name": "W", "active": True}
    client, script = client_of(lambda _: reply({"data": [one], "nextCursor": str(next(numbers))}))
    found = await perform(client, "get_workflows", all_pages=True)
    assert isinstance(found, Workflows)
    assert (len(found.results), found.next_cursor, len(script.sent)) == (10, "9", 10)


async def test_numbers_for_ids_are_text() -> None:
    one = recording(N8n, "get_executions.older_server")
    client, _ = client_of(one.exchanges[0].response.at())
    found = await perform(client, "get_executions", **one.params)
    assert isinstance(found, Executions)
    run = found.results[0]
    assert (run.id, run.workflow_id, run.retry_of, run.status) == ("1000", "1000", "999", None)
    client, _ = client_of(reply({"id": 7, "name": "x"}))
    tag = await perform(client, "get_tag", tag_id="7")
    assert isinstance(tag, Tag)
    assert tag.id == "7"


def test_no_recording_holds_a_secret_s_field() -> None:
    bodies = str([one.exchanges for one in _recordings.load("n8n")])
    assert "ada612" not in bodies
    assert "N8N-API-KEY" not in bodies
