"""Where an outcome goes, and when the request may be acknowledged: pure."""

from dataclasses import dataclass
from typing import Literal

from contracts import Names
from contracts import _names as wire
from service.envelope import Envelope

Published = Literal["confirmed", "unroutable", "unsendable", "refused", "unconfirmed"]
Move = Literal["ack", "dead_letter", "leave"]


@dataclass(frozen=True, slots=True)
class Route:
    """Where a reply is published."""

    exchange: str
    key: str
    mandatory: bool = True


def route(envelope: Envelope, names: Names) -> Route:
    """Return where this asker's reply goes."""
    if envelope.reply_to is None:
        return Route(names.replies, f"{wire.key_word(envelope.user)}.{envelope.operation}")
    # RabbitMQ returns mandatory messages to a direct reply-to even when it delivers them
    direct = envelope.reply_to.startswith(wire.DIRECT_REPLY)
    return Route("", envelope.reply_to, mandatory=not direct)


def after(published: Published, *, asked_for: bool) -> Move:
    """Return what becomes of the request once its reply was published, or was not.

    A reply that nobody can take goes to the dead letters, if the asker named a queue for it; one
    that cannot travel always does. One of which the broker said nothing leaves the request: it is
    delivered and answered again.
    """
    if published == "unroutable":
        return "dead_letter" if asked_for else "ack"
    moves: dict[Published, Move] = {
        "confirmed": "ack",
        "unsendable": "dead_letter",
        "refused": "dead_letter",
        "unconfirmed": "leave",
    }
    return moves[published]
