"""The JSON Schemas of the hub's own operations."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from clients import _registry
from clients._client import Client
from contracts import Request


def own_clients() -> Iterator[type[Client]]:
    """Yield the hub's own integrations, whatever other packages bring."""
    for name in _registry.names():
        client = _registry.load(name)
        if client.__module__.startswith("clients."):
            yield client


def requests() -> Iterator[type[Request[Any]]]:
    """Yield the request class of every operation of the hub's own integrations."""
    for client in own_clients():
        for operation in sorted(client.operations.values(), key=lambda one: one.name):
            yield operation.request


@cache
def request_schema(request: type[Request[Any]]) -> dict[str, Any]:
    """Return the schema of the parameters that the hub accepts."""
    return _dated(request.model_json_schema(by_alias=False), request.operation, "request")


@cache
def reply_schema(request: type[Request[Any]]) -> dict[str, Any]:
    """Return the schema of the result that the hub sends."""
    schema = request.result.model_json_schema(by_alias=False, mode="serialization")
    return _dated(schema, request.operation, "reply")


def _dated(schema: dict[str, Any], operation: str, what: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hub:schema:{operation}:{what}:v1",
        **schema,
    }
