"""Answers that may be served again for a while, of all integrations, in so many bytes."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

from service.answer import Answer

MOST_KEPT: Final = 32 * 1024 * 1024
"""Bytes of answers that a hub keeps."""

EACH: Final = 512
"""Bytes that keeping an answer takes besides its body."""


class Cache:
    """What all shelves keep together.

    Where that is too much, the fullest shelf loses what ends first: no integration's answers push
    out those of one that keeps fewer.
    """

    def __init__(self, now: Callable[[], float], most: int = MOST_KEPT) -> None:
        self._now = now
        self._most = most
        self._shelves: list[Shelf] = []

    def shelf(self) -> "Shelf":
        """Return a new shelf: one for each integration."""
        shelf = Shelf(self._now, self._make_room)
        self._shelves.append(shelf)
        return shelf

    def _make_room(self, size: int) -> bool:
        """Drop what is over, and then what has to go; tell whether so many bytes fit."""
        if size > self._most:
            return False
        if self._held() + size > self._most:
            for shelf in self._shelves:
                shelf.drop_ended()
        while self._held() + size > self._most:
            max(self._shelves, key=lambda one: one.held).drop_first()
        return True

    def _held(self) -> int:
        return sum(shelf.held for shelf in self._shelves)


class Shelf:
    """The answers of one integration, by fingerprint."""

    def __init__(self, now: Callable[[], float], make_room: Callable[[int], bool]) -> None:
        self._now = now
        self._make_room = make_room
        self._answers: dict[bytes, Answer] = {}
        self._ends: list[tuple[float, bytes]] = []
        self.held = 0
        """Bytes."""

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, fingerprint: bytes) -> Answer | None:
        """Return the answer, if it is kept and may still be served."""
        self.drop_ended()
        return self._answers.get(fingerprint)

    def keep(self, fingerprint: bytes, answer: Answer, ttl: float) -> None:
        """Keep an answer for so many seconds, if there is room; one that is kept stays."""
        self.drop_ended()
        size = _size(answer)
        if fingerprint not in self._answers and self._make_room(size):
            self._answers[fingerprint] = answer
            heappush(self._ends, (self._now() + ttl, fingerprint))
            self.held += size

    def drop_ended(self) -> None:
        """Drop all that may not be served any more."""
        now = self._now()
        while self._ends and self._ends[0][0] <= now:
            self.drop_first()

    def drop_first(self) -> None:
        """Drop what ends first."""
        _, fingerprint = heappop(self._ends)
        self.held -= _size(self._answers.pop(fingerprint))


def _size(answer: Answer) -> int:
    return EACH + len(answer.body)
