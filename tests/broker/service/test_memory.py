"""Requests with large bodies: a hub takes no more of them than it has memory for.

`tests/end_to_end/test_memory.py` is about how many it takes.
"""

import json

from service.app import Hub
from service.memory import MOST_HELD
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, lacks_nothing
from tests.support.vendor import NOTION, Stub, page, sms
from tests.support.wait import wait_until

LARGE = 200 * 1024
COUNT = 150


def large(number: int) -> bytes:
    """Return a request that is mostly space."""
    return json.dumps(page(number)).encode().ljust(LARGE)


def held(hub: Hub) -> int:
    """Return the bytes of bodies that all its desks hold, as they count them."""
    return sum(owner._desk._share._held for owner in hub.owners.values())


async def test_large_requests_are_all_answered_and_leave_the_others_their_memory(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    stub.vendor.hold(NOTION)
    async with asked(amqp_url, names, settings) as (hub, agent):
        ids = await sent(agent)
        await wait_until(lambda: held(hub) > MOST_HELD // 2, 20, "a hub with its hands full")
        assert held(hub) <= MOST_HELD
        assert (await agent.ask("twilio.send_message", sms("small"), id="1")).ok
        await wait_until(lambda: lacks_nothing(hub), 15, "readiness")
        stub.vendor.release()
        await agent.finals(ids, 60)
        await wait_until(lambda: held(hub) == 0)
    assert set().union(*agent.log.codes().values()) == {"ok"}
    assert stub.calls == COUNT + 1


async def sent(agent: Agent) -> list[str]:
    ids: list[str] = await all_of(
        *(agent.send("notion.get_page", large(number)) for number in range(COUNT))
    )
    return ids
