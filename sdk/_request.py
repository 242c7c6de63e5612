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

_FARTHEST: Final = 24 * 3600.0
"""Seconds; the hub cuts deadlines, to less than this."""


@dataclass(frozen=True)
class Options:
    """How a request is made, beyond what it asks.

    Raises:
        InvalidRequest: `within` is no number, or `request_id` no id.
    """

    within: float | None = 60.0
    """Seconds until the reply has to be there; None: no deadline."""
    request_id: str | None = None
    """The same on repeats of one intent, 1 to 255 bytes of printable text; made up if absent."""
    progress: Told | None = None
    """Called while the request waits, with its place and the seconds until its turn."""
    fresh: bool = False
    """Neither from the cache nor from a shared call."""
    acts_for: str | None = None
    """The user to act for: heard from the hub's own user only."""

    def __post_init__(self) -> None:
        if self.within is not None and not math.isfinite(self.within):
            raise InvalidRequest("within is a number of seconds, or None for no deadline.")
        if self.request_id is not None:
            check_name("A request id", self.request_id)


@dataclass
class Outgoing:
    """One request: what travels of it is the same each time it is published.

    Raises:
        InvalidRequest: the operation is no name, or the parameters are not JSON.
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
        check_name("An operation", self.operation)
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


def check_name(what: str, name: str) -> None:
    """Refuse what AMQP cannot carry as a name.

    Raises:
        InvalidRequest: it is too long, or not printable.
    """
    if not wire.is_name(name):
        raise InvalidRequest(f"{what} is 1 to {wire.LONGEST_NAME} bytes of printable text.")


def _moment(since: datetime, within: float | None) -> str:
    if within is None:
        return ""
    return (since + timedelta(seconds=min(within, _FARTHEST))).isoformat()
