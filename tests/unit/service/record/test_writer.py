import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from structlog.testing import capture_logs

from clients._gate import HandedBack
from service.record.writer import LOOKS_EVERY, SILENT_FOR, Place, Writer
from tests.support.wait import wait_until

HERE: Place = (0, "alice", "1")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/some.sqlite3"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """One that waits for no lock."""
    made = create_engine(url, connect_args={"timeout": 0})
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE seen (what VARCHAR)"))
    yield made
    made.dispose()


@pytest.fixture
async def writer(engine: Engine) -> AsyncIterator[Writer]:
    made = Writer(engine)
    yield made
    await made.aclose()


def take_away(file: Path) -> None:
    file.unlink()
    file.mkdir()


class Saw:
    """A job that writes a word."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __call__(self, on: Connection) -> str:
        on.execute(text("INSERT INTO seen VALUES (:what)"), {"what": self.what})
        return self.what


def seen(engine: Engine) -> list[str]:
    with engine.connect() as on:
        return list(on.scalars(text("SELECT what FROM seen ORDER BY rowid")))


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Keep every writer out."""
    other = create_engine(url)
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        yield
    other.dispose()


@asynccontextmanager
async def held(writer: Writer) -> AsyncIterator[None]:
    """Keep the thread busy, so that what comes meanwhile is one group."""
    begun, may_end = threading.Event(), threading.Event()

    def job(_: Connection) -> None:
        begun.set()
        may_end.wait()

    busy = asyncio.ensure_future(writer.do((0, "", ""), job))
    await asyncio.to_thread(begun.wait)
    yield
    may_end.set()
    await busy


async def test_a_database_that_is_away_is_waited_for(
    url: str, engine: Engine, writer: Writer
) -> None:
    with capture_logs() as logs:
        with locked(url):
            waits = asyncio.ensure_future(writer.do(HERE, Saw("a")))
            await wait_until(lambda: writer.trouble)
            assert writer.trouble == "database is locked"
            assert not waits.done()
        assert await waits == "a"
    assert writer.trouble == ""
    assert seen(engine) == ["a"]
    told = [(one["log_level"], one["available"]) for one in logs]
    assert told == [("error", False), ("info", True)]


async def test_what_nobody_waits_for_any_more_is_not_done(
    url: str, engine: Engine, writer: Writer
) -> None:
    with locked(url):
        gone = asyncio.ensure_future(writer.do(HERE, Saw("gone")))
        stays = asyncio.ensure_future(writer.do(HERE, Saw("stays")))
        await wait_until(lambda: writer.trouble)
        gone.cancel()
    await stays
    assert seen(engine) == ["stays"]


async def test_the_end_waits_for_no_database(url: str, engine: Engine, writer: Writer) -> None:
    with locked(url):
        waits = asyncio.ensure_future(writer.do(HERE, Saw("a")))
        await wait_until(lambda: writer.trouble)
        await writer.aclose()
        with pytest.raises(HandedBack):
            await waits
    assert seen(engine) == []


async def test_the_end_waits_not_for_ever_for_one_that_says_nothing(writer: Writer) -> None:
    async with held(writer):
        await writer.aclose(within=0.01)
    await writer.aclose()


async def test_after_the_end_nobody_waits(engine: Engine, writer: Writer) -> None:
    await writer.aclose()
    with pytest.raises(HandedBack):
        await writer.do(HERE, Saw("a"))
    assert seen(engine) == []


async def test_the_end_writes_what_is_left(engine: Engine, writer: Writer) -> None:
    waits = asyncio.ensure_future(writer.do(HERE, Saw("a")))
    await asyncio.sleep(0)
    writer.aside(HERE, Saw("b"))
    await writer.aclose()
    assert await waits == "a"
    assert sorted(seen(engine)) == ["a", "b"]


async def test_what_should_be_soon_wakes_it(writer: Writer) -> None:
    async def took() -> float:
        done = threading.Event()
        await writer.do(HERE, Saw("before"))
        began = time.monotonic()
        writer.soon(HERE, lambda _: done.set())
        assert await asyncio.to_thread(done.wait, 30)
        return time.monotonic() - began

    assert min([await took() for _ in range(3)]) < LOOKS_EVERY / 2


async def test_locks_are_taken_in_one_order_by_all_hubs(engine: Engine, writer: Writer) -> None:
    places: list[Place] = [(2, "", ""), (0, "bob", "1"), (0, "alice", "2"), (0, "alice", "1")]
    async with held(writer):
        waits = [asyncio.ensure_future(writer.do(one, Saw(str(one)))) for one in places]
        await asyncio.sleep(0)
    await asyncio.gather(*waits)
    assert seen(engine) == [str(one) for one in sorted(places)]


async def test_one_that_cannot_be_done_harms_no_other(engine: Engine, writer: Writer) -> None:
    def bad(_: Connection) -> None:
        raise LookupError("bad")

    async with held(writer):
        waits = [asyncio.ensure_future(writer.do(HERE, job)) for job in (Saw("a"), bad, Saw("b"))]
        await asyncio.sleep(0)
    found = await asyncio.gather(*waits, return_exceptions=True)
    assert [str(one) for one in found] == ["a", "bad", "b"]
    assert seen(engine) == ["a", "b"]


async def test_a_database_that_says_nothing_is_told(engine: Engine) -> None:
    at = [0.0]
    writer = Writer(engine, now=lambda: at[0])
    async with held(writer):
        assert writer.trouble == ""
        at[0] = SILENT_FOR + 1
        assert writer.trouble == "the database has not answered for 5 s"
    await writer.do(HERE, Saw("a"))
    assert writer.trouble == ""
    await writer.aclose()


async def test_an_idle_database_is_looked_at(url: str, engine: Engine, writer: Writer) -> None:
    take_away(Path(url.removeprefix("sqlite:///")))
    engine.dispose()
    await wait_until(lambda: writer.trouble)
    assert writer.trouble == "unable to open database file"
