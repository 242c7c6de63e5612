"""An integration's facts as plain data: for the command line, `/api` and the catalog."""

from typing import Any

from clients._client import Client
from clients._environment import Environment
from clients._operation import Operation
from clients._redact import MASK
from clients._upstream import Upstream
from contracts import NotConfigured


def facts_of(client: type[Client], env: Environment) -> dict[str, Any]:
    """Return what is known of an integration without calling anyone."""
    lacking = client.lacking(env)
    return {
        "name": client.name,
        "summary": _first_line(client.__doc__),
        "configured": not lacking,
        "lacking": list(lacking),
        "variables": list(client.reads(env)),
        "upstreams": [_upstream(one, env) for one in client.upstreams_in(env).values()],
        "operations": [_operation(one) for one in client.operations.values()],
        "opt_in": client.opt_in,
        "exempt": dict(client.exempt),
    }


def _upstream(upstream: Upstream, env: Environment) -> dict[str, Any]:
    try:
        url, limits = upstream.address(env), str(upstream.allowed(env))
        url = MASK if upstream.secret_url else url
    except NotConfigured as failure:
        url, limits = "", failure.detail
    return {
        "name": upstream.name,
        "url": url,
        "url_variable": upstream.url_variable,
        "limits": limits,
        "limit_variable": upstream.limit_variable,
        "sources": list(dict.fromkeys(one.source for one in upstream.limits if one.source)),
        "probe": upstream.probe,
        "lacking": list(upstream.lacking(env)),
    }


def _operation(one: Operation) -> dict[str, Any]:
    fields = one.request.model_fields
    return {
        "name": one.name,
        "kind": one.kind,
        "summary": _first_line(one.doc),
        "ttl": one.traits.ttl,
        "timeout": one.traits.timeout,
        "parameters": list(fields),
        "required": [name for name, info in fields.items() if info.is_required()],
        "result": one.request.result.__name__,
    }


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]
