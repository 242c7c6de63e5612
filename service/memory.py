"""How many bytes of requests a hub holds in memory: all its desks share one amount."""

from typing import Final

MOST_HELD: Final = 16 * 1024 * 1024
"""Bytes of request bodies that a hub holds."""


class Memory:
    """What all desks of a hub may hold together.

    One half is divided among them, so that none is left without; the other half is lent to those
    that need more.
    """

    def __init__(self, desks: int = 1, most: int = MOST_HELD) -> None:
        self.own = most // 2 // desks
        """Bytes that each desk has for itself."""
        self.free = most - desks * self.own
        """Bytes to lend; below 0 while a body is held that is larger than all of them."""


class Share:
    """What one desk holds of it."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._held = 0

    def take(self, size: int) -> bool:
        """Hold so many bytes more, if they fit; a desk that holds nothing may hold any body."""
        lent = self._lent(self._held, self._held + size)
        if lent and self._held and lent > self._memory.free:
            return False
        self._change(size, lent)
        return True

    def give_back(self, size: int) -> None:
        """So many bytes are no longer held."""
        self._change(-size, self._lent(self._held, self._held - size))

    def _lent(self, before: int, after: int) -> int:
        own = self._memory.own
        if before <= own and after <= own:
            return 0
        return max(after, own) - max(before, own)

    def _change(self, size: int, lent: int) -> None:
        self._memory.free -= lent
        self._held += size
