"""Events as they come, from a queue that lives as long as somebody listens."""

from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class Event:
    """One event: its routing key and its JSON."""

    key: str
    """As ``health.notion.down``."""
    data: dict[str, Any]

    @property
    def summary(self) -> str:
        """One line for people."""
        shown = (f"{name}={value}" for name, value in self.data.items() if _plain(value))
        return " ".join(shown)


def read_event(key: str, body: bytes) -> Event:
    """Return what a message on the events exchange says."""
    data = orjson.loads(body)
    return Event(key, data if isinstance(data, dict) else {"value": data})


def _plain(value: object) -> bool:
    return value not in (None, "") and not isinstance(value, dict | list)
