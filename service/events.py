"""What the hub tells without being asked: health, limits, keys, and the hubs themselves."""

import asyncio
import secrets
from typing import Final, Protocol

import structlog

from contracts import Names
from contracts import _names as wire
from contracts._events import Event
from service.amqp.errors import NotPublished
from service.amqp.message import Message
from service.answer import now_text

_MOST: Final = 1000

log = structlog.get_logger()


class Tells(Protocol):
    """Tells whoever listens."""

    def tell(self, key: str, event: Event) -> None:
        """Publish an event under ``<area>.<subject>.<what>``; nobody waits for it."""
        ...


class Publishes(Protocol):
    """The way out to the bus (`service.amqp.publisher.Publisher`)."""

    async def publish(
        self, exchange: str, key: str, message: Message, *, mandatory: bool = True
    ) -> None:
        """Publish once.

        Raises:
            NotPublished: it is not known to be in the broker.
        """
        ...


class Events:
    """Publishes events in the background; what cannot be told now is dropped and counted.

    A snapshot follows in any case, so nothing waits for an event.
    """

    def __init__(self, publisher: Publishes, names: Names, source: str) -> None:
        self._publisher = publisher
        self._names = names
        self._source = source
        self._tasks: set[asyncio.Task[None]] = set()
        self.dropped = 0

    def tell(self, key: str, event: Event) -> None:
        """Publish an event; of those that wait for the broker a thousand at most."""
        if len(self._tasks) >= _MOST:
            self.dropped += 1
            return
        task = asyncio.create_task(self._publish(key, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def flush(self) -> None:
        """Wait for what is under way."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _publish(self, key: str, event: Event) -> None:
        try:
            message = _message(key, event, self._source)
            await self._publisher.publish(self._names.events, key, message, mandatory=False)
        except NotPublished as error:
            self.dropped += 1
            log.debug("event_dropped", key=key, reason=str(error))


def _message(key: str, event: Event, source: str) -> Message:
    area, *middle, what = key.split(".")
    return Message(
        body=event.model_dump_json().encode(),
        headers={
            wire.SPECVERSION_HEADER: "1.0",
            wire.ID_HEADER: secrets.token_hex(16),
            wire.SOURCE_HEADER: source,
            wire.TYPE_HEADER: f"hub.event.{area}.{what}.v1",
            wire.SUBJECT_HEADER: ".".join(middle),
            wire.TIME_HEADER: now_text(),
        },
    )
