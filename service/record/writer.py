"""One thread that writes to a database: many jobs to a commit, each job surely once or not at all.

A database that is gone, full or locked is waited for: nobody goes on before his job is on record.
So a job may be run again after a commit of which nobody knows whether it took place; jobs are made
so that this changes nothing.
"""

import asyncio
import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import structlog
from sqlalchemy import Connection, Engine, select

from clients._gate import HandedBack
from service.record.database import is_trouble, said

T = TypeVar("T")
Job = Callable[[Connection], T]
Place = tuple[int, str, str]
"""Locks are taken in this order: two hubs that write the same rows then wait, and go on."""

CLOSE_WITHIN: Final = 5.0
"""Seconds that the database has at the end to take what is left; one that is away has none."""
SILENT_FOR: Final = 5.0
"""Seconds for one commit, after which the database is said to be silent."""
LOOKS_EVERY: Final = 2.0
"""Seconds between looks at an idle database: so its loss is known before the next request."""
_PAUSE: Final = 0.1
_LONGEST_PAUSE: Final = 1.0
_MOST: Final = 512

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    place: Place
    job: Job[Any]
    future: Future[Any] = field(default_factory=Future)


class Writer:
    """Runs jobs in the order of their places, those of one place as they came."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._now = now
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._aside: deque[_Work] = deque()
        self._closing = threading.Event()
        self._began = math.inf
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="hub-store", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """What keeps it from writing; nothing while it can."""
        if not self._trouble and self._now() - self._began > SILENT_FOR:
            return f"the database has not answered for {SILENT_FOR:.0f} s"
        return self._trouble

    async def do(self, place: Place, job: Job[T]) -> T:
        """Return what the job returns, once that is committed.

        Raises:
            HandedBack: the hub ends, and the database is away; or it has ended.
        """
        if self._closing.is_set():
            raise HandedBack
        work = _Work(place, job)
        self._queue.put(work)
        return await asyncio.wrap_future(work.future)

    def soon(self, place: Place, job: Job[object]) -> None:
        """Run a job as soon as may be; nobody waits for it."""
        self._queue.put(_Work(place, job))

    def aside(self, place: Place, job: Job[object]) -> None:
        """Run a job with the next commit; nobody waits for it."""
        self._aside.append(_Work(place, job))

    async def aclose(self, within: float = CLOSE_WITHIN) -> None:
        """Write what is left, and end; a database that is silent is left alone after so long."""
        self._closing.set()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join, within)
        if not self._thread.is_alive():
            self._engine.dispose()

    def _run(self) -> None:
        more = True
        while more:
            group, more = self._group()
            self._see_through([*self._waiting_aside(), *group])

    def _group(self) -> tuple[list[_Work], bool]:
        """Return what came, or nothing after `LOOKS_EVERY`; and whether more may come."""
        group: list[_Work] = []
        while len(group) < _MOST:
            try:
                item = self._queue.get(block=not group, timeout=LOOKS_EVERY)
            except queue.Empty:
                break
            if item is None:
                return group, False
            group.append(item)
        return group, True

    def _waiting_aside(self) -> Iterable[_Work]:
        return [self._aside.popleft() for _ in range(len(self._aside))]

    def _see_through(self, works: list[_Work]) -> None:
        works, pause = _wanted(sorted(works, key=lambda work: work.place)), _PAUSE
        while (error := self._tried(works)) and is_trouble(error):
            self._note(said(error))
            if self._closing.wait(pause):
                _tell_all(works, HandedBack())
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
            works = _wanted(works)
        if error and len(works) == 1:
            _tell_all(works, error)
        elif error:
            for work in works:
                self._see_through([work])

    def _tried(self, works: Sequence[_Work]) -> Exception | None:
        """Run all in one transaction; return what went wrong."""
        self._began = self._now()
        try:
            with self._engine.begin() as connection:
                found = [work.job(connection) for work in works]
                if not works:
                    connection.execute(select(1))
        except Exception as error:  # noqa: BLE001  (each caller gets it)
            return error
        finally:
            self._began = math.inf
        self._note("")
        for work, result in zip(works, found, strict=True):
            with suppress(InvalidStateError):  # its caller was cancelled
                work.future.set_result(result)
        return None

    def _note(self, trouble: str) -> None:
        if bool(trouble) != bool(self._trouble):
            tell = log.error if trouble else log.info
            tell("record_of_calls", available=not trouble, reason=trouble or "It writes again.")
        self._trouble = trouble


def _wanted(works: Iterable[_Work]) -> list[_Work]:
    """Return those that somebody still waits for, or that nobody ever did."""
    return [work for work in works if not work.future.cancelled()]


def _tell_all(works: Iterable[_Work], error: Exception) -> None:
    for work in works:
        with suppress(InvalidStateError):
            work.future.set_exception(error)
