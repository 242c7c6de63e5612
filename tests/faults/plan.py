"""What a run will do, from its seed alone: the requests in their order, and the faults. Pure."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.faults.lanes import BUSY, LANES, LIMITED, Lane, token
from tests.support.doom import POINTS

HUBS: Final = ("a", "b", "c")
ENDS: Final = (*HUBS, "agents")
"""Whose connections to the broker a network fault can befall: a hub's, or half of the agents'."""
AGENTS: Final = 14
"""Agents on plain aio-pika."""
SDK_AGENTS: Final = 4
HOSTILE: Final = 0.01
"""Share of the requests that are malformed or hostile (F18)."""
AGAIN: Final = 0.05
"""Share that its agent publishes a second time, for no reason (F15)."""
KEYED: Final = 0.2
"""Share of the reads that ask for a record."""
DEADLINES: Final = 0.03
"""Share that has a deadline, where a lane has none of its own."""

HELD: Final = 0.3
"""Share of the killed hubs whose last words are held back: the broker never hears them."""
BEFORE: Final = 300
AFTER: Final = 500
"""Around each fault so many requests ask the limited upstreams for more than their limit."""
_EVEN: Final = [lane.share for lane in LANES]
_CROWDED: Final = [lane.share * (3 if lane.vendor in LIMITED else 1) for lane in LANES]
_SPARED: Final = [0 if lane.vendor in LIMITED else lane.share for lane in LANES]

Value = str | float | int


@dataclass(frozen=True)
class Fault:
    """One fault: `at` is the number of the request that it begins with."""

    id: str
    kind: str
    at: int
    params: dict[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name} {value}" for name, value in self.params.items())
        return f"{self.id} {NAMES[self.kind]}{': ' if told else ''}{told}"


@dataclass(frozen=True)
class Asked:
    """One request: its number is its place in the plan."""

    number: int
    agent: int
    lane: Lane
    keyed: bool = False
    """Whether it comes with an ``idempotency-key``."""
    again: float | None = None
    """Seconds after which its agent publishes it a second time."""
    within: float | None = None
    """Seconds from its first publish to its deadline."""
    hostile: int | None = None
    """Which of the malformed ones it is, modulo how many there are."""

    @property
    def token(self) -> str:
        return token(self.number)


NAMES: Final = {
    "F1": "broker killed and restarted",
    "F2": "all connections closed by the broker",
    "F3": "broker frozen",
    "F4": "one direction of the network silent",
    "F5": "connections reset",
    "F6": "connections cut after N bytes",
    "F7": "network slow",
    "F8": "memory alarm",
    "F9": "an agent's reply queue deleted",
    "F11": "hub killed",
    "F12": "hub told to stop, and replaced",
    "F13": "hub frozen",
    "F14": "vendor misbehaves",
    "F15": "agent dies, and comes back",
}
CORE: Final = ("F1", "F2", "F3", "F4", "F5", "F11", "F12", "F13", "F14", "F8")
"""A run of ten faults has these."""
DECK: Final = (
    *CORE,
    *("F1", "F5", "F6", "F7", "F9", "F11", "F11", "F11", "F13", "F14", "F14", "F14", "F15"),
)
"""A longer one goes on with these, shuffled again and again."""

MANNERS: Final = (
    *("refuse", "close", "reset", "half", "hang", "slow", "drip", "throttled", "moved"),
    *("text", "huge", "500", "502", "503"),
)


_HAS: Final = {
    "F3": "seconds",
    "F4": "of way seconds bytes",
    "F5": "of",
    "F6": "of way after cuts",
    "F7": "of delay seconds",
    "F8": "seconds",
    "F9": "agent",
    "F11": "hub point nth",
    "F12": "hub",
    "F13": "hub seconds",
    "F14": "vendor how share seconds",
    "F15": "agent",
}
"""The parameters of each kind."""


@dataclass(frozen=True)
class Plan:
    """A whole run."""

    seed: int
    requests: int
    faults: tuple[Fault, ...]

    def asked(self) -> Iterator[Asked]:
        """Return the requests, in the order in which agents ask."""
        chance = random.Random(f"{self.seed}:requests")  # noqa: S311  (a plan, no secret)
        for number in range(self.requests):
            lane = chance.choices(LANES, self._weights(number))[0]
            yield _asked(number, lane, chance)

    def _weights(self, number: int) -> list[int]:
        """Return what is asked for here: a hub that is silenced has had nothing to reserve for."""
        for fault in self.faults:
            silenced = "held" in fault.params
            if -2 * BEFORE < number - fault.at <= 0 and silenced:
                return _SPARED
            if (0 if silenced else -BEFORE) < number - fault.at < AFTER:
                return _CROWDED
        return _EVEN


def make(seed: int, requests: int, faults: int, kinds: Sequence[str] = ()) -> Plan:
    """Return the plan of a seed: faults come one after the other, evenly spread.

    With `kinds` it has those only, again and again.
    """
    chance = random.Random(f"{seed}:faults")  # noqa: S311  (a plan, no secret)
    dealt = _dealt(faults, chance, kinds)
    step = requests / (faults + 1)
    made = []
    for place, kind in enumerate(dealt, 1):
        number = dealt[:place].count(kind)
        params = _params(kind, chance)
        made.append(Fault(f"{kind}-{number}", kind, round(place * step), params))
    return Plan(seed, requests, tuple(made))


def _dealt(count: int, chance: random.Random, kinds: Sequence[str]) -> list[str]:
    dealt: list[str] = []
    while len(dealt) < count:
        deck = list(kinds or (DECK if dealt else CORE))
        chance.shuffle(deck)
        dealt += deck
    return dealt[:count]


def _params(kind: str, chance: random.Random) -> dict[str, Value]:
    how = chance.choice(MANNERS)
    every: dict[str, Value] = {
        "hub": chance.choice(HUBS),
        "of": chance.choice(ENDS),
        "agent": chance.randrange(AGENTS),
        "way": chance.choice(("up", "down")),
        "bytes": chance.choice(("late", "gone")),
        "after": chance.randrange(1, 4096),
        "cuts": 4,
        "delay": round(chance.uniform(0.05, 0.5), 2),
        "point": chance.choice(POINTS),
        "nth": chance.randrange(2, 7),
        "vendor": chance.choice(BUSY),
        "how": how,
        "share": 1.0 if how == "refuse" else round(chance.uniform(0.1, 0.3), 2),
        "seconds": round(chance.uniform(6, 10), 1),
    }
    if kind == "F11" and chance.random() < HELD:
        return {"hub": every["hub"], "held": 1.2}
    return {name: every[name] for name in _HAS.get(kind, "").split()}


def _asked(number: int, lane: Lane, chance: random.Random) -> Asked:
    rolls = [chance.random() for _ in range(4)]
    hostile = chance.randrange(10**6) if rolls[1] < HOSTILE else None
    plain = lane.deadlines or hostile is not None or rolls[0] < DEADLINES
    agent = chance.randrange(AGENTS if plain else AGENTS + SDK_AGENTS)
    within = None
    if lane.deadlines:
        within = chance.uniform(*lane.deadlines)
    elif rolls[0] < DEADLINES:
        within = chance.uniform(0.2, 15.0)
    again = chance.uniform(0, 3) if rolls[2] < AGAIN else None
    keyed = lane.kind != "safe" or rolls[3] < KEYED
    return Asked(number, agent, lane, keyed, again, within, hostile)
