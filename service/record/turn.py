"""Hubs that share an SQLite file write to it in turn.

SQLite has no turns: who finds the file locked sleeps and looks again, up to 0.1 s later, and who
has just committed has locked it again meanwhile; so one of two busy hubs waited for seconds
(https://www.sqlite.org/c3ref/busy_timeout.html). The system's own locks wake who waits.
"""

import os
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from threading import Lock, Thread
from typing import Final

PATIENCE: Final = 1.0
"""Seconds to wait for a turn: a hub that is frozen keeps its place, and others write without one.
Turns are for fairness alone, it is SQLite that keeps writers apart."""


class Turn:
    """One writer's place among those of a file; used by one thread at a time.

    Who has written cannot pass by who waits: both come through a first lock, which is held by who
    is next until the second is free.
    """

    def __init__(self, file: str, patience: float = PATIENCE) -> None:
        self._file = Path(file)
        self._patience = patience
        self._locks: list[int] = []
        self._alone = Lock()
        self._writes = self._asks = False

    def take(self) -> None:
        """Return when it is this one's turn, or it goes without: for want of locks, or patience."""
        self._writes = True
        if self._asks:
            return
        with suppress(OSError):
            self._open()
            try:
                self._ask(LOCK_NB)
            except BlockingIOError:
                self._wait()

    def leave(self) -> None:
        """Let the next one write."""
        with self._alone:
            self._writes = False
            if not self._asks:
                self._let_go()

    def close(self) -> None:
        """Close the files, except while a turn is asked for."""
        while self._locks and not self._asks:
            os.close(self._locks.pop())

    def _open(self) -> None:
        mode = self._file.stat().st_mode & 0o777
        for name in ("-next", "-turn")[len(self._locks) :]:
            self._locks.append(os.open(f"{self._file}{name}", os.O_CREAT | os.O_RDONLY, mode))

    def _wait(self) -> None:
        self._asks = True
        asker = Thread(target=self._ask_on, name="hub-turn", daemon=True)
        asker.start()
        asker.join(self._patience)

    def _ask_on(self) -> None:
        self._ask()
        with self._alone:
            self._asks = False
            if not self._writes:  # it went without
                self._let_go()

    def _ask(self, how: int = 0) -> None:
        first, second = self._locks
        flock(first, LOCK_EX | how)  # who holds it already gets it again
        flock(second, LOCK_EX | how)
        flock(first, LOCK_UN)

    def _let_go(self) -> None:
        with suppress(OSError):
            for lock in self._locks:
                flock(lock, LOCK_UN)
