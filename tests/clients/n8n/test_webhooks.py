"""n8n's webhooks: where they are, what they answer, which one a workflow has."""

from typing import Any, Final

import pytest

from clients._http import TransportError
from clients.n8n import N8n
from contracts import BadUpstreamReply, InvalidRequest, OutcomeUnknown, UpstreamRejected
from contracts.n8n import WebhookReply
from tests.support.clock import QuickClock
from tests.support.kit import Script, kit_for, perform, recording, reply

ID: Final = "VzqKEW0ShTXA5vPj"


def client_of(*answers: Any) -> tuple[N8n, Script]:  # noqa: ANN401
    """A client that is answered from a script."""
    script = Script(*answers)
    return N8n(kit_for(N8n, script, clock=QuickClock())), script


PATHS: Final = ["spore-count", "/spore-count", "webhook/spore-count", "/webhook/spore-count"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_webhook_s_path_in_any_form(path: str) -> None:
    client, script = client_of(reply({}))
    await perform(client, "trigger_workflow", path=path)
    assert script.sent[0].url == "https://n8n-webhook.test/webhook/spore-count"


@pytest.mark.parametrize("path", ["a/../b", "..", "webhook/.."])
async def test_a_path_stays_below_the_webhooks(path: str) -> None:
    client, script = client_of()
    with pytest.raises(InvalidRequest):
        await perform(client, "trigger_workflow", path=path)
    assert not script.sent


REPLIES: Final = [
    ("success", "application/json", {"message": "Workflow was started"}),
    ("query", "application/json", {"message": "Spores counted", "count": 1250}),
    ("text", "text/html", "Alles läuft."),
    ("empty", "application/json", None),
]


@pytest.mark.parametrize(("case", "kind", "answer"), REPLIES)
async def test_a_webhook_answers_anything(case: str, kind: str, answer: object) -> None:
    one = recording(N8n, f"trigger_workflow.{case}")
    client, _ = client_of(one.exchanges[0].response.at())
    found = await perform(client, "trigger_workflow", **one.params)
    assert isinstance(found, WebhookReply)
    assert (found.status, found.media_type, found.answer) == (200, kind, answer)


async def test_bytes_of_a_webhook_are_base64() -> None:
    client, _ = client_of(reply(b"\x89PNG", content_type="image/png"))
    found = await perform(client, "trigger_workflow", path="x")
    assert (found.model_dump()["media_type"], found.model_dump()["answer"]) == (
        "image/png",
        "iVBORw==",
    )


async def test_json_that_is_none_is_told_as_done() -> None:
    client, _ = client_of(reply("<html>", content_type="application/json"))
    with pytest.raises(BadUpstreamReply) as caught:
        await perform(client, "trigger_workflow", path="x")
    assert caught.value.problem().executed is True


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_webhook_is_called_once(method: str) -> None:
    client, script = client_of(lambda _: TransportError("timeout", sent=True))
    with pytest.raises(OutcomeUnknown, match=r"n8n\.get_executions"):
        await perform(client, "trigger_workflow", path="x", method=method)
    assert len(script.sent) == 1


def hook(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """A webhook's node."""
    node = {"name": "Hook", "type": "n8n-nodes-base.webhook", "parameters": {"path": "a/b"}}
    return node | changes


def workflow(*nodes: dict[str, Any], active: bool = True) -> dict[str, Any]:
    """A workflow of these nodes."""
    return {"id": ID, "name": "W", "active": active, "nodes": list(nodes)}


OFF: Final = hook(disabled=True)
WAYS: Final = [
    ([hook(), OFF], "GET", "/webhook/a/b?n=1"),
    ([hook(parameters={"path": "x", "httpMethod": "PUT"})], "PUT", "/webhook/x"),
    ([hook(parameters={"path": "x", "httpMethod": ["GET", "POST"]})], "POST", "/webhook/x"),
    (
        [hook(parameters={"httpMethod": "POST"}, webhookId="6f0c-3a52")],
        "POST",
        "/webhook/6f0c-3a52",
    ),
]


@pytest.mark.parametrize(("nodes", "method", "target"), WAYS)
async def test_a_workflow_runs_through_its_webhook(
    nodes: list[dict[str, Any]], method: str, target: str
) -> None:
    client, script = client_of(reply(workflow(*nodes)), reply({"done": True}))
    await perform(client, "execute_workflow", workflow_id=ID, data={"n": 1})
    assert script.sent[1].method == method
    assert script.sent[1].url == f"https://n8n-webhook.test{target}"


async def test_the_published_version_is_what_runs() -> None:
    draft = workflow(hook(parameters={"path": "new"}))
    published = {"versionId": "v", "workflowId": ID, "nodes": [hook(parameters={"path": "old"})]}
    client, script = client_of(reply(draft | {"activeVersion": published}), reply({"done": True}))
    await perform(client, "execute_workflow", workflow_id=ID)
    assert script.sent[1].url == "https://n8n-webhook.test/webhook/old"


CANNOT: Final = [
    (workflow(hook(), active=False), "is not active"),
    (workflow(), "has 0 webhooks"),
    (workflow(OFF), "has 0 webhooks"),
    (workflow(hook(), hook()), "has 2 webhooks"),
    (workflow(hook(parameters={"path": "users/:id"})), "no plain path"),
    (workflow(hook(parameters={"path": "https://attacker.test"})), "no plain path"),
    (workflow(hook(parameters={"path": ["x"]})), "no plain path"),
    (workflow(hook(parameters={})), "no plain path"),
]


@pytest.mark.parametrize(("found", "words"), CANNOT)
async def test_a_workflow_that_cannot_be_run(found: dict[str, Any], words: str) -> None:
    client, script = client_of(reply(found))
    with pytest.raises(InvalidRequest, match=words):
        await perform(client, "execute_workflow", workflow_id=ID)
    assert len(script.sent) == 1


async def test_what_no_server_would_name_as_a_method() -> None:
    odd = workflow(hook(parameters={"path": "x", "httpMethod": [[]]}))
    client, _ = client_of(reply(odd), reply({"message": "no"}, status=404))
    with pytest.raises(UpstreamRejected):
        await perform(client, "execute_workflow", workflow_id=ID)
