"""Tokens are spent only from a reservation that the lease holds (design 4.1).

The lease keeps the bucket as it will be once the reserved tokens are gone. So whoever takes over
counts them as spent, whether the former owner spent them, will still do so, or never does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from clients._windows import ticks

HORIZON: Final = 1.5
"""Seconds for which a reservation is valid, on its owner's own clock."""

_Soon = Annotated[int, Field(le=ticks(HORIZON))]
_Amount = Annotated[int, Field(ge=0)]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Saved(BaseModel):
    """A bucket as it travels: times in nanoseconds from the plan, tokens in billionths."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    wall: float | None = None
    """The plan's moment, UTC seconds since 1970."""
    windows: dict[str, list[tuple[_Soon, _Amount]]] = Field(default_factory=dict)
    busy: list[tuple[int, _Count]] = Field(default_factory=list)
    paused: int = 0
    learned: dict[str, tuple[int, _Amount]] = Field(default_factory=dict)

    @classmethod
    def read(cls, state: Mapping[str, object]) -> "Saved":
        """Return what a lease told; of what does not read as a bucket, nothing."""
        try:
            return cls.model_validate(state)
        except ValidationError:
            return cls()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A reservation to be: its tokens may be spent once the lease holds its state."""

    at: float
    """Monotonic seconds of the owner; valid until `HORIZON` later."""
    tokens: float
    state: dict[str, object]
    """JSON: what the lease must hold."""


@dataclass(slots=True)
class Allowance:
    """What of a reservation is left."""

    until: float
    tokens: int
    calls: float = math.inf
    longest: float = math.inf
    """Seconds that a call from it may take."""

    def covers(self, cost: int, lasting: float) -> bool:
        """Tell whether such a call is inside it."""
        return cost <= self.tokens and self.calls >= 1 and lasting <= self.longest

    def spend(self, cost: int) -> None:
        """One call left."""
        self.tokens -= cost
        self.calls -= 1


class Ledger:
    """The confirmed reservation, and those on their way to the lease.

    Either may be what a successor finds, so a call has to be inside all of them. A new ledger
    allows everything; a revoked one nothing.
    """

    def __init__(self) -> None:
        self._confirmed: Allowance | None = None
        self._planned: dict[Plan, Allowance] = {}
        self._standing: list[Allowance] = []

    def plan(self, plan: Plan, allowance: Allowance) -> None:
        """A state is about to be written into the lease."""
        self._planned[plan] = allowance
        self._standing.append(allowance)

    def confirm(self, plan: Plan) -> None:
        """The lease holds that state, and none before it; plans of an earlier reign are void."""
        if plan in self._planned:
            self._confirmed = self._planned[plan]
            order = list(self._planned)
            for settled in order[: order.index(plan) + 1]:
                del self._planned[settled]
            self._standing = [self._confirmed, *self._planned.values()]

    def revoke(self) -> None:
        """The lease is lost."""
        self._confirmed = Allowance(-math.inf, 0)
        self._planned = {}
        self._standing = [self._confirmed]

    def valid(self, now: float) -> bool:
        """Tell whether the confirmed reservation still is."""
        return self._confirmed is None or now < self._confirmed.until

    def covers(self, now: float, cost: int, lasting: float) -> bool:
        """Tell whether such a call may leave now."""
        return self.valid(now) and all(one.covers(cost, lasting) for one in self._standing)

    def spend(self, cost: int) -> None:
        """One call left."""
        for one in self._standing:
            one.spend(cost)
