"""Two hubs' stores on one PostgreSQL, which is killed, frozen and locked under them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from itertools import chain

import pytest
from sqlalchemy import Connection, select, text
from structlog.testing import capture_logs

from clients._gate import HandedBack
from service.answer import Answer
from service.assembly import Assembly
from service.base import Base
from service.record.database import calls, opened
from service.record.records import ClaimLost, Key, NotOpened, Taken
from service.record.store import Store
from service.record.writer import Writer
from tests.support.clock import QuickClock
from tests.support.hub import given
from tests.support.hub_process import ROOT
from tests.support.postgres import PASSWORD, NoPostgres, Postgres
from tests.support.wait import wait_until

KEY = Key("alice", "r-1")
PRINT = b"1" * 32
GOOD = Answer(True, b"{}", attempts=1)
MANY = 300


@pytest.fixture(scope="module")
def own_postgres(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster that tests of this module may kill."""
    del postgres  # where it is absent, this one is too
    with Postgres() as cluster:
        yield cluster


@pytest.fixture
def url(own_postgres: Postgres) -> Iterator[str]:
    with own_postgres.database() as one:
        yield one


@pytest.fixture
async def stores(url: str) -> AsyncIterator[tuple[Store, Store]]:
    made = Store(url), Store(url)
    yield made
    for one in made:
        await one.aclose()


async def claim(store: Store, key: Key = KEY) -> Taken:
    return await store.claim(key, PRINT, "shop.make_thing")


async def may_send(store: Store, taken: Taken) -> bool:
    assert taken.claim
    try:
        await store.sending(taken.claim)
    except ClaimLost:
        return False
    return True


def test_they_are_one_record(stores: tuple[Store, Store]) -> None:
    assert stores[0].store_id == stores[1].store_id


async def test_of_two_hubs_that_begin_at_once_one_sends(
    stores: tuple[Store, Store], own_postgres: Postgres
) -> None:
    """Every key is claimed for the first time in both, in opposite order; none fails."""
    keys = [Key("alice", f"r-{number}") for number in range(MANY)]
    one, two = stores
    claimed = await asyncio.gather(
        *chain.from_iterable(
            (claim(one, first), claim(two, last))
            for first, last in zip(keys, reversed(keys), strict=True)
        )
    )
    mine = dict(zip(keys, claimed[::2], strict=True))
    theirs = dict(zip(reversed(keys), claimed[1::2], strict=True))
    sent = await asyncio.gather(
        *(may_send(one, mine[key]) for key in keys), *(may_send(two, theirs[key]) for key in keys)
    )
    assert [a + b for a, b in zip(sent[:MANY], sent[MANY:], strict=True)] == [1] * MANY
    with own_postgres.connected() as on:
        assert on.execute("SELECT sum(deadlocks) FROM pg_stat_database").fetchone() == (0,)


async def test_a_server_that_dies_is_waited_for_and_found_again(
    stores: tuple[Store, Store], own_postgres: Postgres
) -> None:
    store, _ = stores
    taken = await claim(store)
    assert taken.claim
    with capture_logs() as logs:
        own_postgres.kill()
        sending = asyncio.ensure_future(store.sending(taken.claim))
        await wait_until(lambda: store.trouble)
        assert not sending.done()
        assert "connection" in store.trouble
        own_postgres.start()
        await sending
        await wait_until(lambda: not store.trouble)
    assert (await claim(store)).sent
    assert "canary" not in f"{logs}"


async def test_a_server_that_freezes_is_told_and_waited_for(
    stores: tuple[Store, Store], own_postgres: Postgres
) -> None:
    store, _ = stores
    taken = await claim(store)
    assert taken.claim
    own_postgres.freeze()
    sending = asyncio.ensure_future(store.sending(taken.claim))
    try:
        await wait_until(lambda: "has not answered" in store.trouble, within=8)
        assert not sending.done()
    finally:
        own_postgres.thaw()
    await sending


async def test_a_hub_that_freezes_in_a_commit_locks_nobody_out(
    stores: tuple[Store, Store], url: str
) -> None:
    store, _ = stores
    first = await claim(store)
    frozen = opened(url)
    with frozen.connect() as connection:
        connection.execute(select(calls).with_for_update())
        assert await asyncio.wait_for(may_send(store, first), 30)
        connection.invalidate()
    frozen.dispose()


async def test_a_hub_that_froze_in_a_commit_makes_it_again(url: str) -> None:
    engine = opened(url)
    writer = Writer(engine)
    runs: list[int] = []

    def job(on: Connection) -> int:
        runs.append(len(runs))
        if len(runs) == 1:
            on.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
            threading.Event().wait(1)
        return on.scalar(text("SELECT 7")) or 0

    assert await writer.do((0, "alice", "1"), job) == 7
    assert runs == [0, 1]
    await writer.aclose()


async def test_the_end_does_not_wait_for_a_server_that_is_away(
    stores: tuple[Store, Store], own_postgres: Postgres
) -> None:
    store, _ = stores
    own_postgres.kill()
    waits = asyncio.ensure_future(claim(store))
    await wait_until(lambda: store.trouble)
    await asyncio.wait_for(store.aclose(), 30)
    with pytest.raises(HandedBack):
        await waits
    own_postgres.start()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("canary", "canary-wrong"), "password authentication failed"),
        (("/t", "/nobody"), "does not exist"),
        (("hub:", "stranger:"), "password authentication failed"),
    ],
)
def test_a_record_that_cannot_be_opened_is_one_sentence_without_the_password(
    url: str, change: tuple[str, str], said: str
) -> None:
    settings = given(HUB_DATABASE_URL=url.replace(*change), HUB_INTEGRATIONS="notion")
    with pytest.raises(NotOpened, match=said) as told, capture_logs() as logs:
        Assembly(Base(settings, "amqp://127.0.0.1:9", QuickClock()))
    assert str(told.value).endswith("Look at HUB_DATABASE_URL and HUB_DATA_DIR.")
    assert "canary" not in f"{told.value!r}{logs}"
    assert "\n" not in str(told.value)


async def test_the_page_makes_a_database_for_a_role_without_further_rights(
    own_postgres: Postgres,
) -> None:
    page = (ROOT / "docs/how-to/share-a-database.md").read_text(encoding="utf-8")
    block = page.partition("```sql\n")[2].partition("```")[0]
    name, url = "other", own_postgres.url("other").replace("hub:", "other:")
    with own_postgres.connected() as on:
        for statement in filter(None, map(str.strip, block.split(";"))):
            on.execute(statement.replace("hub", name).replace("…", PASSWORD).encode())
    store = Store(url)
    assert (await claim(store)).claim
    await store.aclose()
    with own_postgres.connected() as on:
        on.execute("DROP DATABASE other")
        on.execute("DROP ROLE other")


def test_without_postgresql_a_test_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.postgres._PLACES", ())
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoPostgres, match="apt-get install postgresql"):
        Postgres()
