"""Why a request ended as a dead letter, and what to do about it: all the reasons there are.

`hub dead list`, the page `docs/reference/dead-letters.md` and the replay read this one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason."""

    when: str
    do: str
    """What whoever runs the hub does about it."""
    replayable: bool = False
    """Whether the request may be made again."""
    answered: bool = False
    """Whether it had its outcome, which could not be delivered."""


_NOT_ANSWERED: Final = "It was not run and never is."

REASONS: Final[Mapping[str, Reason]] = {
    "forbidden_header": Reason(
        "It has a header that a request may not have: `CC`, `BCC`, `x-death`, `hub-stage`, "
        f"`hub-status`, or a `ce-type` of replies or events. {_NOT_ANSWERED}",
        "Find the queue that dead-letters into the request exchange, or the program that sends "
        "such headers: it is a loop or an attack. Then drop the letter.",
    ),
    "reply_to_forbidden": Reason(
        f"Its `reply_to` is not a queue of the asker's own. {_NOT_ANSWERED}",
        "Have the asker name a queue of its own (`hub.replies.<user>`, a server-named one, or "
        "direct reply-to) and ask again. Then drop the letter.",
    ),
    "undecodable_property": Reason(
        f"A property or header of the message cannot be decoded. {_NOT_ANSWERED}",
        "Have the asker write UTF-8 and times in seconds, and ask again. Then drop the letter.",
    ),
    "header_too_deep": Reason(
        f"Its headers are tables inside tables, too deep to be read. {_NOT_ANSWERED}",
        "Have the asker send flat headers, and ask again. Then drop the letter.",
    ),
    "internal": Reason(
        "A bug of the hub ended its work on the request.",
        "Look for the bug in the hub's log at that time; replay the letter once it is mended.",
        replayable=True,
    ),
    "reply_unroutable": Reason(
        "The request was answered, but the queue for its reply was gone.",
        "Have the asker declare its queue again, then replay the letter; without the queue the "
        "outcome goes to the exchange for replies.",
        replayable=True,
        answered=True,
    ),
    "reply_refused": Reason(
        "The request was answered, but the queue for its reply was full.",
        "Have the asker empty its queue, then replay the letter.",
        replayable=True,
        answered=True,
    ),
    "reply_unsendable": Reason(
        "The request was answered, but the broker takes no such reply: it is too large.",
        "Raise the broker's `max_message_size`, or lower `HUB_MAX_REPLY_BYTES`; then replay the "
        "letter.",
        replayable=True,
        answered=True,
    ),
}
