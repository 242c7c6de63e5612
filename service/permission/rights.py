"""Who may do what at the broker, and no more: pure, from the access file to RabbitMQ's rights.

https://www.rabbitmq.com/docs/access-control#authorisation and `#topic-authorisation`. The broker
knows names, not classes or budgets: the hub checks each request again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from contracts import Names
from service.permission.access import Grant

NOTHING: Final = "^$"
_ANYTHING: Final = ".*"
_OWN: Final = r"amq\.gen-.*"
"""Queues that the broker named: nobody can guess another's."""
_USER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ELSEWHERE: Final = re.compile(r"http|cli:.*")


@dataclass(frozen=True)
class Rights:
    """Regular expressions for one user in one virtual host."""

    configure: str
    write: str
    read: str
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Routing keys to write and to read, by topic exchange; any, where there is no entry."""


def at_broker(user: str) -> bool:
    """Return whether a name in the access file is a user of the broker."""
    return not _ELSEWHERE.fullmatch(user)


def check_user(user: str) -> None:
    """Do nothing if replies can be told from those of every other user.

    Raises:
        ValueError: they cannot; the sentence says what a name has to be.
    """
    if not _USER.fullmatch(user):
        raise ValueError(
            f"user {user!r}: a user of the broker has a name of 1 to 64 letters, digits, - and _, "
            "for it is one word in the names of its queues and in the keys of its replies"
        )


def of_hub(names: Names, user: str) -> Rights:
    """Return the rights of the hub's own user: all names under the prefix but others' queues."""
    all_but_replies = rf"{re.escape(names.prefix)}\.(?!replies\.).+"
    own = all_but_replies, _queues(names, user), _OWN
    return Rights(_any(*own), _any(*own, r"amq\.default"), _any(*own))


def of_agent(names: Names, user: str, grant: Grant) -> Rights:
    """Return the rights of an agent: its requests, its queues, its replies, and all events."""
    own = _queues(names, user), _OWN
    requests, replies, events, control = map(
        re.escape, (names.requests, names.replies, names.events, names.control)
    )
    orders = [control] if grant.operator else []
    return Rights(
        configure=_any(*own),
        write=_any(requests, *orders, *own),
        read=_any(events, replies, *own),
        topics={
            names.requests: (_any(*map(_key, grant.operations)), NOTHING),
            names.replies: (NOTHING, rf"^{re.escape(user)}\..+$"),
            names.events: (NOTHING, _ANYTHING),
        },
    )


def _queues(names: Names, user: str) -> str:
    return rf"{re.escape(names.reply_queue(user))}(\.[^.]+)?"


def _key(pattern: str) -> str:
    return _ANYTHING if pattern == "*" else re.escape(pattern).replace(r"\*", "[^.]+")


def _any(*parts: str) -> str:
    return f"^({'|'.join(parts)})$" if parts else NOTHING
