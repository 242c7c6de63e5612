"""The door of one upstream: nobody sends without passing its breaker and its bucket, in turn."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from clients._breaker import Breaker
from clients._call import Call
from clients._clock import Clock, Timer
from clients._fair import FairQueue
from clients._limits import Bucket
from contracts import CircuitOpen, Expired, Facts, Failure, WouldMissDeadline

_SHORTEST_NAP: Final = 0.001


class HandedBack(Exception):
    """This hub no longer owns the integration: whoever does now makes the call."""


@dataclass(slots=True)
class Entry:
    """The right to make one attempt; handed back with what came of it."""

    until: float
    """When the attempt is over at the latest."""
    cost: float
    """Tokens."""
    turn: int
    """The breaker's."""
    reign: int
    """The time of ownership in which it was given."""
    paid: bool = False
    """Whether its tokens are spent; until then they are put aside."""
    well: bool | None = None
    """Whether the upstream works; None: the attempt told nothing."""


_Waiter = tuple[Call, "asyncio.Future[Entry]"]


class Gate:
    """Lets calls through one by one, as breaker, bucket and the order of agents allow.

    `starved` is called when tokens are there but none is reserved: the owner then renews the
    lease, and calls `pump` once that is confirmed.
    """

    def __init__(
        self, bucket: Bucket, breaker: Breaker, clock: Clock, connections: float = math.inf
    ) -> None:
        """At most so many calls are under way as there are `connections`.

        More would wait for one with their tokens spent, and leave all at once when it is free.
        """
        self.bucket = bucket
        self.breaker = breaker
        self.starved: Callable[[], None] = lambda: None
        self._clock = clock
        self._queue: FairQueue[_Waiter] = FairQueue()
        self._timer: Timer | None = None
        self._open = True
        self._spent = 0.0
        self._free = connections
        self._reign = 0

    def __len__(self) -> int:
        """How many wait."""
        return len(self._queue)

    async def enter(self, call: Call) -> Entry:
        """Return when tokens are put aside for this call; what is returned has to `leave`.

        Raises:
            WouldMissDeadline: the bucket cannot serve it before its last moment.
            CircuitOpen: the breaker will not let anything through before its last moment.
            Expired: its last moment came while it waited.
            HandedBack: the gate is closed.
        """
        if not self._open:
            raise HandedBack
        now = self._clock.now()
        last = call.last_moment()
        if last is not None and last <= now:
            raise Expired("The deadline passed before the request could be sent.")
        entry = None if self._queue else self._take(call, now)
        return entry or await self._wait(call, now)

    def depart(self, entry: Entry) -> bool:
        """Spend the tokens: the attempt leaves in this moment. False if it may not any more."""
        if entry.reign != self._reign or not self.bucket.valid(self._clock.now()):
            return False
        self.pay(entry)
        return True

    def pay(self, entry: Entry) -> None:
        """Spend the tokens, if they are not spent: the attempt was made."""
        if not entry.paid:
            entry.paid = True
            self.bucket.spend(self._clock.now(), entry.cost)

    def leave(self, entry: Entry) -> None:
        """The attempt is over: free its slot, tell the breaker."""
        self._free += 1
        if not entry.paid:
            self.bucket.put_back(entry.cost)
        self.bucket.finish(entry.until)
        if entry.well is None:
            self.breaker.abandoned(entry.turn)
        elif entry.well:
            self.breaker.succeeded(entry.turn)
        else:
            self.breaker.failed(entry.turn, self._clock.now())
            self.review()
        if self._queue:
            self.pump()

    def pause(self, seconds: float) -> None:
        """Let nothing through for so long; who cannot wait that long is told now."""
        self.bucket.pause(self._clock.now() + seconds)
        self.review()

    def review(self) -> None:
        """Tell everyone whose last moment has become too early."""
        now, ahead = self._clock.now(), 0.0
        for place, (call, future) in list(self._queue.entries()):
            if refusal := self._refusal(call, now, ahead):
                self._queue.remove(place)
                _refuse(future, refusal)
            else:
                ahead += call.cost

    def eta(self, cost: float = 1.0) -> float:
        """Return the seconds a call that came now would wait."""
        return self._delay(self._clock.now(), cost, self._queue.cost)

    def wanted(self) -> float:
        """Return the tokens worth reserving: those waited for, and as many as went of late."""
        spent, self._spent = self._spent, 0.0
        return self._queue.cost + 3 * spent

    @property
    def busy(self) -> bool:
        """Whether anyone waits, or went since the last reservation."""
        return bool(self._queue) or self._spent > 0

    def pump(self) -> None:
        """Let through who may go now; see to it that somebody looks again for the rest."""
        now = self._clock.now()
        while self._queue:
            call, future = self._queue.peek()
            if future.done():
                self._queue.pop()
            elif entry := self._take(call, now):
                self._queue.pop()
                future.set_result(entry)
            else:
                self._look_again(now, call)
                return

    def open(self) -> None:
        """Let calls in: this hub owns the integration."""
        self._open = True

    def close(self) -> None:
        """Let nobody in, and nobody leave who has not left; whoever waits is handed back."""
        self._open = False
        self._reign += 1
        if self._timer:
            self._timer.cancel()
        for place, (_, future) in list(self._queue.entries()):
            self._queue.remove(place)
            _refuse(future, HandedBack())

    async def _wait(self, call: Call, now: float) -> Entry:
        ahead = self._queue.ahead_of(call.user)
        if refusal := self._refusal(call, now, ahead):
            raise refusal
        if call.on_wait:
            call.on_wait(len(self._queue), self._delay(now, call.cost, ahead))
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        place = self._queue.push(call.user, call.cost, (call, future))
        alarm = self._alarm(call, future, now)
        try:
            self.pump()
            return await future
        except asyncio.CancelledError:
            if not future.cancelled() and not future.exception():
                self.leave(future.result())  # it was let through in the same moment
            raise
        finally:
            if alarm:
                alarm.cancel()
            self._queue.remove(place)
            call.waited += self._clock.now() - now

    def _take(self, call: Call, now: float) -> Entry | None:
        turn = self.breaker.admit(now) if self._free else 0
        if not turn:
            return None
        until = self._latest(call, now)
        if not self.bucket.put_aside(now, call.cost, until):
            self.breaker.abandoned(turn)
            return None
        call.begin(now)
        call.tokens_left = self.bucket.left(now)
        self._spent += call.cost
        self._free -= 1
        return Entry(until, call.cost, turn, self._reign)

    def _latest(self, call: Call, now: float) -> float:
        bounds = [now + call.timeout, call.ends, call.deadline]
        return min(bound for bound in bounds if bound is not None)

    def _delay(self, now: float, cost: float, ahead: float) -> float:
        return max(self.bucket.wait(now, cost, ahead), self.breaker.retry_at - now, 0.0)

    def _refusal(self, call: Call, now: float, ahead: float) -> Failure | None:
        wait = self.bucket.wait(now, call.cost, ahead)
        last = call.last_moment()
        if wait == math.inf:
            return WouldMissDeadline("The configured limit is smaller than the cost of this call.")
        if last is None:
            return None
        if self.breaker.retry_at > last:
            after = self.breaker.retry_at - now
            text = f"The upstream is known to be down; the next try is in {after:.1f} s."
            return CircuitOpen(text, Facts(retry_after=after))
        if now + wait > last:
            text = f"The limit allows it in {wait:.1f} s, after the deadline."
            return WouldMissDeadline(text, Facts(retry_after=wait))
        return None

    def _alarm(self, call: Call, future: "asyncio.Future[Entry]", now: float) -> Timer | None:
        last = call.last_moment()
        if last is None:
            return None
        expired = Expired("The deadline passed while the request waited for its turn.")
        return self._clock.later(last - now, lambda: _refuse(future, expired))

    def _look_again(self, now: float, call: Call) -> None:
        if not self._free:
            return  # whoever leaves looks
        held = self.bucket.held(now, call.cost, self._latest(call, now))
        delay = self._delay(now, call.cost, 0.0)
        if held == "lease" and delay <= 0.0:
            self.starved()
            return
        if held == "slots":
            delay = max(delay, self.bucket.frees(now))
        if self._timer:
            self._timer.cancel()
        self._timer = self._clock.later(max(delay, _SHORTEST_NAP), self.pump)


def _refuse(future: "asyncio.Future[Entry]", failure: Exception) -> None:
    if not future.done():
        future.set_exception(failure)
