"""Connections that are cut while calls are under way: each call is made once, and answered."""

from collections import Counter
from typing import Final

import pytest

from clients import _recordings
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


async def cut(proxy: Proxy) -> None:
    """Cut all connections, and wait until there are as many new ones."""
    again = proxy.opened + proxy.connections
    proxy.cut()
    await wait_until(lambda: proxy.opened >= again, 20, "new connections")


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
            await cut(proxy)
            await wait_until(lambda: serves(hub), 20, "readiness after the cut")
        stub.vendor.release()
        await agent.finals([*ACTS, *READS], 30)
    assert agent.log.codes() == {id_: {"ok"} for id_ in (*ACTS, *READS)}
    assert texts(stub.up.requests) == Counter(ACTS)
    pages = Counter(one.target for one in stub.up.requests if one.target.startswith(NOTION))
    assert set(pages.values()) == {1}
    assert stub.up.connections <= 2 * EACH


async def test_what_has_acted_goes_on_when_its_hub_is_back(
    amqp_url: str, names: OwnNames, settings: Given
) -> None:
    """A task was started and is being followed: only this hub can tell what became of it."""
    one_at_a_time = settings.but(
        HUB_INTEGRATIONS="proxmox", HUB_SANDBOX="on", PROXMOX_LIMIT="1/4s burst 1"
    )
    params = next(
        one.params for one in _recordings.load("proxmox") if one.name == "shutdown_vm.success"
    )
    async with (
        Proxy.before(amqp_url) as proxy,
        Hub(one_at_a_time, proxy.through(amqp_url)) as hub,
        Agent(amqp_url, names) as agent,
    ):
        await wait_until(lambda: serves(hub), 20, "readiness")
        telling, integration = hub.owners["proxmox"].telling, hub.owners["proxmox"].integration
        [(name, gate)] = integration.gates.items()
        before = telling.heard_at(name)
        await agent.send("proxmox.shutdown_vm", params, id="halt")
        await wait_until(lambda: telling.heard_at(name) > before, 20, "a task that was started")
        await wait_until(lambda: len(gate) == 1, 20, "the question after it, at the gate")
        await cut(proxy)
        await agent.finals(["halt"], 30)
    assert agent.log.codes() == {"halt": {"ok"}}
