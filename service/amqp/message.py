"""A message that leaves the hub, and how it is written as AMQP properties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import getrandbits
from typing import Final

from pamqp.commands import Basic
from pamqp.common import FieldValue

from contracts._names import JSON

MOST_PROPERTY_BYTES: Final = 65_536
"""Beyond one frame (128 KiB by default) the broker would close the whole connection."""

_PERSISTENT: Final = 2


@dataclass(frozen=True, slots=True)
class Message:
    """What is published; the bus adds a fresh `message_id` each time it is sent."""

    body: bytes
    headers: Mapping[str, FieldValue] = field(default_factory=dict)
    """Text, numbers (floats lose digits: AMQP knows them here in 32 bits), flags, times, None."""
    content_type: str = JSON
    correlation_id: str | None = None
    user_id: str | None = None
    """The broker refuses any other than the connection's own user."""
    reply_to: str | None = None

    def properties(self) -> Basic.Properties:
        """Return what aiormq sends, under a message id that was never used before.

        A returned message is found again by this id alone: two in flight with the same id would
        be taken for each other.
        """
        return _Measured(
            content_type=self.content_type,
            headers=dict(self.headers) if self.headers else None,
            delivery_mode=_PERSISTENT,
            correlation_id=self.correlation_id,
            reply_to=self.reply_to,
            message_id=f"{getrandbits(128):032x}",  # unique, not secret
            user_id=self.user_id,
        )


class _Measured(Basic.Properties):
    """Properties that refuse to be written when they would not fit one frame."""

    def marshal(self) -> bytes:
        raw = super().marshal()
        if len(raw) > MOST_PROPERTY_BYTES:
            raise ValueError(
                f"the headers take {len(raw)} bytes, and {MOST_PROPERTY_BYTES} is the most"
            )
        return raw
