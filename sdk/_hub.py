"""What an agent holds: calls, submitted requests and their later replies, events."""

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any, Final, Self, TypeVar, overload
from uuid import uuid4

from contracts import Expired, Facts, Failure, Request, Result
from contracts._events import Control, DidEvent
from sdk._address import find_hub
from sdk._broker import Broker
from sdk._errors import HubUnreachable
from sdk._events import Event
from sdk._replies import Reply
from sdk._request import Options, Outgoing, Told, check_name
from sdk._stream import Stream
from sdk._way import Way

R = TypeVar("R", bound=Result)
S = TypeVar("S")

_GRACE: Final = 2.0
"""Seconds after a deadline in which the hub's own word about it may arrive."""
_LONGEST: Final = 24 * 3600.0
"""Seconds for which a call without a deadline waits."""
_SUBMIT_WITHIN: Final = 30.0
"""Seconds in which the broker has to take what is submitted."""
_ORDER_AGAIN: Final = 0.5
"""Seconds after which an order that nobody has obeyed is given again."""
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")


class Hub:
    """An agent's way to the hub: ``async with Hub() as hub: page = await hub.call(GetPage(…))``.

    `url` is the broker, ``amqp://user:password@host:port/vhost``; without it that of
    `HUB_AMQP_URL`, else that of the `hub up` on this machine. `prefix` tells several hubs on one
    broker apart. `name`, one word, names the queue in which the replies to `submit` wait, also
    while no agent of that name runs.

    Any number of calls may be under way at once. A broker that restarts costs time, no call.

    Raises:
        HubUnreachable: no broker answers, or no hub has prepared it.
        ValueError: the address is none, or this user or name cannot own a queue for later replies.
    """

    def __init__(
        self, url: str | None = None, *, prefix: str | None = None, name: str = ""
    ) -> None:
        if name and not _WORD.fullmatch(name):
            raise ValueError(
                f"{name!r} cannot name a Hub: use one word of letters, digits, _ and -."
            )
        self._url = url
        self._prefix = prefix
        self._name = name
        self._opened: Way | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        way = self._make_way()
        try:
            await way.open()
        except BaseException:
            await way.aclose(taken=False)
            raise
        self._opened = way
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Disconnect; whoever still waits for a reply gets `HubUnreachable`."""
        way, self._opened = self._way, None
        await way.aclose(taken=kind is None)

    @overload
    async def call(
        self,
        request: Request[R],
        /,
        *,
        within: float | None = ...,
        request_id: str | None = ...,
        progress: Told | None = ...,
        fresh: bool = ...,
    ) -> R: ...
    @overload
    async def call(
        self,
        request: str,
        /,
        *,
        within: float | None = ...,
        request_id: str | None = ...,
        progress: Told | None = ...,
        fresh: bool = ...,
        **params: object,
    ) -> Any: ...  # noqa: ANN401  (JSON)
    async def call(
        self,
        request: Request[Any] | str,
        /,
        *,
        within: float | None = 60.0,
        request_id: str | None = None,
        progress: Told | None = None,
        fresh: bool = False,
        **params: object,
    ) -> Any:
        """Return the result: a model for a contract's request, JSON for an operation's name.

        `within` is the deadline in seconds; None: the request may wait for its turn for a day.
        `request_id` is the same on repeats of one intent: an unsafe operation is then never done
        twice. `progress` hears the place in the queue and the seconds until its turn while the
        request waits. `fresh` wants neither a cached nor a shared answer.

        Raises:
            Failure: it did not succeed; the class says why and who must act.
            HubUnreachable: no hub has prepared the broker, or this `Hub` was left meanwhile.
        """
        options = Options(within, request_id, progress, fresh)
        if isinstance(request, str):
            return (await self.ask(request, params, options)).result()
        reply = await self.ask(request.operation, _params(request, params), options)
        return reply.result(type(request))

    async def ask(
        self, operation: str, params: Mapping[str, Any], options: Options | None = None
    ) -> Reply:
        """Return the final outcome, a failure too, as it came over the wire.

        Raises:
            Expired: nothing came within the deadline; its outcome says whether the request left.
            Failure: the request could not be sent.
        """
        outgoing = Outgoing(operation, params, options or Options())
        within = outgoing.options.within
        if within is not None and within <= 0:
            raise _expired(outgoing, within, "the deadline had passed before")
        patience = _LONGEST if within is None else within + _GRACE
        return await self._bounded(self._way.ask(outgoing), outgoing, patience)

    @overload
    async def submit(
        self,
        request: Request[Any],
        /,
        *,
        within: float | None = ...,
        request_id: str | None = ...,
    ) -> str: ...
    @overload
    async def submit(
        self,
        request: str,
        /,
        *,
        within: float | None = ...,
        request_id: str | None = ...,
        **params: object,
    ) -> str: ...
    async def submit(
        self,
        request: Request[Any] | str,
        /,
        *,
        within: float | None = None,
        request_id: str | None = None,
        **params: object,
    ) -> str:
        """Leave a request with the hub and return its id; `replies` has the outcome, later.

        Raises:
            Expired: the broker did not take it within 30 s.
            Failure: the request could not be sent.
            ValueError: this `Hub` has no name, so there is no queue to keep replies in.
        """
        self._needs_name()
        operation = request if isinstance(request, str) else request.operation
        given = params if isinstance(request, str) else _params(request, params)
        outgoing = Outgoing(operation, given, Options(within, request_id))
        await self._bounded(self._way.submit(outgoing), outgoing, _SUBMIT_WITHIN)
        return outgoing.request_id

    def replies(self) -> Stream[Reply]:
        """Return the replies to what was submitted: ``async with hub.replies() as replies``.

        A reply that was handed out but not taken (see `Stream`) comes again.

        Raises:
            ValueError: this `Hub` has no name.
        """
        self._needs_name()
        return self._way.replies()

    def events(self, pattern: str = "#") -> Stream[Event]:
        """Return the events as they come: ``async for event in hub.events("health.#")``.

        `pattern` is a topic: ``*`` is one word, ``#`` any number. Those told while the broker is
        away are missed; the hub tells the state of everything again each minute.

        Raises:
            InvalidRequest: the pattern is none.
        """
        check_name("A pattern of events", pattern)
        return self._way.events(pattern)

    async def order(self, what: str, integration: str | None = None, *, within: float = 5.0) -> str:
        """Order all hubs to ``pause`` or ``resume`` an integration, ``reload_keys`` or ``who``.

        Told again until one obeys, for a moment none may own it; returns what that hub says.
        Only the hubs' own user is obeyed.

        Raises:
            HubUnreachable: nobody did it within so many seconds.
            ValueError: there is no such order.
        """
        told = {"do": what, "integration": integration, "id": uuid4().hex}
        command = Control.model_validate(told)
        try:
            async with asyncio.timeout(within), self.events(f"hub.*.{what}") as answers:
                return await self._obeyed(command, answers)
        except (TimeoutError, StopAsyncIteration):
            raise HubUnreachable(
                f"No hub obeyed {what!r} within {within:g} s: none owns "
                f"{integration or 'anything'}, or this broker user may not give orders."
            ) from None

    async def _obeyed(self, command: Control, answers: Stream[Event]) -> str:
        answer = asyncio.create_task(_answer_to(command, answers))
        try:
            while not answer.done():
                await self._way.command(command)
                await asyncio.wait([answer], timeout=_ORDER_AGAIN)
        finally:
            answer.cancel()
            await asyncio.wait([answer])
        return answer.result()

    async def _bounded(self, work: Awaitable[S], outgoing: Outgoing, patience: float) -> S:
        """Wait for it for so many seconds at most; a failure tells which request it was."""
        try:
            async with asyncio.timeout(patience) as limit:
                return await work
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise _expired(outgoing, patience, self._way.trouble) from error
        except Failure as failure:
            failure.add_note(f"request id {outgoing.request_id}")
            raise

    @property
    def _way(self) -> Way:
        if self._opened is None:
            raise RuntimeError("This Hub is not open: use it inside `async with Hub() as hub:`.")
        return self._opened

    def _make_way(self) -> Way:
        address = find_hub(self._url, self._prefix)
        if self._name and "." in address.user:
            raise ValueError(
                f"The broker user {address.user!r} has a dot in its name and cannot own a queue "
                "for later replies: use another user, or a Hub without a name."
            )
        return Broker(address, self._name)

    def _needs_name(self) -> None:
        if not self._name:
            raise ValueError(
                "Name this Hub, Hub(name=…): its replies wait in a queue of that name."
            )


def _expired(outgoing: Outgoing, waited: float, trouble: str) -> Expired:
    if outgoing.left:
        text = "it may still be under way, and asking again with the same id repeats nothing"
    else:
        text = "the request was not sent"
    why = f" ({trouble})" if trouble else ""
    failure = Expired(
        f"{outgoing.operation}: no reply within {waited:g} s{why}; {text}.",
        Facts(outcome="unknown" if outgoing.left else "not_sent", operation=outgoing.operation),
    )
    failure.add_note(f"request id {outgoing.request_id}")
    return failure


async def _answer_to(command: Control, answers: Stream[Event]) -> str:
    while True:
        did = (await anext(answers)).read(DidEvent)
        if did.id == command.id:
            return did.detail


def _params(request: Request[Any], more: Mapping[str, object]) -> dict[str, Any]:
    if more:
        raise TypeError(f"{', '.join(more)}: a typed request has its parameters inside.")
    return request.model_dump(mode="json", exclude_unset=True)
