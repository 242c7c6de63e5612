"""Who is served, and who answered, while an integration is paused and consumers are cut off."""

from functools import partial
from typing import Any

import pytest

from service.app import Hub
from service.ownership.owner import Owner
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.vendor import NOTION, TWILIO, Stub, page, sms
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"


async def cut_off(hub: Hub, owner: Owner) -> None:
    """Cut the connection of the hub's consumers, and wait until they are there again."""
    wire = hub.base.links.consume._wire
    assert wire
    wire.cut()
    await wait_until(lambda: hub.base.links.consume._wire not in {wire, None})
    await wait_until(lambda: owner.serving)


def under_way(owner: Owner) -> int:
    return len(owner._desk)


@pytest.mark.parametrize("named", [True, False])
async def test_what_waits_is_held_once_however_often_its_consumer_is_cut_off(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, named: bool
) -> None:
    slow = settings.but(NOTION_LIMIT="concurrency 1", HUB_WINDOW="8")
    async with asked(amqp_url, names, slow) as (hub, agent):
        owner = hub.owners["notion"]
        stub.vendor.hold(NOTION)
        for number in range(12):
            name: dict[str, Any] = {"id": f"r-{number}"} if named else {"message_id": ""}
            await agent.send(PAGE, page(number), **name)
        held = owner._window
        await wait_until(lambda: under_way(owner) == held)
        for _ in range(4):
            await cut_off(hub, owner)
            await wait_until(lambda: 0 < under_way(owner) <= held + 1)
        stub.vendor.release()


async def test_a_paused_one_answers_what_has_left(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        owner = hub.owners["twilio"]
        stub.vendor.hold(TWILIO)
        sent = await agent.send(SMS, sms("once"), id="once")
        await wait_until(lambda: stub.vendor.waiting[TWILIO] == 1)
        owner.pause(paused=True)
        await wait_until(lambda: not owner.serving)
        late = await agent.send(SMS, sms("later"), id="later")
        stub.vendor.release()
        assert (await agent.reply(sent)).served == "live"
        await wait_until(lambda: under_way(owner) == 0)
        owner.pause(paused=False)
        hub.leases["twilio"].renew_now()
        assert (await agent.reply(late)).ok
    assert stub.calls == 2


async def test_what_waits_goes_back_at_once_while_another_is_under_way(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    slow = settings.but(NOTION_LIMIT="concurrency 1")
    async with asked(amqp_url, names, slow) as (hub, agent):
        owner = hub.owners["notion"]
        stub.vendor.hold(NOTION)
        first = await agent.send(PAGE, page(1), id="first")
        await wait_until(lambda: stub.vendor.waiting[NOTION] == 1)
        others = [await agent.send(PAGE, page(n), id=f"r-{n}") for n in range(2, 5)]
        await wait_until(lambda: under_way(owner) == 4)
        assert not await owner.wind_down(0.1)
        await wait_until(lambda: under_way(owner) == 1)
        owner.resume()
        hub.leases["notion"].renew_now()
        await wait_until(partial(_again, owner))
        stub.vendor.release()
        assert (await agent.reply(first)).served == "live"
        assert all([(await agent.reply(one)).ok for one in others])
    assert stub.calls == 4


def _again(owner: Owner) -> bool:
    return under_way(owner) == 4
