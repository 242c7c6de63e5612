import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select

from service.permission.quota import DAY, used_up
from service.record.database import quotas
from service.record.store import Store
from service.record.writer import LOOKS_EVERY

TODAY = 20_000


class Wall:
    at = TODAY * DAY + 60.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/calls.sqlite3"


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    made = Store(url)
    yield made
    await made.aclose()


def rows(url: str) -> dict[tuple[str, int, str], int]:
    engine = create_engine(url)
    with engine.connect() as on:
        found = {(r.user, r.day, r.pattern): r.used for r in on.execute(select(quotas))}
    engine.dispose()
    return found


async def test_each_user_and_each_day_has_its_own_count(store: Store) -> None:
    limits = {"*": 2}
    told = [await store.count("alice", limits, TODAY) for _ in range(3)]
    assert told == ["", "", "*"]
    assert await store.count("bob", limits, TODAY) == ""
    assert await store.count("alice", limits, TODAY + 1) == ""


async def test_one_that_is_refused_is_counted_nowhere(store: Store, url: str) -> None:
    limits = {"*": 9, "twilio.*": 1}
    assert [await store.count("alice", limits, TODAY) for _ in range(3)] == ["", *["twilio.*"] * 2]
    assert rows(url) == {("alice", TODAY, "*"): 1, ("alice", TODAY, "twilio.*"): 1}


async def test_one_that_is_taken_back_is_free_again(store: Store) -> None:
    limits = {"*": 1}
    assert await store.count("alice", limits, TODAY) == ""
    for _ in range(2):  # never below nothing
        store.uncount("alice", limits, TODAY)
    assert [await store.count("alice", limits, TODAY) for _ in range(2)] == ["", "*"]


async def test_what_one_hub_hands_back_another_may_take_at_once(url: str) -> None:
    one, other = Store(url), Store(url)

    async def took(user: str) -> float:
        await one.count(user, {"*": 1}, TODAY)
        began = time.monotonic()
        one.uncount(user, {"*": 1}, TODAY)
        while await other.count(user, {"*": 1}, TODAY):
            pass
        return time.monotonic() - began

    assert min([await took(user) for user in ("alice", "bob", "carol")]) < LOOKS_EVERY / 2
    await one.aclose()
    await other.aclose()


async def test_all_hubs_count_together_and_a_restart_forgets_nothing(url: str) -> None:
    hubs = [Store(url) for _ in range(2)]
    told = await asyncio.gather(*(hubs[n % 2].count("alice", {"*": 30}, TODAY) for n in range(50)))
    assert sorted(told) == [*[""] * 30, *["*"] * 20]
    for hub in hubs:
        await hub.aclose()
    again = Store(url)
    assert await again.count("alice", {"*": 30}, TODAY) == "*"
    await again.aclose()


async def test_days_that_are_over_are_forgotten(url: str) -> None:
    wall = Wall()
    store = Store(url, wall)
    for day in (TODAY - 1, TODAY):
        await store.count("alice", {"*": 1}, day)
    wall.at += DAY
    await store.count("alice", {"*": 1}, TODAY + 1)
    await store.aclose()
    assert {day for _, day, _ in rows(url)} == {TODAY, TODAY + 1}


def test_the_refusal_says_when_it_would_work() -> None:
    problem = used_up("alice", "twilio.*", 20, TODAY * DAY + 86_000).problem()
    assert (problem.code, problem.retry_after, problem.outcome) == (
        "would_miss_deadline",
        400.0,
        "not_sent",
    )
    assert "20 requests a day for 'twilio.*'" in problem.detail
    assert "in 400 s" in problem.detail
