"""Messages as the service sees them, made by hand: no broker."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class FakeProperties:
    reply_to: str | None = None
    correlation_id: str | None = None
    message_id: str | None = "m-1"
    user_id: str | None = None
    content_encoding: str | None = None


@dataclass
class FakeMessage:
    body: bytes = b"{}"
    routing_key: str = "notion.get_page"
    headers: Mapping[str, Any] = field(default_factory=dict)
    properties: FakeProperties = field(default_factory=FakeProperties)
    flaw: str = ""
