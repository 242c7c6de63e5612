"""Names on the wire: exchanges, queues, headers. Written here once, used by hub and SDK alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REQUEST_ID_HEADER: Final = "idempotency-key"
ASKED_HEADER: Final = "hub-request-id"
"""The request id, of each answer over HTTP."""
FOR_HEADER: Final = "hub-for"
ACCEPT_HEADER: Final = "hub-accept"
CACHE_HEADER: Final = "hub-cache"
STATUS_HEADER: Final = "hub-status"
STAGE_HEADER: Final = "hub-stage"
SERVED_HEADER: Final = "hub-served"
ATTEMPTS_HEADER: Final = "hub-attempts"
WAIT_HEADER: Final = "hub-wait-ms"
UPSTREAM_HEADER: Final = "hub-upstream-ms"
TOKENS_HEADER: Final = "hub-tokens-left"
REASON_HEADER: Final = "hub-reason"
DETAIL_HEADER: Final = "hub-detail"
USER_HEADER: Final = "hub-user"
MESSAGE_HEADER: Final = "hub-message-id"
"""The `message_id` that a dead letter had when its asker sent it."""
OUTCOME_HEADER: Final = "hub-outcome"
"""What could not be delivered of a dead letter's request: ``ok``, or the code of its failure."""
REPLY_TO_HEADER: Final = "hub-reply-to"
"""The `reply_to` that a dead letter had when its asker sent it."""
EXPIRY_HEADER: Final = "ce-expirytime"
TYPE_HEADER: Final = "ce-type"
ID_HEADER: Final = "ce-id"
SOURCE_HEADER: Final = "ce-source"
SUBJECT_HEADER: Final = "ce-subject"
TIME_HEADER: Final = "ce-time"
SPECVERSION_HEADER: Final = "ce-specversion"

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"

DIRECT_REPLY: Final = "amq.rabbitmq.reply-to"
NOBODY: Final = "-"
"""The user of a message whose `user_id` the broker did not vouch for."""

ADDRESSES: Final = "addresses.json"
"""The file in the data folder where `hub up` tells others how to reach it."""

LONGEST_NAME: Final = 255
"""Bytes of a request id, an operation, a pattern of events: AMQP's short strings."""

_UNSAFE_IN_KEY: Final = re.compile(r"[^A-Za-z0-9_-]")


def key_word(user: str) -> str:
    """Return a user's name as one word of a routing key."""
    return _UNSAFE_IN_KEY.sub("_", user)


def is_name(text: str) -> bool:
    """Return whether a text may be a request id, an operation, or a pattern of events."""
    return text.isprintable() and 0 < len(text.encode(errors="replace")) <= LONGEST_NAME


def integration_of(operation: str) -> str:
    """Return the integration of ``<integration>.<operation>``."""
    return operation.partition(".")[0]


def data_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of one user's hubs: `HUB_DATA_DIR`, else the desktop's place for data."""
    if given := environment.get("HUB_DATA_DIR"):
        return Path(given)
    home = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "integration-hub"


@dataclass(frozen=True)
class Names:
    """Every exchange and queue of one hub family, under its prefix (`HUB_PREFIX`)."""

    prefix: str = "hub"

    @property
    def requests(self) -> str:
        """Topic exchange that agents publish to; key ``<integration>.<operation>``."""
        return f"{self.prefix}.requests"

    @property
    def unrouted(self) -> str:
        """Fanout exchange and queue of requests for integrations nobody knows."""
        return f"{self.prefix}.unrouted"

    @property
    def dropped(self) -> str:
        """Fanout exchange and queue of what the broker took out of a request queue."""
        return f"{self.prefix}.dropped"

    @property
    def replies(self) -> str:
        """Topic exchange of replies without `reply_to`; prefix of agents' own reply queues."""
        return f"{self.prefix}.replies"

    @property
    def events(self) -> str:
        """Topic exchange of health, limit, key and hub events."""
        return f"{self.prefix}.events"

    @property
    def dead(self) -> str:
        """Topic exchange of what could not be answered."""
        return f"{self.prefix}.dead"

    @property
    def dead_letters(self) -> str:
        """Queue behind `dead`."""
        return f"{self.prefix}.dead-letters"

    @property
    def reading(self) -> str:
        """Exclusive queue held by whoever looks through the dead letters now."""
        return f"{self.prefix}.dead-letters.reading"

    @property
    def control(self) -> str:
        """Fanout exchange heard by every hub."""
        return f"{self.prefix}.control"

    @property
    def starting(self) -> str:
        """Exclusive queue held by the one hub that is starting."""
        return f"{self.prefix}.starting"

    def queue(self, integration: str) -> str:
        """Return the request queue of an integration."""
        return f"{self.requests}.{integration}"

    def lease(self, integration: str) -> str:
        """Return the queue that holds the lease of an integration."""
        return f"{self.prefix}.lease.{integration}"

    def reply_queue(self, user: str, word: str = "") -> str:
        """Return the name of a user's own reply queue."""
        return f"{self.replies}.{user}.{word}" if word else f"{self.replies}.{user}"
