"""The way of a request through the hub, as one list of steps, outermost first."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from clients._clock import Clock
from clients._gate import HandedBack
from clients._http import TransportError
from clients._verdict import broken
from contracts import (
    Expired,
    Facts,
    Failure,
    IdempotencyConflict,
    Internal,
    NotConfigured,
    OutcomeUnknown,
    Result,
    WouldMissDeadline,
)
from service.answer import Answer, bug, failed
from service.ask import Ask
from service.integration import Integration
from service.permission.access import Access
from service.permission.quota import DAY, Counts, used_up
from service.record.records import Claim, ClaimLost, Records, Taken
from service.shared import Shared, TooLate

Inner = Callable[[Ask], Awaitable[Answer]]
Step = Callable[["Surroundings", Ask, Inner], Awaitable[Answer]]

_SOON: Final = 1.0
"""Seconds after which an agent may ask again at the earliest, once its share is taken."""
_LET_GO_WITHIN: Final = 1.0
"""Seconds that the end of a hub waits for it to be on record that a call has not left."""


_UNDER_WAY: Final = 3.0
"""Seconds for which who sent a call may be about to tell of it; then its outcome is unknown."""
_LOOK: Final = 0.2


@dataclass(frozen=True)
class Surroundings:
    """What the steps need."""

    integration: Integration
    records: Records
    shared: Shared
    clock: Clock
    access: Access
    counts: Counts
    held: Counter[str] = field(default_factory=Counter)
    """Requests under way, by each user that has a share."""


@dataclass(frozen=True)
class _Journal:
    """Lets the client write down that an unsafe call leaves."""

    records: Records
    claim: Claim

    async def sending(self) -> None:
        await self.records.sending(self.claim)


async def guarded(_: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Turn a bug into an answer, inside the record: what acts must not run again after it."""
    try:
        return await inner(ask)
    except (HandedBack, ClaimLost):
        raise
    except Exception:  # noqa: BLE001  (logged by bug)
        return failed(bug(ask.operation.name, doubt=ask.call.doubt), ask.operation.name)


async def recorded(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Run at most once what acts: the record decides, and keeps the outcome."""
    if not ask.recorded:
        return await inner(ask)
    lost = False
    while True:
        taken = await _claimed(at, ask)
        if taken.conflict:
            return conflicting(ask)
        try:
            answer = taken.answer or await _run(at, ask, inner, taken, lost=lost)
        except ClaimLost:  # what took it has ended it, or lets go of it: nobody else answers this
            lost = True
        else:
            return replace(answer, acknowledged=partial(at.records.acknowledged, ask.key))


async def _claimed(at: Surroundings, ask: Ask) -> Taken:
    """Claim the call; where another hub has just sent it, give that one time to tell the outcome.

    A hub that has lost the lease, and lives, is about to: it says how its calls ended, or that
    they never left.
    """
    sandbox, young = at.integration.mode == "sandbox", 0.0
    if ask.operation.kind == "unsafe":
        young = _UNDER_WAY
    last = at.clock.now() + young
    while True:
        taken = await at.records.claim(
            ask.key, ask.fingerprint, ask.operation.name, sandbox=sandbox, young=young
        )
        if taken.claim or taken.answer or taken.conflict:
            return taken
        await at.clock.sleep(_LOOK)
        if at.clock.now() >= last:
            young = 0.0


def conflicting(ask: Ask) -> Answer:
    """Return the outcome of a request whose id belongs to another."""
    text = f"The id {ask.envelope.request_id!r} was used for another request; take a new one."
    return failed(IdempotencyConflict(text), ask.operation.name)


async def _run(at: Surroundings, ask: Ask, inner: Inner, taken: Taken, *, lost: bool) -> Answer:
    claim = taken.claim
    if claim is None:
        return failed(Internal(), ask.operation.name)
    if taken.sent and ask.operation.kind == "unsafe":
        if lost:
            raise HandedBack  # it is alive where it was sent from, and answered there
        doubt = ask.operation.unknown(_doubt())
        return await at.records.done(claim, failed(doubt, ask.operation.name))
    ask.call.journal = _Journal(at.records, claim)
    try:
        answer = await inner(ask)
        return await at.records.done(claim, _sent_before(answer) if taken.sent else answer)
    except HandedBack:
        if not (ask.call.doubt or taken.sent):
            await at.records.unsent(claim)
        raise
    except asyncio.CancelledError:  # the hub ends
        if not (ask.call.doubt or taken.sent):
            with suppress(TimeoutError):
                await asyncio.wait_for(at.records.unsent(claim), _LET_GO_WITHIN)
        raise


def _sent_before(answer: Answer) -> Answer:
    """Return the outcome as it is where an earlier run has sent the call: a refusal, now, too."""
    if answer.ok or (problem := answer.problem()).outcome != "not_sent":
        return answer
    told = problem.model_copy(update={"outcome": "sent"})
    return replace(answer, body=told.model_dump_json(exclude_none=True).encode())


async def in_time(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Refuse what comes too late; give the rest its last moment on the hub's own clock."""
    expires = ask.envelope.expires
    if expires is not None:
        left = expires - at.clock.wall()
        if left <= 0:
            late = Expired(f"The deadline passed {-left:.1f} s before the hub could begin.")
            return failed(late, ask.operation.name)
        ask.call.deadline = at.clock.now() + left
    return await inner(ask)


async def configured(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Say which variables are missing, where nothing can be called without them."""
    if lacking := at.integration.unusable:
        text = f"Set {', '.join(lacking)} where the hub runs."
        return failed(NotConfigured(text), ask.operation.name)
    return await inner(ask)


async def in_share(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Refuse what is over its agent's share of the window: a flood is drained, not waited for."""
    user, held = ask.envelope.user, at.held
    most = at.access.most(user, at.integration.taken)
    if most is None:
        return await inner(ask)
    if held[user] >= most:
        after = max(_SOON, at.integration.wait())
        text = f"{user!r} has {most} requests waiting here, its share of the hub's window."
        return failed(WouldMissDeadline(text, Facts(retry_after=after)), ask.operation.name)
    held[user] += 1
    try:
        return await inner(ask)
    finally:
        held[user] -= 1
        if not held[user]:
            del held[user]


async def in_quota(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Refuse what is over its agent's requests per day."""
    user, wall = ask.envelope.user, at.clock.wall()
    limits = at.access.daily(user, ask.operation.name)
    if not limits:
        return await inner(ask)
    day = int(wall // DAY)
    if over := await at.counts.count(user, limits, day):
        return failed(used_up(user, over, limits[over], wall), ask.operation.name)
    try:
        return await inner(ask)
    except BaseException:  # it comes again, and is counted then
        at.counts.uncount(user, limits, day)
        raise


async def shared(at: Surroundings, ask: Ask, inner: Inner) -> Answer:
    """Let identical reads share one call, and serve from the cache what may be."""
    if ask.operation.kind != "safe" or ask.envelope.fresh:
        return await inner(ask)
    ttl, ends = ask.operation.traits.ttl, ask.call.deadline
    patience = None if ends is None else ends - at.clock.now()
    try:
        return await at.shared.get(ask.fingerprint, ttl, lambda: inner(ask), patience)
    except TooLate:
        late = Expired("The deadline passed while another's identical request was under way.")
        return failed(late, ask.operation.name)


async def called(at: Surroundings, ask: Ask, inner: Inner) -> Answer:  # noqa: ARG001  (the last)
    """Make the call through the client, which is made on first use."""
    call = ask.call
    try:
        result = await at.integration.client.get().call(ask.request, call)
        answer = Answer(ok=True, body=_body(at.integration, ask, result))
    except Failure as failure:
        known = failure.knowing(attempts=call.attempts)
        if isinstance(failure, Expired):
            known = known.knowing(outcome=call.outcome)
        answer = failed(known, ask.operation.name)
    return replace(
        answer,
        served="sandbox" if at.integration.mode == "sandbox" or call.played else "live",
        attempts=call.attempts,
        waited=call.waited,
        upstream=call.upstream,
        tokens_left=call.tokens_left,
    )


STEPS: Final[Sequence[Step]] = (
    recorded,
    guarded,
    in_time,
    configured,
    in_share,
    in_quota,
    shared,
    called,
)


def compose(at: Surroundings, steps: Sequence[Step] = STEPS) -> Inner:
    """Return the steps as one function; the first of the list is outermost."""
    inner: Inner = _end
    for step in reversed(steps):
        inner = _wrap(at, step, inner)
    return inner


def _wrap(at: Surroundings, step: Step, inner: Inner) -> Inner:
    def run(ask: Ask) -> Awaitable[Answer]:
        return step(at, ask, inner)

    return run


async def _end(ask: Ask) -> Answer:
    raise AssertionError(f"No step answered {ask.operation.name}.")


def _body(integration: Integration, ask: Ask, result: Result) -> bytes:
    """Return what travels; a result can be larger than the answer that it was made of.

    Raises:
        ReplyTooLarge: it is larger than a reply may be.
    """
    body = integration.redact.result(result.model_dump_json(exclude_none=True).encode())
    if len(body) > integration.largest:
        raise broken(TransportError("too_large", sent=True), ask.operation.kind)
    return body


def _doubt() -> OutcomeUnknown:
    return OutcomeUnknown(
        "The hub stopped while this call was under way. It may have happened: look before asking "
        "again with a new id."
    )
