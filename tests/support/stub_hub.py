"""What an agent sees of a hub, without one: exchanges, queues, and replies as the test says."""

from collections.abc import Awaitable, Callable
from typing import Final, Self

import aio_pika
import orjson
from aio_pika import ExchangeType, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractIncomingMessage

from contracts import Failure
from contracts import _names as wire
from contracts._names import Names

Respond = Callable[[AbstractIncomingMessage], Awaitable[None]]

INTEGRATIONS: Final = ("notion", "space_weather")


class StubHub:
    """Takes every request and, unless told otherwise, replies with its parameters."""

    def __init__(self, url: str, names: Names, respond: Respond | None = None) -> None:
        self.names = names
        self.got: list[AbstractIncomingMessage] = []
        self.respond: Respond = respond or self.reply
        self._url = url
        self.connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    @property
    def ids(self) -> list[str]:
        """The request ids, in the order in which they came."""
        return [message.message_id or "" for message in self.got]

    @property
    def channel(self) -> AbstractChannel:
        """For whatever else a test has to declare or publish."""
        assert self._channel is not None
        return self._channel

    async def __aenter__(self) -> Self:
        self.connection = await aio_pika.connect(self._url)
        self._channel = await self.connection.channel()
        requests = await prepare(self._channel, self.names)
        for integration in INTEGRATIONS:
            queue = await self._channel.declare_queue(self.names.queue(integration), durable=True)
            await queue.bind(requests, f"{integration}.#")
            await queue.consume(self._take)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self.connection is not None
        await self.connection.close()

    async def reply(
        self,
        request: AbstractIncomingMessage,
        outcome: object = None,
        **headers: str | int,
    ) -> None:
        """Reply to a request: a failure, or JSON; by default with the parameters."""
        failed = isinstance(outcome, Failure)
        if isinstance(outcome, Failure):
            body = outcome.problem().model_dump_json(exclude_none=True).encode()
        else:
            body = request.body if outcome is None else orjson.dumps(outcome)
        told = {
            wire.TYPE_HEADER: f"hub.reply.{request.routing_key}.v1",
            wire.SUBJECT_HEADER: request.message_id or "",
            wire.STAGE_HEADER: "final",
            wire.STATUS_HEADER: "failed" if failed else "ok",
        }
        message = Message(
            body,
            headers={**told, **{name.replace("_", "-"): value for name, value in headers.items()}},
            correlation_id=request.correlation_id,
        )
        assert request.reply_to
        exchange = self.channel.default_exchange
        await exchange.publish(message, request.reply_to, mandatory=False)

    async def promise(
        self, request: AbstractIncomingMessage, place: int | None, eta: float | None
    ) -> None:
        """Tell where a request stands."""
        await self.reply(request, {"place": place, "eta": eta}, hub_stage="accepted")

    async def tell(self, key: str, body: object) -> None:
        """Publish an event; bytes as they are, else JSON."""
        exchange = await self.channel.get_exchange(self.names.events)
        raw = body if isinstance(body, bytes) else orjson.dumps(body)
        await exchange.publish(Message(raw), key, mandatory=False)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        respond = self.respond
        self.got.append(message)
        await message.ack()
        await respond(message)


async def prepare(channel: AbstractChannel, names: Names) -> aio_pika.abc.AbstractExchange:
    """Declare the exchanges that agents use; return the one for requests."""
    await channel.declare_exchange(names.events, ExchangeType.TOPIC, durable=True)
    await channel.declare_exchange(names.control, ExchangeType.FANOUT, durable=True)
    return await channel.declare_exchange(names.requests, ExchangeType.TOPIC, durable=True)


async def ignore(_: AbstractIncomingMessage) -> None:
    """Reply nothing."""
