"""A wall clock set forward and back while calls wait: neither limits nor deadlines notice."""

import time
from collections.abc import Iterator
from itertools import count, islice
from typing import Final

from clients._clock import Clock
from clients._limits import Rate
from contracts._names import UPSTREAM_HEADER
from service.app import Hub
from tests.faults.windows import surely_over
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub import Given, serves
from tests.support.upstream import HANG, Answer, Received
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until

PAGE: Final = "notion.get_page"
RATE: Final = Rate(20, per=1, burst=5)
HOUR: Final = 3600.0
ROUNDS: Final = 3
"""Until no lease is lost meanwhile: what waited then comes anew, with the clock as it is."""
HANGS: Final = page(9_999)


class Jumping(Clock):
    """The machine's, until somebody sets it."""

    offset = 0.0

    def wall(self) -> float:
        return time.time() + self.offset


def hangs(request: Received) -> Answer | None:
    return HANG if request.target.endswith(HANGS["page_id"]) else None


async def test_what_runs_keeps_its_deadline_and_its_limit(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    clock, pages = Jumping(), count()
    stub.answer = hangs  # type: ignore[assignment]
    limited = settings.but(HUB_INTEGRATIONS="notion", NOTION_LIMIT="20/1s burst 5")

    async def backlog(agent: Agent) -> list[str]:
        some = [page(number) for number in islice(pages, 40)]
        asks = (agent.send(PAGE, one, correlation_id=one["page_id"], within=60) for one in some)
        ids: list[str] = await all_of(*asks)
        return ids

    async with Hub(limited, amqp_url, clock) as hub, Agent(amqp_url, names) as agent:
        for _ in range(ROUNDS):
            clock.offset = 0.0
            await wait_until(lambda: serves(hub), 20, "readiness")
            attached, began = hub.owners["notion"].attachment, time.monotonic()
            late = await agent.send(PAGE, HANGS, within=4)
            ids = await backlog(agent)
            await under_way(stub, 5)
            for offset in (HOUR, -HOUR):
                clock.offset = offset
                await under_way(stub, 10)
            await agent.finals([late, *ids], 60)
            expired = agent.log.finals[late][0]
            if hub.owners["notion"].attachment is attached:
                break
    assert expired.code == "expired"
    assert 3.5 < expired.at - began < HOUR / 10
    assert {code for id_ in ids for code in agent.log.codes()[id_]} == {"ok"}
    assert surely_over(RATE, spans(agent, stub)) <= 1


def spans(agent: Agent, stub: Stub) -> Iterator[tuple[float, float]]:
    """Between which two moments each call left that was made once."""
    calls = [one.target.rpartition("/")[2] for one in stub.up.requests]
    for call in stub.up.requests:
        page_id = call.target.rpartition("/")[2]
        if calls.count(page_id) == 1 and (replies := agent.log.finals.get(page_id)):
            yield call.at - int(replies[0].headers[UPSTREAM_HEADER]) / 1000, call.at


async def under_way(stub: Stub, more: int) -> None:
    """Wait until so many more calls have left."""
    wanted = stub.calls + more
    await wait_until(lambda: stub.calls >= wanted, 20, "more calls")
