import asyncio
from collections.abc import Awaitable, Callable

import pytest

from contracts import Expired, UpstreamRejected
from service.answer import Answer, failed
from service.cache import EACH, Cache
from service.shared import Shared, TooLate

GOOD = Answer(True, b"{}", attempts=1)
BAD = failed(UpstreamRejected("no"), "shop.get")
LATE = failed(Expired("late"), "shop.get")


class Upstream:
    """Counts calls; answers when it is let."""

    def __init__(self, *answers: Answer | BaseException) -> None:
        self.calls = 0
        self.answers = list(answers)
        self.go = asyncio.Event()

    async def __call__(self) -> Answer:
        self.calls += 1
        answer = self.answers[min(self.calls, len(self.answers)) - 1]
        await self.go.wait()
        if isinstance(answer, BaseException):
            raise answer
        return answer


async def asked(
    shared: Shared, make: Callable[[], Awaitable[Answer]], times: int, ttl: float = 0.0
) -> list[asyncio.Task[Answer]]:
    tasks = [asyncio.ensure_future(shared.get(b"k", ttl, make)) for _ in range(times)]
    await asyncio.sleep(0)
    return tasks


async def test_twins_in_flight_share_one_call() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(GOOD)
    tasks = await asked(shared, upstream, 100)
    upstream.go.set()
    served = [answer.served for answer in await asyncio.gather(*tasks)]
    assert upstream.calls == 1
    assert served == ["live"] + ["coalesced"] * 99


async def test_a_failure_of_the_upstream_is_everyones() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(BAD)
    tasks = await asked(shared, upstream, 50)
    upstream.go.set()
    answers = await asyncio.gather(*tasks)
    assert upstream.calls == 1
    assert [one.body for one in answers] == [BAD.body] * 50


async def test_a_deadline_of_ones_own_is_not_shared_and_one_of_the_rest_goes_on() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(LATE, GOOD)
    tasks = await asked(shared, upstream, 50, ttl=60.0)
    upstream.go.set()
    answers = await asyncio.gather(*tasks)
    assert [one.ok for one in answers] == [False] + [True] * 49
    assert upstream.calls == 2


async def test_who_joined_a_call_that_broke_makes_its_own() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(RuntimeError(), GOOD)
    first, second = await asked(shared, upstream, 2)
    upstream.go.set()
    with pytest.raises(RuntimeError):
        await first
    assert (await second).ok


async def test_who_joined_waits_no_longer_than_it_may() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(GOOD)
    (first,) = await asked(shared, upstream, 1)
    with pytest.raises(TooLate):
        await shared.get(b"k", 0.0, upstream, 0.01)
    upstream.go.set()
    assert (await first).ok
    assert upstream.calls == 1


async def test_an_answer_is_kept_for_its_time_to_live() -> None:
    now = [0.0]
    shared, upstream = Shared(lambda: now[0]), Upstream(GOOD)
    upstream.go.set()
    assert (await shared.get(b"k", 60.0, upstream)).served == "live"
    now[0] = 59.9
    assert (await shared.get(b"k", 60.0, upstream)).served == "cache"
    now[0] = 60.0
    assert (await shared.get(b"k", 60.0, upstream)).served == "live"
    assert upstream.calls == 2


async def test_without_a_time_to_live_nothing_is_kept() -> None:
    shared, upstream = Shared(lambda: 0.0), Upstream(GOOD)
    upstream.go.set()
    for _ in range(2):
        assert (await shared.get(b"k", 0.0, upstream)).served == "live"


async def test_the_cache_of_all_has_its_bound() -> None:
    cache = Cache(lambda: 0.0, most=2 * (EACH + len(GOOD.body)))
    shared, other, upstream = Shared(lambda: 0.0, cache), Shared(lambda: 0.0, cache), Upstream(GOOD)
    upstream.go.set()
    await other.get(b"o", 60.0, upstream)
    for key in (b"a", b"b"):
        await shared.get(key, 60.0, upstream)
    assert (await other.get(b"o", 60.0, upstream)).served == "cache"
    assert (await shared.get(b"b", 60.0, upstream)).served == "cache"
    assert (await shared.get(b"a", 60.0, upstream)).served == "live"
