"""Who goes next when tokens are short: each agent in turn, by what its calls cost.

Start-time fair queueing (Goyal, Vin, Cheng, 1996): a call starts, in virtual time, where its
agent's previous one ended; the earliest start goes first, then the earliest arrival.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(eq=False, slots=True)
class Waiting(Generic[T]):
    """Where an item waits."""

    user: str
    cost: float
    item: T
    starts: float
    """Virtual time."""
    turn: int
    """Order of arrival."""


class FairQueue(Generic[T]):
    """Items that wait for tokens; iterating goes through their places, next one first."""

    def __init__(self) -> None:
        self._keys: list[tuple[float, int]] = []
        self._costs: list[float] = []
        self._places: list[Waiting[T]] = []
        self._ends: dict[str, float] = {}
        self._now = 0.0
        self._turn = 0

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Waiting[T]]:
        return iter(self._places)

    @property
    def cost(self) -> float:
        """What all that wait cost together."""
        return sum(self._costs)

    def entries(self) -> Iterator[tuple[Waiting[T], T]]:
        """Go through places and items, next one first."""
        return ((place, place.item) for place in self._places)

    def push(self, user: str, cost: float, item: T) -> Waiting[T]:
        """Let an item wait its user's turn."""
        self._turn += 1
        place = Waiting(user, cost, item, 0.0, self._turn)
        self._insert(place)
        return place

    def peek(self) -> T:
        """Return the item whose turn it is.

        Raises:
            IndexError: nothing waits.
        """
        return self._places[0].item

    def pop(self) -> T:
        """Take out the item whose turn it is.

        Raises:
            IndexError: nothing waits.
        """
        place = self._delete(0)
        self._now = place.starts
        self._tidy()
        return place.item

    def remove(self, place: Waiting[T]) -> bool:
        """Take out an item that need not be served; its user's later ones move up.

        Returns whether it still waited.
        """
        index = bisect_left(self._keys, (place.starts, place.turn))
        if index == len(self._places) or self._places[index] is not place:
            return False
        later = [one for one in self._places[index + 1 :] if one.user == place.user]
        self._delete(index)
        self._ends[place.user] = place.starts
        for one in later:
            self._delete(bisect_left(self._keys, (one.starts, one.turn)))
            self._insert(one)
        self._tidy()
        return True

    def ahead(self, place: Waiting[T]) -> float:
        """Return what all that go before a place cost together."""
        return sum(self._costs[: bisect_left(self._keys, (place.starts, place.turn))])

    def place_of(self, user: str) -> int:
        """Return how many would go before a new item of this user."""
        return bisect_right(self._keys, (self._start(user), self._turn))

    def ahead_of(self, user: str) -> float:
        """Return what all that would go before a new item of this user cost together."""
        return sum(self._costs[: self.place_of(user)])

    def _start(self, user: str) -> float:
        return max(self._now, self._ends.get(user, 0.0))

    def _insert(self, place: Waiting[T]) -> None:
        place.starts = self._start(place.user)
        self._ends[place.user] = place.starts + place.cost
        key = (place.starts, place.turn)
        index = bisect_left(self._keys, key)
        self._keys.insert(index, key)
        self._costs.insert(index, place.cost)
        self._places.insert(index, place)

    def _delete(self, index: int) -> Waiting[T]:
        del self._keys[index], self._costs[index]
        return self._places.pop(index)

    def _tidy(self) -> None:
        """Forget users without a claim, so that they stay as few as those that wait."""
        if not self._places:
            self._now = 0.0
            self._ends = {}
        elif len(self._ends) > 2 * len(self._places) + 16:
            self._ends = {user: end for user, end in self._ends.items() if end > self._now}
