"""What the hub tells without being asked."""

from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel

M = TypeVar("M", bound=BaseModel)


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

    def read(self, model: type[M]) -> M:
        """Return it as one of the models in `contracts`, as ``event.read(HealthEvent)``.

        Raises:
            pydantic.ValidationError: it is an event of another kind.
        """
        return model.model_validate(self.data)


def read_event(key: str, body: bytes) -> Event | None:
    """Return what a message on the events exchange says; None if it is not JSON."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return Event(key, data if isinstance(data, dict) else {"value": data})


def _plain(value: object) -> bool:
    return value not in (None, "") and not isinstance(value, dict | list)
