"""The door of one upstream: nobody sends without passing its breaker and its bucket, in turn.

A call passes twice. `enter` lets it in when its turn comes, up to `EARLY` before its tokens are
there: meanwhile it is recorded and gets its connection. `depart` spends the tokens in the moment
in which it leaves. So calls that were held up on the way do not leave together.
"""

import asyncio
import contextlib
import math
from collections.abc import Callable, Iterator
from typing import Final

from clients._breaker import Breaker
from clients._call import Call
from clients._clock import Clock, Timer
from clients._exit import Entry, Exit, latest
from clients._fair import FairQueue
from clients._limits import Bucket
from contracts import CircuitOpen, Expired, Facts, Failure, WouldMissDeadline

EARLY: Final = 0.25
"""Seconds that a call has to get ready before its tokens are there."""

_SHORTEST_NAP: Final = 0.001


class HandedBack(Exception):
    """Whoever is given the request next makes the call: this hub lost the lease or its delivery."""


_Waiter = tuple[Call, "asyncio.Future[Entry]"]


class Gate:
    """Lets calls through one by one, as breaker, bucket and the order of agents allow.

    `starved` is called when tokens are there but none is reserved: the owner then renews the
    lease, and calls `pump` once that is confirmed. At most so many calls are inside as there are
    `connections`: more would only wait for one.
    """

    def __init__(
        self, bucket: Bucket, breaker: Breaker, clock: Clock, connections: float = math.inf
    ) -> None:
        self.bucket = bucket
        self.breaker = breaker
        self.starved: Callable[[], None] = lambda: None
        self._clock = clock
        self._queue: FairQueue[_Waiter] = FairQueue()
        self._exit = Exit(bucket, lambda: self.starved())  # noqa: PLW0108  (set later)
        self._timer: Timer | None = None
        self._open = True
        self._free = connections

    def __len__(self) -> int:
        """How many wait for their turn."""
        return len(self._queue)

    async def enter(self, call: Call) -> Entry:
        """Return when it is this call's turn to get ready; what is returned has to `leave`.

        Raises:
            WouldMissDeadline: the bucket cannot serve it before its last moment.
            CircuitOpen: the breaker will not let anything through before its last moment.
            Expired: its last moment came while it waited.
            HandedBack: the gate is closed, or the call is recalled; not once it has acted.
        """
        if call.recalled or not (self._open or call.doubt):
            raise HandedBack
        now = self._clock.now()
        last = call.last_moment()
        if last is not None and last <= now:
            raise Expired("The deadline passed before the request could be sent.")
        if self._queue or (last is not None and self._refusal(call, now, 0.0)):
            return await self._wait(call, now)
        return self._admit(call, now) or await self._wait(call, now)

    async def depart(self, entry: Entry) -> bool:
        """Return in the moment in which the attempt may leave, its tokens spent.

        False if it may not any more: it is too late for it, the gate was closed, it was recalled,
        or everyone has to wait for longer.
        """
        now = self._clock.now()
        if not self._open or entry.call.recalled or latest(entry.call, now) <= now:
            return False
        if not self._exit and self._exit.pay(entry, now):
            return True
        ready = self._exit.stand(entry)
        self.pump()
        try:
            return await ready
        finally:
            entry.call.waited += self._clock.now() - now

    def leave(self, entry: Entry) -> None:
        """The attempt is over: free its slot, tell the breaker."""
        self._free += 1
        if entry.until is None:
            self._exit.forget(entry)
        else:
            self.bucket.finish(entry.until)
        if entry.well is None:
            self.breaker.abandoned(entry.turn)
        elif entry.well:
            self.breaker.succeeded(entry.turn)
        else:
            self.breaker.failed(entry.turn, self._clock.now())
            self.review()
        if self._queue or self._exit:
            self.pump()

    def pause(self, seconds: float) -> None:
        """Let nothing through for so long; who cannot wait that long is told now."""
        now = self._clock.now()
        self.bucket.pause(now + seconds)
        self.review()
        self._look_again(now)

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
        spent, self._exit.spent = self._exit.spent, 0.0
        return self._queue.cost + self._exit.owed + 3 * spent

    @property
    def busy(self) -> bool:
        """Whether anyone waits, or went since the last reservation."""
        return bool(self._queue) or self._exit.inside > 0 or self._exit.spent > 0

    def pump(self) -> None:
        """Let through who may go now; see to it that somebody looks again for the rest."""
        now = self._clock.now()
        self._exit.pump(now)
        while self._queue:
            call, future = self._queue.peek()
            if future.done():
                self._queue.pop()
            elif entry := self._admit(call, now):
                self._queue.pop()
                future.set_result(entry)
            else:
                break
        self._look_again(now)

    def open(self) -> None:
        """Let calls in: this hub owns the integration."""
        self._open = True
        self.pump()

    def close(self) -> None:
        """Let nobody in or out; whoever waits is handed back.

        What has acted waits on: whoever is given its request could only say that nobody knows
        what became of it, and this hub may open again in time.
        """
        self._open = False
        if self._timer:
            self._timer.cancel()
        self._exit.turn_back()
        for place, (call, future) in list(self._queue.entries()):
            if not call.doubt:
                self._queue.remove(place)
                _refuse(future, HandedBack())

    async def _wait(self, call: Call, now: float) -> Entry:
        ahead = self._queue.ahead_of(call.user)
        if refusal := self._refusal(call, now, ahead):
            raise refusal
        if call.on_wait:
            call.on_wait(self._queue.place_of(call.user), self._delay(now, call.cost, ahead))
        future: asyncio.Future[Entry] = asyncio.get_running_loop().create_future()
        place = self._queue.push(call.user, call.cost, (call, future))
        alarm = self._alarm(call, future, now)
        try:
            self.pump()
            with _recallable(call, future):
                return await future
        except asyncio.CancelledError:
            if not future.cancelled() and not future.exception():
                self.leave(future.result())  # it was let in in the same moment
            raise
        finally:
            if alarm:
                alarm.cancel()
            self._queue.remove(place)
            call.waited += self._clock.now() - now

    def _admit(self, call: Call, now: float) -> Entry | None:
        if not self._room(now) or self.bucket.wait(now, call.cost, self._exit.owed) > EARLY:
            return None
        turn = self.breaker.admit(now)
        if not turn:
            return None
        self._free -= 1
        entry = Entry(call, turn)
        self._exit.expect(entry)
        if not self.bucket.valid(now):
            self.starved()  # the lease is renewed while the call gets ready
        return entry

    def _room(self, now: float) -> bool:
        return self._open and self._free > 0 and self.bucket.slots(now) > self._exit.inside

    def _delay(self, now: float, cost: float, ahead: float) -> float:
        wait = self.bucket.wait(now, cost, ahead + self._exit.owed)
        return max(wait, self.breaker.retry_at - now, 0.0)

    def _refusal(self, call: Call, now: float, ahead: float) -> Failure | None:
        wait = self.bucket.wait(now, call.cost, ahead + self._exit.owed)
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

    def _look_again(self, now: float) -> None:
        nap = min(self._exit.nap(now), self._nap_of_next(now))
        if self._timer:
            self._timer.cancel()
        if nap < math.inf:
            self._timer = self._clock.later(max(nap, _SHORTEST_NAP), self.pump)

    def _nap_of_next(self, now: float) -> float:
        if not (self._open and self._queue) or self._free <= 0:
            return math.inf  # whoever opens it, or leaves, looks
        if not self._room(now):
            return self.bucket.frees(now) or math.inf
        early = self.bucket.wait(now, self._queue.peek()[0].cost, self._exit.owed) - EARLY
        return max(early, self.breaker.retry_at - now)


@contextlib.contextmanager
def _recallable(call: Call, future: "asyncio.Future[Entry]") -> Iterator[None]:
    """Hand a call back that is recalled while it waits."""
    if call.recall is None or call.sent:
        yield
        return

    def hand_back(_: object) -> None:
        _refuse(future, HandedBack())

    call.recall.add_done_callback(hand_back)
    try:
        yield
    finally:
        call.recall.remove_done_callback(hand_back)


def _refuse(future: "asyncio.Future[Entry]", failure: Exception) -> None:
    if not future.done():
        future.set_exception(failure)
