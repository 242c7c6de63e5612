"""A request as it leaves an agent."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import orjson
from aio_pika import DeliveryMode, Message
from pamqp.common import FieldValue

from contracts import InvalidRequest
from contracts import _names as wire

Told = Callable[[int | None, float | None], None]
"""Hears place in the window (from 0, None behind it) and seconds (None: not known)."""

_LONGEST_ID: Final = 255
_FARTHEST: Final = 24 * 3600.0
"""Seconds; the hub cuts deadlines, to less than this."""


@dataclass(frozen=True)
class Options:
    """How a request is made, beyond what it asks.

    Raises:
        ValueError: `within` is no number, or `request_id` no id.
    """

    within: float | None = 60.0
    """Seconds until the reply has to be there; None: no deadline."""
    request_id: str | None = None
    """The same on repeats of one intent, 1 to 255 printable characters; made up if absent."""
    progress: Told | None = None
    """Called while the request waits, with its place and the seconds until its turn."""
    fresh: bool = False
    """Neither from the cache nor from a shared call."""
    acts_for: str | None = None
    """The user to act for: heard from the hub's own user only."""

    def __post_init__(self) -> None:
        if self.within is not None and not math.isfinite(self.within):
            raise ValueError("within is a number of seconds, or None for no deadline.")
        named = self.request_id
        if named is not None and not (
            named.isprintable() and 0 < len(named.encode()) <= _LONGEST_ID
        ):
            raise ValueError(f"A request id is 1 to {_LONGEST_ID} printable characters.")


@dataclass
class Outgoing:
    """One request: what travels of it is the same each time it is published.

    Raises:
        InvalidRequest: the parameters are not JSON.
    """

    operation: str
    params: Mapping[str, Any]
    options: Options
    correlation_id: str = field(default_factory=lambda: uuid4().hex)
    """Different for two calls of one request id, so that each hears its own reply."""
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    left: bool = False
    """Whether it may have left this process."""

    def __post_init__(self) -> None:
        self.request_id = self.options.request_id or self.correlation_id
        try:
            self.body = orjson.dumps(self.params)
        except TypeError as error:
            raise InvalidRequest(
                f"The parameters of {self.operation} are not JSON: {error}."
            ) from error

    def tell(self, place: int | None, eta: float | None) -> None:
        """Tell of progress, if anybody wants to hear."""
        if self.options.progress:
            self.options.progress(place, eta)

    def message(self, user: str, reply_to: str) -> Message:
        """Return what is published."""
        return Message(
            self.body,
            headers=self._headers(),
            content_type=wire.JSON,
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=self.request_id,
            correlation_id=self.correlation_id,
            reply_to=reply_to,
            user_id=user,
        )

    def _headers(self) -> dict[str, FieldValue]:
        options = self.options
        found: dict[str, FieldValue] = {
            wire.EXPIRY_HEADER: _moment(self.made_at, options.within),
            wire.ACCEPT_HEADER: "progress" if options.progress else "",
            wire.CACHE_HEADER: "no-cache" if options.fresh else "",
            wire.FOR_HEADER: options.acts_for or "",
        }
        return {name: value for name, value in found.items() if value}


def _moment(since: datetime, within: float | None) -> str:
    if within is None:
        return ""
    return (since + timedelta(seconds=min(within, _FARTHEST))).isoformat()
