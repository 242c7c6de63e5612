"""What the vendor's answers said is left: it may lower what a bucket allows, never raise it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from clients._signals import Seen
from clients._windows import NANO, ticks

_JITTER: Final = NANO
"""Headers tell whole seconds, so the same moment is heard up to a second apart."""


@dataclass(slots=True)
class _Cap:
    resets: int
    left: int


class Learned:
    """At most so many tokens until a moment, for each header that says so."""

    def __init__(self, shortest: float) -> None:
        self._shortest = shortest
        self._caps: dict[str, _Cap] = {}

    def observe(self, now: int, said: Seen, uncounted: int) -> None:
        """Hear an answer; `uncounted` is the cost of calls that the vendor may not know of yet.

        Answers overtake each other, so one that allows more counts only where it tells of a later
        window. One without a reset counts for the shortest configured window.
        """
        reset_in = self._shortest if said.reset_in is None else said.reset_in
        left = max(0, int(said.remaining * NANO) - uncounted)
        heard = _Cap(now + ticks(reset_in), left)
        known = self._caps.get(said.name)
        later = known is None or known.resets <= now or heard.resets > known.resets + _JITTER
        if later or (known and heard.left < known.left):
            self._caps[said.name] = heard

    def left(self, now: int) -> int | None:
        """Return the least that is left; None where nothing is known."""
        known = [cap.left for cap in self._caps.values() if cap.resets > now]
        return min(known, default=None)

    def ready(self, now: int, need: int) -> int:
        """Return the earliest moment at which so many tokens may be gone."""
        moment = now
        for cap in self._caps.values():
            if cap.left < need:
                moment = max(moment, cap.resets)
        return moment

    def spend(self, cost: int) -> None:
        """Tokens are taken."""
        for cap in self._caps.values():
            cap.left = max(0, cap.left - cost)

    def save(self, at: int) -> dict[str, tuple[int, int]]:
        """Return for each header when it resets, from `at`, and what is left until then."""
        caps = self._caps.items()
        return {name: (cap.resets - at, cap.left) for name, cap in caps if cap.resets > at}

    def load(self, at: int, saved: Mapping[str, tuple[int, int]]) -> None:
        """Become what was saved, its times counted from `at`."""
        self._caps = {name: _Cap(at + resets, left) for name, (resets, left) in saved.items()}
