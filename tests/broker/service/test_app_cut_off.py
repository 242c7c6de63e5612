"""Connections that are cut while calls are under way: each call is made once, and answered."""

from collections import Counter
from typing import Final

import pytest

from service.app import Hub
from tests.support.agent import Agent, all_of
from tests.support.broker import OwnNames
from tests.support.hub import Given, serves
from tests.support.proxy import Proxy
from tests.support.vendor import NOTION, TWILIO, Stub, page, sms, texts
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"
EACH: Final = 16
ACTS: Final = [f"act-{number}" for number in range(EACH)]
READS: Final = [f"read-{number}" for number in range(EACH)]


async def publish(agent: Agent) -> None:
    acts = [agent.send(SMS, sms(id_), id=id_) for id_ in ACTS]
    reads = [agent.send(PAGE, page(n), id=id_) for n, id_ in enumerate(READS)]
    await all_of(*acts, *reads)


@pytest.mark.parametrize("cuts", [1, 3])
async def test_what_has_left_is_not_torn_and_not_repeated(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, cuts: int
) -> None:
    """The broker delivers them again at once: what comes again joins what runs."""
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(settings, proxy.through(amqp_url)) as hub,
        Agent(amqp_url, names) as agent,
    ):
        await wait_until(lambda: serves(hub), 20, "readiness")
        stub.vendor.hold()
        await publish(agent)
        await wait_until(lambda: stub.vendor.waiting == {NOTION: EACH, TWILIO: EACH}, 20)
        for _ in range(cuts):
            proxy.cut()
            await wait_until(lambda: proxy.connections == 0, 5, "cut connections")
            await wait_until(lambda: serves(hub), 20, "readiness after the cut")
        stub.vendor.release()
        await agent.finals([*ACTS, *READS], 30)
    assert agent.log.codes() == {id_: {"ok"} for id_ in (*ACTS, *READS)}
    assert texts(stub.up.requests) == Counter(ACTS)
    pages = Counter(one.target for one in stub.up.requests if one.target.startswith(NOTION))
    assert set(pages.values()) == {1}
    assert stub.up.connections <= 2 * EACH
