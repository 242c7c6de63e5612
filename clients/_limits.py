"""The token bucket of one upstream: pure, told the time, exact.

Several windows at once, a cost per call, a cap on calls in flight, pauses, what the vendor's
headers say, and reservations through the lease.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Final, Literal

from clients._flight import InFlight
from clients._learned import Learned
from clients._rates import (
    DAY,
    HOUR,
    MINUTE,
    MONTH,
    SECOND,
    Concurrency,
    Limits,
    Rate,
    limits_of,
    parse_limits,
)
from clients._reserve import HORIZON, Allowance, Ledger, Plan, Saved
from clients._signals import Seen
from clients._windows import NANO, Spend, Window, ticks, units, window

__all__ = [
    "DAY",
    "HORIZON",
    "HOUR",
    "MINUTE",
    "MONTH",
    "SECOND",
    "Bucket",
    "Concurrency",
    "Held",
    "Limits",
    "Plan",
    "Rate",
    "limits_of",
    "parse_limits",
]

Held = Literal["", "limit", "slots", "lease"]
"""What holds a call back: nothing, a window or pause, the cap on calls in flight, the lease."""

_SKEW: Final = 2.0
_PATIENCE: Final = ticks(10.0)
_LONG_CALL: Final = 30.0


class Bucket:
    """All that one upstream allows.

    `now` is monotonic seconds, `wall` UTC seconds since 1970, costs are tokens above 0. Without
    `plan` and `revoke` nothing has to be reserved.
    """

    def __init__(self, rates: Iterable[Rate] = (), concurrency: int | None = None) -> None:
        self._rates = {str(rate): rate for rate in rates}
        self._windows = [window(rate) for rate in self._rates.values()]
        self._learned = Learned(min((rate.per for rate in self._rates.values()), default=SECOND))
        self._flight = InFlight(concurrency)
        self._ledger = Ledger()
        self._paused = 0
        self._asked = NANO
        self._longest = _LONG_CALL
        self._wall_lead = -math.inf

    def wait(self, now: float, cost: float = 1.0, ahead: float = 0.0) -> float:
        """Return the seconds until `cost` can be taken, `ahead` tokens of others before it.

        0.0 is now, infinity never. Exact with one window, a lower bound with several. Calls in
        flight and the lease do not count: their end is an event, not a time (`held`).
        """
        own = units(cost)
        if any(own > one.capacity for one in self._windows):
            return math.inf
        need = own + (units(ahead) if ahead > 0 else 0)
        tick = ticks(now)
        start = max(tick, self._paused)
        ready = [one.ready(start, need) for one in self._windows]
        return _delay(now, max(start, self._learned.ready(tick, need), *ready))

    def held(self, now: float, cost: float, until: float) -> Held:
        """Return what keeps a call that ends by `until` from leaving now."""
        return self._held(now, ticks(now), units(cost), until)

    def take(self, now: float, cost: float, until: float) -> bool:
        """Spend, if nothing holds the call back; by `until` it will be over."""
        tick, spent = ticks(now), units(cost)
        self._longest = max(self._longest, until - now)
        if self._held(now, tick, spent, until):
            self._asked = spent
            return False
        for one in self._windows:
            one.spend(tick, spent)
        self._learned.spend(spent)
        self._ledger.spend(spent)
        self._flight.add(until, spent)
        return True

    def finish(self, until: float) -> None:
        """The call that was to be over by `until` is."""
        self._flight.finish(until)

    def slots(self, now: float) -> float:
        """Return how many more calls may be in flight; infinity where there is no cap."""
        return self._flight.free(now)

    def frees(self, now: float) -> float:
        """Return the seconds after which a slot of the cap on calls in flight is free at most."""
        return self._flight.frees(now)

    def pause(self, until: float) -> None:
        """Let nothing through before `until`; a longer pause stays."""
        self._paused = max(self._paused, math.ceil(until * NANO))

    def observe(self, now: float, seen: Seen, cost: float = 0.0) -> None:
        """Hear what a vendor's answer says is left.

        `cost` is that of the answered call itself, where it is not finished yet: it is counted.
        """
        uncounted = self._flight.cost(now) - (units(cost) if cost else 0)
        self._learned.observe(ticks(now), seen, max(0, uncounted))

    def left(self, now: float) -> float:
        """Return the tokens that the limits have left now, reserved or not; infinity if no end."""
        tick = ticks(now)
        if tick < self._paused or self._flight.full(now):
            return 0.0
        learned = self._learned.left(tick)
        levels = [one.level(tick) for one in self._windows]
        least = min(levels if learned is None else [*levels, learned], default=None)
        return math.inf if least is None else least / NANO

    def plan(self, now: float, wall: float, want: float) -> Plan:
        """Reserve what of `want` tokens can be granted within `HORIZON`; spent as late as then.

        In steps of the last refused call's cost. Of windows of an hour or more only a hundredth,
        at least one step: that much is lost when the owner is.
        """
        at, late = ticks(now), ticks(now + HORIZON)
        tokens = self._grantable(at, late, units(want)) if want > 0 else 0
        calls, cap = -(-tokens // NANO), self._flight.cap
        self._wall_lead = max(self._wall_lead, wall - now)
        saved = Saved.model_construct(
            wall=now + self._wall_lead,
            windows={
                name: one.save(at, late, tokens)
                for name, one in zip(self._rates, self._windows, strict=True)
            },
            busy=self._flight.save(now, min(calls, cap or 0), HORIZON + self._longest),
            paused=max(0, self._paused - at),
            learned=self._learned.save(at),
        )
        plan = Plan(now, tokens / NANO, saved.model_dump(mode="json"))
        free = cap is None or calls >= cap
        self._ledger.plan(
            plan,
            Allowance(
                now + HORIZON,
                tokens,
                math.inf if free else calls,
                math.inf if cap is None else self._longest,
            ),
        )
        return plan

    def confirm(self, plan: Plan) -> None:
        """The lease holds the plan's state: its tokens may be spent until `HORIZON` after it."""
        self._ledger.confirm(plan)

    def revoke(self) -> None:
        """The lease is lost: nothing may be spent until a plan made from now on is confirmed."""
        self._ledger.revoke()

    def valid(self, now: float) -> bool:
        """Tell whether the reservation still counts; looked at right before each attempt."""
        return self._ledger.valid(now)

    def restore(self, now: float, wall: float, state: Mapping[str, object]) -> None:
        """Take over from an owner that left `state`: all that it had reserved is spent.

        Ages count from now, of windows of a day or more by wall clock. A window that the state
        does not know starts with what the others know was spent; empty, where that costs 10 s at
        most. Nothing may be spent until a plan is confirmed.
        """
        self.revoke()
        saved, at = Saved.read(state), ticks(now)
        aged = 0 if saved.wall is None else max(0, ticks(wall - saved.wall - _SKEW))
        for (name, rate), one in zip(self._rates.items(), self._windows, strict=True):
            if (spends := saved.windows.get(name)) is None:
                one.load(at, _assumed(one, at, saved))
            else:
                one.load(at - (aged if rate.per >= DAY else 0), spends)
        self._flight.load(now, saved.busy)
        self._paused = max(self._paused, at + saved.paused - aged)
        self._learned.load(at - aged, saved.learned)

    def _held(self, now: float, tick: int, cost: int, until: float) -> Held:
        if tick < self._paused or self._learned.ready(tick, cost) > tick:
            return "limit"
        for one in self._windows:
            if one.level(tick) < cost:
                return "limit"
        if self._flight.full(now):
            return "slots"
        return "" if self._ledger.covers(now, cost, until - now) else "lease"

    def _grantable(self, at: int, late: int, want: int) -> int:
        start = max(at, self._paused)
        if start >= late:
            return 0
        step = min(self._asked, want)
        tokens = min([want, *self._bounds(start, late, step)])
        return tokens - tokens % step

    def _bounds(self, start: int, late: int, step: int) -> list[int]:
        bounds = [one.grantable(start, late) for one in self._windows]
        long = (rate for rate in self._rates.values() if rate.per >= HOUR)
        bounds += [max(step, units(max(1, rate.calls // 100))) for rate in long]
        learned = self._learned.left(late)
        return bounds if learned is None else [*bounds, learned]


def _assumed(one: Window, at: int, saved: Saved) -> list[Spend]:
    if one.first <= _PATIENCE:
        return [(0, one.capacity)]
    known = [one.save(at, at, 0), *saved.windows.values()]
    return max(known, key=lambda spends: sum(tokens for _, tokens in spends))


def _delay(now: float, tick: int) -> float:
    """Return the seconds after which a clock that shows `now` shows `tick` or more."""
    if ticks(now) >= tick:
        return 0.0
    delay = tick / NANO - now
    while ticks(now + delay) < tick:
        delay += math.ulp(now + delay)
    return delay
