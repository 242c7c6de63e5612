"""An agent as the hub meets it: it asks, and keeps a log of all that came back.

The log is one half of the truth about a run (what the stub upstream saw is the other): the hub's
own counters prove nothing.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import aiormq
from pamqp.commands import Basic
from pamqp.common import FieldValue

from contracts._names import EXPIRY_HEADER, REQUEST_ID_HEADER, STAGE_HEADER, Names
from service.amqp.delivery import Delivery
from service.amqp.link import Link
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.amqp.subscription import Subscription
from tests.support.wait import wait_until

PATIENCE: Final = 90.0
"""Seconds for which an agent offers a request to a broker that is away."""
_PREFETCH: Final = 500


@dataclass(frozen=True, slots=True)
class Asking(Message):
    """A request; `message_id` is the asker's own where it has to be."""

    reply_to: str | None = None
    message_id: str | None = None
    content_encoding: str | None = None
    expiration: float | None = None
    """Seconds after which the broker drops it."""

    def properties(self) -> Basic.Properties:
        made = Message.properties(self)
        if self.message_id is not None:
            made.message_id = self.message_id or None
        made.content_encoding = self.content_encoding
        made.reply_to = self.reply_to
        if self.expiration is not None:
            made.expiration = str(round(self.expiration * 1000))
        return made


@dataclass(frozen=True)
class Received:
    """One message that came back."""

    at: float
    """Monotonic seconds."""
    id: str
    """Its correlation id."""
    headers: Mapping[str, Any]
    body: bytes
    content_type: str

    @property
    def final(self) -> bool:
        return bool(self.headers[STAGE_HEADER] == "final")

    @property
    def ok(self) -> bool:
        return bool(self.headers["hub-status"] == "ok")

    @property
    def served(self) -> str:
        return str(self.headers["hub-served"])

    def json(self) -> Any:  # noqa: ANN401  (JSON enters here)
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """``ok``, or the code of the failure."""
        return "ok" if self.ok else str(self.json()["code"])


@dataclass
class Log:
    """All replies, by request."""

    all: list[Received] = field(default_factory=list)
    finals: dict[str, list[Received]] = field(default_factory=dict)
    progress: dict[str, list[Received]] = field(default_factory=dict)

    def add(self, message: Received) -> None:
        self.all.append(message)
        kind = self.finals if message.final else self.progress
        kind.setdefault(message.id, []).append(message)

    def codes(self) -> dict[str, set[str]]:
        """What was said of each request: one outcome, or the hub contradicts itself."""
        return {id_: {one.code for one in some} for id_, some in self.finals.items()}


class Agent:
    """Asks over the bus and takes replies in a durable queue: ``async with Agent(url, names)``.

    What was `sent` is surely in the broker; a broker that dies meanwhile gets it again.
    """

    def __init__(self, url: str, names: Names, word: str = "agent") -> None:
        self.log = Log()
        self._url = url
        self._names = names
        self._user = unquote(urlsplit(url).username or "guest")
        self.queue = names.reply_queue(self._user, word)

    async def __aenter__(self) -> Self:
        await self._queue(delete=False)
        self._link = Link(self._url, name="agent")
        self._replies = Subscription(self._link, self.queue, self._take, prefetch=_PREFETCH)
        await self._link.__aenter__()
        await self._replies.__aenter__()
        self._publisher = Publisher(self._link)
        await wait_until(lambda: self._replies.attached, what="the agent's consumer")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._replies.aclose()
        await self._link.aclose()
        await self._queue(delete=True)

    async def send(
        self,
        operation: str,
        params: object = None,
        *,
        id: str | None = None,  # noqa: A002  (what it is called everywhere)
        within: float | None = None,
        **more: Any,  # noqa: ANN401  (fields of `Asking`)
    ) -> str:
        """Publish a request until the broker has it; return its correlation id.

        `id` goes into the header ``idempotency-key``, `within` is a deadline in seconds.
        """
        headers: dict[str, FieldValue] = dict(more.pop("headers", {}))
        if id is not None:
            headers[REQUEST_ID_HEADER] = id
        if within is not None:
            headers[EXPIRY_HEADER] = (datetime.now(UTC) + timedelta(seconds=within)).isoformat()
        body = params if isinstance(params, bytes) else json.dumps(params or {}).encode()
        made: dict[str, Any] = {
            "reply_to": self.queue,
            "correlation_id": id or more.get("message_id") or uuid4().hex,
        }
        message = Asking(body=body, headers=headers, **(made | more))
        until = Until(time.monotonic() + PATIENCE)
        await self._publisher.publish_until(self._names.requests, operation, message, until)
        return str(message.correlation_id)

    async def ask(self, operation: str, params: object = None, **more: Any) -> Received:  # noqa: ANN401
        """Send a request and return its next final reply."""
        id_ = more.get("correlation_id") or more.get("id") or uuid4().hex
        before = len(self.log.finals.get(id_, ()))
        wanted: dict[str, Any] = {"correlation_id": id_} | more
        id_ = await self.send(operation, params, **wanted)
        return await self.reply(id_, before)

    async def reply(self, id_: str, nth: int = 0, within: float = 15.0) -> Received:
        """Return the nth final reply to a request, from 0, once it is there."""
        await wait_until(
            lambda: len(self.log.finals.get(id_, ())) > nth, within, f"the reply to {id_}"
        )
        return self.log.finals[id_][nth]

    async def finals(self, ids: Iterable[str], within: float) -> None:
        """Wait until every one of these requests has a final reply."""
        wanted = set(ids)

        def missing() -> bool:
            return not wanted - self.log.finals.keys()

        try:
            await wait_until(missing, within)
        except AssertionError:
            left = wanted - self.log.finals.keys()
            told = f"{len(left)} of {len(wanted)} got no reply in {within:g} s: {sorted(left)[:5]}"
            raise AssertionError(told) from None

    def _take(self, delivery: Delivery) -> None:
        properties = delivery.properties
        self.log.add(
            Received(
                at=time.monotonic(),
                id=properties.correlation_id or "",
                headers=delivery.headers,
                body=delivery.body,
                content_type=properties.content_type or "",
            )
        )
        delivery.ack()

    async def _queue(self, *, delete: bool) -> None:
        async with apart(self._url) as channel:
            if delete:
                await channel.queue_delete(self.queue)
            else:
                await channel.queue_declare(self.queue, durable=True)


@asynccontextmanager
async def apart(url: str) -> AsyncIterator[aiormq.abc.AbstractChannel]:
    """Give a channel on a connection of its own."""
    connection = await aiormq.connect(url)
    try:
        yield await connection.channel()
    finally:
        await connection.close()


async def left_in(url: str, queues: Iterable[str]) -> dict[str, int]:
    """Return how many messages are ready in each of these queues."""
    found = {}
    async with apart(url) as channel:
        for queue in queues:
            declared = await channel.queue_declare(queue, passive=True)
            found[queue] = declared.message_count or 0
    return found


async def fetched(url: str, queue: str) -> list[aiormq.abc.DeliveredMessage]:
    """Take all that is in a queue."""
    found: list[aiormq.abc.DeliveredMessage] = []
    async with apart(url) as channel:
        while True:
            got = await channel.basic_get(queue, no_ack=True)
            if isinstance(got.delivery, Basic.GetEmpty):
                return found
            found.append(got)


async def all_of(*works: Any) -> list[Any]:  # noqa: ANN401  (asyncio.gather's)
    """Run all of these, a hundred at a time."""
    slots = asyncio.Semaphore(100)

    async def one(work: Any) -> Any:  # noqa: ANN401
        async with slots:
            return await work

    return await asyncio.gather(*map(one, works))
