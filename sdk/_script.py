"""The way of a `FakeHub`: no broker, answers from a script."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic

from contracts import Failure, Request, Result
from contracts._events import Control, DidEvent
from contracts._reading import read_request
from sdk._contracts import contract_of
from sdk._errors import NotScripted
from sdk._events import Event
from sdk._replies import Reply
from sdk._request import Options, Outgoing
from sdk._stream import Stream, T

Outcome = Result | Failure
Answering = Callable[[Request[Any]], Outcome]


@dataclass(frozen=True)
class Asked:
    """One request that reached the fake hub."""

    request: Request[Any]
    """The parameters, typed also where the agent named the operation only."""
    options: Options
    request_id: str
    submitted: bool = False

    @property
    def operation(self) -> str:
        """As ``notion.get_page``."""
        return self.request.operation


@dataclass
class Tape(Generic[T]):
    """What was told so far, for any number of listeners."""

    told: list[T] = field(default_factory=list)
    taken: int = 0
    """How many a listener has dealt with."""
    over: bool = False
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, one: T) -> None:
        """Add one at the end."""
        self.told.append(one)
        self._more.set()

    def end(self) -> None:
        """Let every listener stop after the last one."""
        self.over = True
        self._more.set()

    async def after(self, place: int) -> bool:
        """Wait until there is something at that place; false: there never will be."""
        while len(self.told) <= place and not self.over:
            self._more.clear()
            await self._more.wait()
        return len(self.told) > place


class ScriptedStream(Stream[T]):
    """A tape from `place` on, as far as it is wanted."""

    def __init__(self, tape: Tape[T], wanted: Callable[[T], bool], place: int = 0) -> None:
        self._tape = tape
        self._wanted = wanted
        self._place = place
        self._closed = False

    async def open(self) -> None:
        """Nothing to do: the tape is there."""

    async def aclose(self, *, taken: bool = True) -> None:
        """End."""
        if taken:
            self._tape.taken = max(self._tape.taken, self._place)
        self._closed = True

    async def __anext__(self) -> T:
        """Return the next one that is wanted."""
        self._tape.taken = max(self._tape.taken, self._place)
        while not self._closed and await self._tape.after(self._place):
            one = self._tape.told[self._place]
            self._place += 1
            if self._wanted(one):
                return one
        raise StopAsyncIteration


@dataclass
class Script:
    """What a fake hub answers, and what it was asked."""

    answers: dict[str, Answering] = field(default_factory=dict)
    """By operation."""
    steps: dict[str, tuple[tuple[int | None, float | None], ...]] = field(default_factory=dict)
    """Progress that is told before the answer, by operation."""
    log: list[Asked] = field(default_factory=list)
    orders: list[Control] = field(default_factory=list)
    events: Tape[Event] = field(default_factory=Tape)
    replies: Tape[Reply] = field(default_factory=Tape)

    def reply(self, outgoing: Outgoing, *, submitted: bool = False) -> Reply:
        """Return what the script says about a request, as it would come over the wire.

        Raises:
            NotScripted: it says nothing.
            UnknownOperation, InvalidRequest: the hub would refuse it too.
        """
        contract = contract_of(outgoing.operation)
        request = read_request(contract, outgoing.params)
        self.log.append(Asked(request, outgoing.options, outgoing.request_id, submitted))
        answering = self.answers.get(contract.operation)
        if answering is None:
            raise NotScripted(
                f"Nothing is scripted for {contract.operation}: say first what it answers, "
                f"hub.answer({contract.__name__}, …)."
            )
        for place, eta in self.steps.get(contract.operation, ()):
            outgoing.tell(place, eta)
        outcome = fitting(contract, answering(request))
        if isinstance(outcome, Failure):
            known = outcome.knowing(operation=contract.operation, integration=contract.integration)
            body = known.problem().model_dump_json(exclude_none=True)
        else:
            body = outcome.model_dump_json()
        ok = not isinstance(outcome, Failure)
        return Reply(outgoing.request_id, contract.operation, ok, body.encode(), "sandbox")


def fitting(contract: type[Request[Any]], outcome: object) -> Outcome:
    """Return an outcome if it is one of this operation.

    Raises:
        TypeError: it is another operation's result, or none at all.
    """
    if isinstance(outcome, Failure | contract.result):
        return outcome
    raise TypeError(
        f"{contract.operation} answers with {contract.result.__name__} or a Failure, "
        f"not with {type(outcome).__name__}."
    )


@dataclass
class ScriptedWay:
    """A `Way` that goes nowhere."""

    script: Script
    trouble: str = ""

    async def open(self) -> None:
        """Nothing to do."""

    async def aclose(self, *, taken: bool) -> None:
        """End the streams."""
        del taken
        self.script.events.end()
        self.script.replies.end()

    async def ask(self, outgoing: Outgoing) -> Reply:
        """Return what the script says, after one turn of the loop."""
        await asyncio.sleep(0)
        return self.script.reply(outgoing)

    async def submit(self, outgoing: Outgoing) -> None:
        """Have the reply on the tape at once."""
        self.script.replies.tell(self.script.reply(outgoing, submitted=True))

    def replies(self) -> Stream[Reply]:
        """Return the replies that were not taken yet."""
        tape = self.script.replies
        return ScriptedStream(tape, lambda _: True, tape.taken)

    def events(self, pattern: str) -> Stream[Event]:
        """Return all that was told and will be, as far as the pattern fits."""
        words = pattern.split(".")
        return ScriptedStream(self.script.events, lambda one: fits(words, one.key.split(".")))

    async def command(self, command: Control) -> None:
        """Obey."""
        self.script.orders.append(command)
        did = DidEvent(
            instance="fake", store="fake", did=command.do, id=command.id, detail="done by FakeHub"
        )
        self.script.events.tell(Event(f"hub.fake.{command.do}", did.model_dump(mode="json")))


def fits(pattern: list[str], key: list[str]) -> bool:
    """Return whether a topic pattern covers a key: ``*`` is one word, ``#`` any number."""
    if not pattern:
        return not key
    first, *rest = pattern
    if first == "#":
        return fits(rest, key) or (bool(key) and fits(pattern, key[1:]))
    return bool(key) and first in {"*", key[0]} and fits(rest, key[1:])
