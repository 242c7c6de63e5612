import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from itertools import pairwise
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from service.record.database import opened
from service.record.turn import Turn
from tests.support.hub_process import ROOT
from tests.support.wait import wait_until

WRITES = 100
HUB = """
import asyncio, sys
from sqlalchemy import text
from service.record.database import opened
from service.record.writer import Writer

url, name, left = sys.argv[1], sys.argv[2], int(sys.argv[3])
writer = Writer(opened(url))

def job(on):
    global left
    on.execute(text("INSERT INTO seen VALUES (:name)"), {"name": name})
    left -= 1
    if left:
        writer.soon((0, "", ""), job)
    else:
        print("done", flush=True)

print("ready", flush=True)
sys.stdin.readline()
writer.soon((0, "", ""), job)
sys.stdin.readline()
asyncio.run(writer.aclose())
"""
"""Writes one row with each commit, and has the next one ready before it."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "calls.sqlite3"
    made.touch()
    return made


@contextmanager
def turns(file: Path, count: int, patience: float) -> Iterator[list[Turn]]:
    made = [Turn(str(file), patience) for _ in range(count)]
    yield made
    for one in made:
        one.close()


def free(file: Path, name: str) -> bool:
    with Path(f"{file}-{name}").open() as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            return False
    return True


def has_turn(file: Path, turn: Turn) -> bool:
    turn.take()
    taken = not free(file, "turn")
    turn.leave()
    return taken and free(file, "turn")


async def test_who_has_written_lets_those_pass_who_wait(file: Path) -> None:
    order: list[str] = []

    def write(turn: Turn, name: str) -> None:
        turn.take()
        order.append(name)
        turn.leave()

    with turns(file, 2, patience=60) as (one, other):
        for _ in range(20):
            one.take()
            waits = threading.Thread(target=write, args=(other, "other"))
            waits.start()
            await wait_until(lambda: not free(file, "next"))
            one.leave()
            write(one, "one")
            waits.join()
    assert order == ["other", "one"] * 20


async def test_a_hub_that_is_frozen_keeps_nobody_from_writing(file: Path) -> None:
    with turns(file, 3, patience=0.01) as (frozen, second, third):
        frozen.take()
        for _ in range(3):
            for one in (second, third):
                one.take()
                one.leave()
                one.close()
        assert not free(file, "next")
        assert not free(file, "turn")
        frozen.leave()
        await wait_until(lambda: all(has_turn(file, one) for one in (second, third)))


def test_where_there_are_no_locks_nobody_waits(tmp_path: Path) -> None:
    with turns(tmp_path / "none" / "calls.sqlite3", 2, patience=60) as both:
        for one in both:
            one.take()
        for one in both:
            one.leave()


def test_two_hubs_that_always_write_do_so_in_turn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/calls.sqlite3"
    engine = opened(url)
    with engine.begin() as on:
        on.execute(text("CREATE TABLE seen (who VARCHAR)"))
    with ExitStack() as stack:
        hubs = [stack.enter_context(hub(url, name)) for name in ("a", "b")]
        for line in ("ready\n", "done\n"):
            assert [out.readline() for _, out in hubs] == [line] * 2
            for to, _ in hubs:
                to.write("go on\n")
                to.flush()
    with engine.begin() as on:
        order = list(on.scalars(text("SELECT who FROM seen ORDER BY rowid")))
    engine.dispose()
    assert len(order) == 2 * WRITES
    changes = sum(one != other for one, other in pairwise(order))
    assert changes > WRITES / 2


@contextmanager
def hub(url: str, name: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """A process that writes; what it is told, and what it says."""
    words = [sys.executable, "-c", HUB, url, name, str(WRITES)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, cwd=ROOT, text=True, stdin=pipe, stdout=pipe) as process:  # noqa: S603
        assert process.stdin
        assert process.stdout
        yield process.stdin, process.stdout
