"""How long to wait before trying again: pure."""

import random
from typing import Final

SHORTEST: Final = 0.05
LONGEST: Final = 2.0


class Pauses:
    """Longer after each failure, in seconds; random, so that agents do not all come at once."""

    def __init__(self) -> None:
        self._most = SHORTEST

    def next(self, lasted: float = 0.0) -> float:
        """Return the next pause; after what went well for long enough they begin anew."""
        if lasted > LONGEST:
            self._most = SHORTEST
        pause = random.uniform(0, self._most)  # noqa: S311  (no secret)
        self._most = min(2 * self._most, LONGEST)
        return pause
