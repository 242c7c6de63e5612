"""A request as it leaves an agent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import orjson
from aio_pika import DeliveryMode, Message

from contracts import _names as wire

Told = Callable[[int | None, float | None], None]
"""Hears place in the window (from 0, None behind it) and seconds (None: not known)."""

_DELIVERY: Final = DeliveryMode.PERSISTENT


@dataclass(frozen=True)
class Options:
    """How a request is made, beyond what it asks."""

    within: float | None = 60.0
    """Seconds until the reply has to be there; None: wait for ever."""
    request_id: str | None = None
    """The same on repeats of one intent; made up if absent."""
    progress: Told | None = None
    fresh: bool = False
    """Neither from the cache nor from a shared call."""
    acts_for: str | None = None
    """The user to act for: heard from the hub's own user only."""


@dataclass(frozen=True)
class Outgoing:
    """One request; `message` makes what is published, the same each time."""

    operation: str
    params: Mapping[str, Any]
    options: Options
    reply_to: str
    user: str
    made_up: str = field(default_factory=lambda: uuid4().hex)
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def request_id(self) -> str:
        """The options' id, else one of its own."""
        return self.options.request_id or self.made_up

    def message(self) -> Message:
        """Return what is published."""
        return Message(
            orjson.dumps(self.params),
            headers=self._headers(),
            content_type=wire.JSON,
            delivery_mode=_DELIVERY,
            message_id=self.request_id,
            correlation_id=self.request_id,
            reply_to=self.reply_to,
            user_id=self.user,
        )

    def _headers(self) -> dict[str, str]:
        options = self.options
        found = {
            wire.EXPIRY_HEADER: _text(self.made_at, options.within),
            wire.ACCEPT_HEADER: "progress" if options.progress else "",
            wire.CACHE_HEADER: "no-cache" if options.fresh else "",
            wire.FOR_HEADER: options.acts_for or "",
        }
        return {name: value for name, value in found.items() if value}


def _text(since: datetime, within: float | None) -> str:
    return "" if within is None else (since + timedelta(seconds=within)).isoformat()
