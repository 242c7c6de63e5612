"""What an agent holds: calls, submitted requests and their later replies, events."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, Self, TypeVar, overload
from urllib.parse import unquote, urlsplit

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from contracts import Expired, Facts, Names, Request, Result
from sdk._bus import Bus, HubUnreachable
from sdk._events import Event, read_event
from sdk._replies import Reply, read_reply
from sdk._request import Options, Outgoing

R = TypeVar("R", bound=Result)

_CONNECT_WITHIN: Final = 10.0
_GRACE: Final = 2.0
"""Seconds after a deadline in which the hub's own word about it may arrive."""
_KEPT_MS: Final = 15 * 60 * 1000
"""A call's reply queue outlives its agent by so much: longer than any deadline."""


@dataclass
class _Waiting:
    future: asyncio.Future[Reply]
    progress: Callable[[int | None, float | None], None] | None


class Hub:
    """An agent's way to the hub: ``async with Hub(url) as hub: await hub.call(GetPage(…))``.

    `name` names the durable queue for the replies to `submit`; without one there is none.

    Raises:
        HubUnreachable: no broker answers at the address, or no hub has prepared it.
    """

    def __init__(self, url: str, *, prefix: str = "hub", name: str = "") -> None:
        self._names = Names(prefix)
        self._user = unquote(urlsplit(url).username or "guest")
        self._name = name
        self._bus = Bus(url, self._prepare)
        self._waiting: dict[str, _Waiting] = {}
        self._reply_to = self._names.reply_queue(self._user, secrets.token_hex(8))

    async def __aenter__(self) -> Self:
        """Connect."""
        if "." in self._user:
            raise ValueError(f"The broker user {self._user!r} has a dot: it cannot own reply queues.")
        await self._bus.start(_CONNECT_WITHIN)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close; who still waits is cancelled."""
        with suppress(HubUnreachable):
            await self._drop_queue()
        await self._bus.aclose()
        for waiting in self._waiting.values():
            waiting.future.cancel()

    @overload
    async def call(
        self,
        request: Request[R],
        *,
        within: float | None = ...,
        request_id: str | None = ...,
        progress: Callable[[int | None, float | None], None] | None = ...,
    ) -> R: ...
    @overload
    async def call(
        self,
        request: str,
        *,
        within: float | None = ...,
        request_id: str | None = ...,
        progress: Callable[[int | None, float | None], None] | None = ...,
        **params: object,
    ) -> Any: ...  # noqa: ANN401  (JSON)
    async def call(
        self,
        request: Request[Any] | str,
        *,
        within: float | None = 60.0,
        request_id: str | None = None,
        progress: Callable[[int | None, float | None], None] | None = None,
        **params: object,
    ) -> Any:
        """Return the result: a model for a contract's request, JSON for an operation's name.

        `within` is the deadline in seconds, None for none. `request_id` is the same on repeats
        of one intent. `progress` hears place and seconds when the request has to wait.

        Raises:
            Failure: it did not succeed; the class says why and who must act.
        """
        options = Options(within=within, request_id=request_id, progress=progress)
        if isinstance(request, str):
            return (await self.ask(request, params, options)).result()
        reply = await self.ask(request.operation, _params(request), options)
        reply.check()
        return request.result.model_validate_json(reply.body)

    async def ask(
        self, operation: str, params: Mapping[str, Any], options: Options | None = None
    ) -> Reply:
        """Return the final outcome, a failure too, as it came over the wire.

        Raises:
            Expired: nothing came within the deadline; what became of it is unknown.
        """
        options = options or Options()
        outgoing = Outgoing(operation, params, options, self._reply_to, self._user)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[outgoing.request_id] = _Waiting(future, options.progress)
        patience = None if options.within is None else options.within + _GRACE
        try:
            async with asyncio.timeout(patience):
                await self._bus.publish(self._names.requests, operation, outgoing.message)
                return await future
        except TimeoutError:
            text = f"No reply within {options.within:g} s; the request may still be under way."
            raise Expired(text, Facts(outcome="unknown", operation=operation)) from None
        finally:
            self._waiting.pop(outgoing.request_id, None)

    async def submit(
        self,
        request: Request[Any] | str,
        *,
        within: float | None = None,
        request_id: str | None = None,
        **params: object,
    ) -> str:
        """Leave a request with the hub and return its id; `replies` has the outcome, later.

        Raises:
            ValueError: this `Hub` has no name, so there is no queue to keep replies in.
        """
        operation = request if isinstance(request, str) else request.operation
        given = params if isinstance(request, str) else _params(request)
        options = Options(within=within, request_id=request_id)
        outgoing = Outgoing(operation, given, options, self._durable(), self._user)
        await self._bus.publish(self._names.requests, operation, outgoing.message)
        return outgoing.request_id

    @asynccontextmanager
    async def replies(self) -> AsyncIterator[AsyncIterator[Reply]]:
        """Open the replies to what was submitted: ``async with hub.replies() as replies:``.

        A reply is settled when the next one is asked for; one that was seen but not settled
        comes again.
        """
        queue = self._durable()
        stream = self._bus.stream(lambda channel: channel.get_queue(queue, ensure=False))
        try:
            yield self._settled(stream)
        finally:
            await stream.aclose()

    async def events(self, pattern: str = "#") -> AsyncIterator[Event]:
        """Yield events as they come; `pattern` is a topic, as ``health.#``."""

        async def queue(channel: AbstractChannel) -> Any:  # noqa: ANN401  (aio-pika's queue)
            made = await channel.declare_queue(exclusive=True, auto_delete=True)
            await made.bind(self._names.events, pattern)
            return made

        stream = self._bus.stream(queue)
        try:
            async for message in stream:
                yield read_event(message.routing_key or "", message.body)
                await message.ack()
        finally:
            await stream.aclose()

    async def _settled(self, stream: AsyncIterator[AbstractIncomingMessage]) -> AsyncIterator[Reply]:
        async for message in stream:
            read = read_reply(message.body, message.headers, message.correlation_id or "")
            if isinstance(read, Reply):
                yield read
            with suppress(Exception):
                await message.ack()

    async def _prepare(self, channel: AbstractChannel) -> None:
        """Attach to the reply queues; runs after every connect."""
        await channel.set_qos(prefetch_count=1000)
        queue = await channel.declare_queue(
            self._reply_to, durable=True, arguments={"x-expires": _KEPT_MS}
        )
        await queue.consume(self._take)
        if self._name:
            await channel.declare_queue(self._durable(), durable=True)

    async def _take(self, message: AbstractIncomingMessage) -> None:
        await message.ack()
        waiting = self._waiting.get(message.correlation_id or "")
        if waiting is None or waiting.future.done():
            return  # a repeat, or too late
        read = read_reply(message.body, message.headers, message.correlation_id or "")
        if isinstance(read, Reply):
            waiting.future.set_result(read)
        elif waiting.progress:
            waiting.progress(read.place, read.eta)

    async def _drop_queue(self) -> None:
        await self._bus.delete(self._reply_to)

    def _durable(self) -> str:
        if not self._name:
            raise ValueError("Name this Hub, Hub(url, name=…): its replies wait in a queue of that name.")
        return self._names.reply_queue(self._user, self._name)


def _params(request: Request[Any]) -> dict[str, Any]:
    return request.model_dump(mode="json", exclude_unset=True)

