"""The hub's wire as an AsyncAPI 3.0 document: what may be asked, what is answered, what is told.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from pydantic import BaseModel

from contracts import Names, Problem, Request
from contracts import _names as wire
from contracts._events import DidEvent, HealthEvent, LifeEvent, LimitEvent, OwnsEvent

_TEMPLATE: Final = "#/components/schemas/{model}"
_EVENTS: Final[dict[str, tuple[str, type[BaseModel]]]] = {
    "health": ("health.{integration}.{state}", HealthEvent),
    "limit": ("limit.{integration}.{level}", LimitEvent),
    "owns": ("hub.{instance}.owns", OwnsEvent),
    "life": ("hub.{instance}.{phase}", LifeEvent),
    "did": ("hub.{instance}.{did}", DidEvent),
}


def document(requests: Sequence[type[Request[Any]]]) -> dict[str, Any]:
    """Return the document for these operations."""
    names = Names()
    channels: dict[str, Any] = {"replies": _replies(requests)}
    operations: dict[str, Any] = {}
    for request in requests:
        channels[request.operation] = _channel(request, names)
        operations[request.operation] = _operation(request)
    for key, (address, _) in _EVENTS.items():
        channels[f"event.{key}"] = _event_channel(key, address, names)
        operations[f"event.{key}"] = _ref_operation("send", f"event.{key}")
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": wire.JSON,
        "channels": channels,
        "operations": operations,
        "components": {"messages": _messages(requests), "schemas": _schemas()},
    }


def _info() -> dict[str, Any]:
    return {
        "title": "Integration Hub",
        "version": version("integration-hub"),
        "description": "Every outside API a fleet of agents needs, behind RabbitMQ.",
        "license": {"name": "MIT"},
    }


def _channel(request: type[Request[Any]], names: Names) -> dict[str, Any]:
    return {
        "address": request.operation,
        "description": (request.__doc__ or "").strip(),
        "messages": {"request": _message(f"{request.operation}.request")},
        "bindings": {"amqp": _binding(names.requests)},
    }


def _replies(requests: Sequence[type[Request[Any]]]) -> dict[str, Any]:
    shown = {r.operation: _message(f"{r.operation}.reply") for r in requests}
    return {
        "address": None,
        "description": "The queue of reply_to, or the exchange of replies.",
        "messages": shown | {"problem": _message("problem")},
    }


def _operation(request: type[Request[Any]]) -> dict[str, Any]:
    name = request.operation
    reply = [{"$ref": f"#/channels/replies/messages/{one}"} for one in (_escaped(name), "problem")]
    return {
        **_ref_operation("receive", name),
        "summary": (request.__doc__ or "").strip().partition("\n")[0],
        "reply": {
            "address": {"location": "$message.header#/reply_to"},
            "channel": {"$ref": "#/channels/replies"},
            "messages": reply,
        },
    }


def _ref_operation(action: str, channel: str) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{_escaped(channel)}"}}


def _event_channel(key: str, address: str, names: Names) -> dict[str, Any]:
    parts = [part[1:-1] for part in address.split(".") if part.startswith("{")]
    return {
        "address": address,
        "parameters": {part: {"description": f"The {part}, one word."} for part in parts},
        "messages": {"event": _message(f"event.{key}")},
        "bindings": {"amqp": _binding(names.events)},
    }


def _binding(exchange: str) -> dict[str, Any]:
    return {
        "is": "routingKey",
        "exchange": {"name": exchange, "type": "topic", "durable": True, "autoDelete": False},
    }


def _messages(requests: Sequence[type[Request[Any]]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for request in requests:
        integration, _, operation = request.operation.partition(".")
        for what in ("request", "reply"):
            found[f"{request.operation}.{what}"] = {
                "name": f"hub.{what}.{request.operation}.v1",
                "contentType": wire.JSON,
                "payload": {"$ref": f"schemas/{integration}/{operation}.{what}.json"},
                "correlationId": {"location": "$message.header#/correlation_id"},
            }
    for key in _EVENTS:
        found[f"event.{key}"] = {
            "contentType": wire.JSON,
            "payload": {"$ref": _TEMPLATE.format(model=_EVENTS[key][1].__name__)},
        }
    problem = {"$ref": _TEMPLATE.format(model="Problem")}
    return found | {"problem": {"contentType": wire.PROBLEM_JSON, "payload": problem}}


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [Problem, *(model for _, model in _EVENTS.values())]
    found: dict[str, Any] = {}
    for model in models:
        schema = model.model_json_schema(mode="serialization", ref_template=_TEMPLATE)
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found


def _message(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/messages/{name}"}


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
