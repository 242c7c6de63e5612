"""Webhooks: which one a workflow has, how it is called, what it answers."""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

import orjson

from clients._api import HttpCall
from clients._body import json_of
from clients._http import HttpResponse
from contracts import Facts, FieldError, InvalidRequest
from contracts.n8n import Node, Workflow
from contracts.n8n.parameters import HOOK_PATH

_KIND: Final = "n8n-nodes-base.webhook"
_IN_QUERY: Final = frozenset({"GET", "HEAD", "DELETE"})


def call(method: str, path: str, data: Mapping[str, Any]) -> HttpCall:
    """Return the call of a webhook: its path is taken apart, so that no part leaves its place."""
    parts = path.removeprefix("/").removeprefix("webhook/").split("/")
    values = {f"part{at}": part for at, part in enumerate(parts)}
    template = "/webhook" + "".join(f"/{{{name}}}" for name in values)
    if method in _IN_QUERY:
        return HttpCall(method, template, values, {k: _flat(v) for k, v in data.items()})
    return HttpCall(method, template, values, body=json_of(data))


def answered(response: HttpResponse) -> dict[str, Any]:
    """Return the fields of a `WebhookReply`; what names no type has to be JSON."""
    kind = response.headers.get("content-type", "application/json").partition(";")[0].strip()
    return {"status": response.status, "media_type": kind, "answer": _answer(kind, response.body)}


def webhook_of(workflow: Workflow) -> tuple[str, str]:
    """Return method and path of a workflow's one webhook.

    Raises:
        InvalidRequest: it does not run, or has not one plain webhook.
    """
    if not workflow.active:
        raise _unfit("is not active; n8n.activate_workflow starts its triggers")
    nodes = (workflow.active_version or workflow).nodes  # what was saved since does not run yet
    found = [node for node in nodes if node.type == _KIND and not node.disabled]
    if len(found) != 1:
        raise _unfit(f"has {len(found)} webhooks, not one; n8n.trigger_workflow calls any by path")
    path = found[0].parameters.get("path") or found[0].webhook_id
    if not isinstance(path, str) or not re.fullmatch(HOOK_PATH, path):
        raise _unfit("has no plain path; n8n.trigger_workflow calls the webhook by path")
    return _method(found[0]), path


def _method(node: Node) -> str:
    said = node.parameters.get("httpMethod") or "GET"
    several = said if isinstance(said, list) else [said]
    return "POST" if "POST" in several else str(several[0])


def _flat(value: Any) -> str | float | bool | None:  # noqa: ANN401  (an agent's JSON)
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


def _answer(kind: str, body: bytes) -> object:
    if not body:
        return None
    if kind == "application/json" or kind.endswith("+json"):
        return orjson.loads(body)
    if kind.startswith("text/"):
        return body.decode(errors="replace")
    return base64.b64encode(body).decode()


def _unfit(message: str) -> InvalidRequest:
    errors = (FieldError(field="workflow_id", message=message),)
    return InvalidRequest(f"The workflow {message}.", Facts(errors=errors))
