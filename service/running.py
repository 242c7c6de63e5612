"""Requests that run now, and the repeats that wait for their answers."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol

from clients._clock import Clock
from clients._gate import HandedBack
from contracts import Expired, Facts, Failure, Internal, WouldMissDeadline
from service.answer import Answer, failed
from service.ask import Ask
from service.envelope import Envelope
from service.record.records import Key

_SOON: Final = 1.0
"""Seconds after which a repeat that had no place may come again."""


class Asked(Protocol):
    """Where an ask came from: a `Delivery`."""

    @property
    def lost(self) -> "asyncio.Future[None]":
        """Done once it cannot be answered any more, and comes again."""
        ...

    def ack(self) -> bool:
        """Acknowledge it."""
        ...


@dataclass(eq=False)
class _Waiting:
    ask: Ask
    by: Asked


@dataclass
class _Run:
    """One call under way, and all that wait for it; the first of them makes it."""

    first: Ask
    future: asyncio.Future[Answer]
    waiting: set[_Waiting]

    def answers(self, ask: Ask) -> bool:
        """Return whether one that waits, and can be answered, brings this asker the answer too."""
        return any(
            not one.by.lost.done() and _heard(one.ask.envelope) == _heard(ask.envelope)
            for one in self.waiting
        )


class Running:
    """What runs now, by user and request id: a second delivery of it joins the first.

    Who joins holds a place in the hub's window. `most` says for how many of a user's it may; what
    is over that is acknowledged where its asker gets an answer anyway, and refused where not.
    """

    def __init__(
        self,
        run: Callable[[Ask], Awaitable[Answer]],
        clock: Clock,
        most: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self._run = run
        self._clock = clock
        self._most = most
        self._joined = Counter[str]()
        self._runs: dict[Key, _Run] = {}

    async def answer(self, ask: Ask, by: Asked) -> Answer:
        """Return the answer of this ask, or of its twin that runs already.

        Who joins waits until its own deadline, and no longer than it can be answered. Where the
        deadline is that of the twin, the twin's answer is awaited: it tells what became of both.

        Raises:
            HandedBack: it is lost, or handed back, or acknowledged: another's answer is its own.
        """
        if not ask.envelope.named:
            return await self._run(ask)
        run = self._runs.get(ask.key)
        if run is None:
            return await self._lead(ask, by)
        if run.first.fingerprint != ask.fingerprint:
            return await self._run(ask)
        user = ask.envelope.user
        most = self._most(user)
        if most is not None and self._joined[user] >= most:
            if run.answers(ask) and by.ack():
                raise HandedBack
            return failed(_crowded(ask), ask.operation.name)
        self._joined[user] += 1
        try:
            answer = await self._join(run, ask, by)
        finally:
            self._joined -= Counter([user])
        return answer or await self.answer(ask, by)

    async def _join(self, run: _Run, ask: Ask, by: Asked) -> Answer | None:
        """Return the answer of what runs; None if it was handed back."""
        expires = ask.envelope.expires
        mine = None if expires == run.first.envelope.expires else expires
        patience = None if mine is None else max(0.0, mine - self._clock.wall())
        either: set[asyncio.Future[Any]] = {run.future, by.lost}
        run.waiting.add(here := _Waiting(ask, by))
        try:
            await asyncio.wait(either, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            run.waiting.remove(here)
        if by.lost.done():
            raise HandedBack
        if not run.future.done():
            return failed(_impatient(run.first), ask.operation.name)
        try:
            return run.future.result().again("coalesced")
        except HandedBack:
            return None

    async def _lead(self, ask: Ask, by: Asked) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._runs[ask.key] = _Run(ask, future, {_Waiting(ask, by)})
        try:
            answer = await self._run(ask)
        except BaseException:
            future.set_exception(HandedBack())
            future.exception()  # nobody may be waiting for it
            raise
        else:
            future.set_result(answer)
            return answer
        finally:
            del self._runs[ask.key]


def _heard(envelope: Envelope) -> tuple[object, ...]:
    return envelope.reply_to, envelope.correlation_id, envelope.expires


def _crowded(ask: Ask) -> Failure:
    """Return the refusal of a repeat for which its asker has no place left."""
    text = f"{ask.envelope.user!r} has its share of the hub's window waiting for repeats already"
    if ask.operation.kind == "safe":
        return WouldMissDeadline(f"{text}.", Facts(retry_after=_SOON))
    text = f"{text}; this call is under way. Ask again with the same id to learn its outcome."
    return Internal(text, Facts(outcome="unknown", retryable=False))


def _impatient(first: Ask) -> Expired:
    """Return what is known when a repeat of `first` expires before `first` is answered."""
    doubt = first.operation.kind != "safe" and first.call.ends is not None
    facts = Facts(outcome="unknown" if doubt else "not_sent", retryable=not doubt)
    return Expired(
        "The deadline passed while the same request, asked before, was under way.", facts
    )
