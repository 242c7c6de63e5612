"""A broker that is killed and started again, wires that die, users who have next to no rights."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from aio_pika.abc import AbstractIncomingMessage
from yarl import URL

from contracts import Forbidden
from contracts import _names as wire
from contracts._names import Names
from sdk import Hub
from service.node.node import Node
from tests.support.broker import OwnNames
from tests.support.proxy import Direction, Proxy
from tests.support.stub_hub import StubHub, ignore
from tests.support.wait import wait_until

ROOT = Path(__file__).parents[3]
CALLS = 1000
EARLY = range(700)
LATE = range(700, CALLS)


def call(hub: Hub, n: int) -> asyncio.Future[Any]:
    return asyncio.ensure_future(hub.call("notion.x", n=n, request_id=str(n)))


def number(request: AbstractIncomingMessage) -> int:
    return int(request.message_id or 0)


async def test_a_broker_that_is_killed_costs_no_call(own_node: Node, own_names: Names) -> None:
    """Some were answered, some only taken, some are asked while there is no broker at all."""
    async with (
        StubHub(own_node.url, own_names) as first,
        Hub(own_node.url, prefix=own_names.prefix) as hub,
    ):

        async def answer_some(request: AbstractIncomingMessage) -> None:
            if number(request) % 3 == 0:
                await first.reply(request)

        first.respond = answer_some
        await own_node.flush()
        early = [call(hub, n) for n in EARLY]
        await wait_until(lambda: len(first.got) == len(EARLY), within=20)
        own_node.kill()
        late = [call(hub, n) for n in LATE]
        await own_node.start()
        async with StubHub(own_node.url, own_names) as second:
            for request in first.got:  # a hub replies again to what it is not sure of
                await second.reply(request)
            got = await asyncio.gather(*early, *late)
    assert [one["n"] for one in got] == [*range(CALLS)]
    assert {number(one) for one in second.got} >= set(LATE)


async def test_a_wire_that_is_dead_though_nobody_said_so_is_replaced(
    amqp_url: str, names: OwnNames
) -> None:
    """In one direction or in both; the last is also what a broker that froze looks like."""
    async with StubHub(amqp_url, names) as stub:

        async def through_a_hole(*ways: Direction) -> None:
            async with Proxy.before(amqp_url) as proxy:
                url = str(URL(proxy.through(amqp_url)).update_query(heartbeat="1"))
                async with Hub(url, prefix=names.prefix) as hub:
                    await call(hub, 0)
                    proxy.blackhole(*ways)
                    calls = [call(hub, n) for n in range(100)]
                    link = hub._way._link  # type: ignore[attr-defined]
                    await wait_until(lambda: not link.up, within=20, what="the heartbeat's end")
                    proxy.heal()
                    assert [one["n"] for one in await asyncio.gather(*calls)] == [*range(100)]

        await asyncio.gather(
            through_a_hole("up"), through_a_hole("down"), through_a_hole("up", "down")
        )
        assert len(stub.got) >= 303


@pytest.fixture
async def poor(own_node: Node, own_names: Names) -> str:
    """The address of a user who may publish requests and nothing else, with a dot in its name."""
    user = "al.ice"
    if user not in await own_node.ctl("list_users"):
        await own_node.ctl("add_user", user, "secret")
    rights = ["^$", rf"^{own_names.prefix}\.requests$", "^$"]
    await own_node.ctl("set_permissions", user, *rights)
    return str(URL(own_node.url).with_user(user).with_password("secret"))


async def test_a_user_who_may_only_publish_can_call(
    own_node: Node, own_names: Names, poor: str
) -> None:
    async with StubHub(own_node.url, own_names) as stub, Hub(poor, prefix=own_names.prefix) as hub:
        got = await asyncio.gather(*(call(hub, n) for n in range(100)))
        assert [one["n"] for one in got] == [*range(100)]
        assert str(stub.got[0].reply_to).startswith(wire.DIRECT_REPLY)
        assert stub.got[0].user_id == "al.ice"
        with pytest.raises(Forbidden, match=r"does not let this user listen: .*'al\.ice'"):
            await anext(hub.events())
        with pytest.raises(Forbidden, match=r"does not let this user listen: .*'al\.ice'"):
            await hub.order("pause", "notion")
        assert (await call(hub, 100))["n"] == 100


async def test_the_rights_of_the_page_are_enough(own_node: Node, own_names: Names) -> None:
    page = (ROOT / "docs/how-to/secure-the-broker.md").read_text("utf-8")
    found = re.search(r"^\| an agent, `alice` \| (.*) \|$", page, re.MULTILINE)
    assert found
    cells = found[1].replace("hub", own_names.prefix).split(" | ")
    rights = [cell.strip("`").replace("\\|", "|") for cell in cells]
    if "alice" not in await own_node.ctl("list_users"):
        await own_node.ctl("add_user", "alice", "secret")
    await own_node.ctl("set_permissions", "alice", *rights)
    url = str(URL(own_node.url).with_user("alice").with_password("secret"))
    async with (
        StubHub(own_node.url, own_names) as stub,
        Hub(url, prefix=own_names.prefix, name="later") as hub,
        hub.events() as events,
        hub.replies() as replies,
    ):
        assert (await call(hub, 1))["n"] == 1
        assert str(stub.got[0].reply_to).startswith(f"{own_names.prefix}.replies.alice.")
        await hub.submit("notion.x", n=2)
        assert (await anext(replies)).result() == {"n": 2}
        await stub.tell("health.notion.up", {"n": 3})
        assert (await anext(events)).data == {"n": 3}


async def test_a_user_who_may_not_publish_is_told(own_node: Node, poor: str) -> None:
    async with StubHub(own_node.url, Names("else")) as stub, Hub(poor, prefix="else") as hub:
        stub.respond = ignore
        with pytest.raises(Forbidden, match=r"broker refused it: .*else\.requests"):
            await call(hub, 1)
    assert stub.got == []
