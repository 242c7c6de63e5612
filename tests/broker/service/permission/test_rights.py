"""The attacks that a broker with our definitions has to refuse: reliability.md T4 to T8, T19."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

import aiormq
import pytest
from aiormq.abc import AbstractChannel
from pamqp.commands import Basic
from pamqp.common import FieldTable

from service.amqp import topology
from service.node.node import Node
from service.permission.definitions import AGENT_LIMITS, MOST_QUEUES
from tests.support.agent import apart
from tests.support.rights import NAMES, Act, refusal, secured
from tests.support.wait import wait_until

REQUESTS, REPLIES, EVENTS = NAMES.requests, NAMES.replies, NAMES.events
MINE: Final = "hub.replies.alice.mine"
HUBS_QUEUES: Final = (
    "hub.requests.notion",
    "hub.lease.notion",
    "hub.dropped",
    "hub.unrouted",
    "hub.dead-letters",
)
OTHERS_QUEUES: Final = (*HUBS_QUEUES, "hub.replies.bob.inbox", "hub.replies.hub.inbox")
EXCHANGES: Final = ("unrouted", "dropped", "dead", "control", "events", "replies")


@pytest.fixture(scope="module")
def urls(module_node: Node, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The addresses of all users, on a broker that a hub has prepared."""

    async def prepared() -> Mapping[str, str]:
        found = await secured(module_node, tmp_path_factory.mktemp("rights"))
        await topology.declare_all(found["hub"], NAMES, ["notion", "twilio"])
        for queue in (MINE, "hub.replies.bob.inbox", "hub.replies.hub.inbox"):
            async with apart(found[queue.split(".")[2]]) as channel:
                await channel.queue_declare(queue, durable=True)
        return found

    return asyncio.run(prepared())


def consume(queue: str) -> Act:
    return lambda channel: channel.basic_consume(queue, lambda _: asyncio.sleep(0))


def fetch(queue: str) -> Act:
    return lambda channel: channel.basic_get(queue)


def purge(queue: str) -> Act:
    return lambda channel: channel.queue_purge(queue)


def delete(queue: str) -> Act:
    return lambda channel: channel.queue_delete(queue)


def declare(queue: str, **arguments: str | int) -> Act:
    given: FieldTable = {name.replace("_", "-"): value for name, value in arguments.items()}
    return lambda channel: channel.queue_declare(queue, durable=True, arguments=given)


def exchange(name: str, **arguments: str) -> Act:
    given: FieldTable = {key.replace("_", "-"): value for key, value in arguments.items()}
    return lambda channel: channel.exchange_declare(name, arguments=given)


def bind(source: str, key: str = "#", queue: str = "") -> Act:
    async def act(channel: AbstractChannel) -> None:
        name = queue or (await channel.queue_declare(exclusive=True)).queue or ""
        await channel.queue_bind(name, source, key)

    return act


def publish(to: str, key: str, **properties: Any) -> Act:  # noqa: ANN401
    made = Basic.Properties(**properties)
    return lambda channel: channel.basic_publish(
        b"{}", exchange=to, routing_key=key, properties=made
    )


ATTACKS: Final[Mapping[str, tuple[int, Act]]] = {
    **{f"consume {one}": (403, consume(one)) for one in OTHERS_QUEUES},
    **{f"fetch from {one}": (403, fetch(one)) for one in OTHERS_QUEUES},
    **{f"purge {one}": (403, purge(one)) for one in OTHERS_QUEUES},
    **{f"delete {one}": (403, delete(one)) for one in OTHERS_QUEUES},
    **{f"declare {one}": (403, declare(one)) for one in (*OTHERS_QUEUES, "x", "hub.starting")},
    **{f"bind to hub.{one}": (403, bind(f"hub.{one}")) for one in set(EXCHANGES) - {"events"}},
    **{f"bind to {one}": (403, bind(one)) for one in (REQUESTS, "amq.topic", "amq.rabbitmq.trace")},
    **{f"hear replies {key}": (403, bind(REPLIES, key)) for key in ("#", "*.#", "bob.#", "*")},
    "bind another's queue": (403, bind(EVENTS, "#", "hub.replies.bob.inbox")),
    "bind the hub's queue": (403, bind(EVENTS, "#", "hub.requests.notion")),
    "unbind the hub's queue": (
        403,
        lambda channel: channel.queue_unbind("hub.requests.notion", REQUESTS, "notion.#"),
    ),
    "bind exchange to exchange": (
        403,
        lambda channel: channel.exchange_bind(destination=REPLIES, source=EVENTS, routing_key="#"),
    ),
    **{f"publish to hub.{one}": (403, publish(f"hub.{one}", "a.b")) for one in EXCHANGES},
    **{f"publish into {one}": (403, publish("", one)) for one in OTHERS_QUEUES},
    "publish to amq.topic": (403, publish("amq.topic", "x")),
    "ask what it may not": (403, publish(REQUESTS, "twilio.send_message")),
    "ask as another": (406, publish(REQUESTS, "notion.get_page", user_id="bob")),
    "ask as the hub": (406, publish(REQUESTS, "notion.get_page", user_id="hub")),
    **{
        f"die into {one or 'any queue'}": (
            403,
            declare("hub.replies.alice.trap", x_dead_letter_exchange=one),
        )
        for one in ("", "amq.topic", *(f"hub.{name}" for name in EXCHANGES))
    },
    "an exchange of its own": (403, exchange("alice")),
    "a way around": (403, exchange("hub.replies.alice.x", alternate_exchange="hub.control")),
    "delete an exchange": (403, lambda channel: channel.exchange_delete(REQUESTS)),
}

ALLOWED: Final[Mapping[str, Act]] = {
    "ask": publish(REQUESTS, "notion.get_page", user_id="alice"),
    "a queue of its own": declare("hub.replies.alice.other"),
    "take its replies": consume(MINE),
    "hear its replies": bind(REPLIES, "alice.#", MINE),
    "hear events": bind(EVENTS),
    "a queue that the broker names": fetch(MINE),
}


@pytest.mark.parametrize("attack", sorted(ATTACKS))
async def test_the_broker_refuses(urls: Mapping[str, str], attack: str) -> None:
    code, act = ATTACKS[attack]
    assert await refusal(urls["alice"], act) == code


@pytest.mark.parametrize("act", sorted(ALLOWED))
async def test_the_broker_allows(urls: Mapping[str, str], act: str) -> None:
    assert await refusal(urls["alice"], ALLOWED[act]) == 0


async def test_only_an_operator_gives_orders(urls: Mapping[str, str]) -> None:
    order = publish(NAMES.control, "")
    assert await refusal(urls["olga"], order) == 0
    assert await refusal(urls["olga"], publish(REQUESTS, "notion.get_page")) == 403


async def test_nobody_else_gets_in(urls: Mapping[str, str]) -> None:
    place = urls["alice"].rpartition("@")[2]
    for login in ("guest:guest", "hub:hub", "hub:", "alice:"):
        with pytest.raises(aiormq.exceptions.AMQPConnectionError):
            await aiormq.connect(f"amqp://{login}@{place}")


async def test_an_agent_can_take_no_more_than_its_connections(urls: Mapping[str, str]) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(AGENT_LIMITS["max-connections"]):
            await stack.enter_async_context(apart(urls["alice"]))
        with pytest.raises(aiormq.exceptions.AMQPError):
            await stack.enter_async_context(apart(urls["alice"]))
        assert await refusal(urls["bob"], publish(REQUESTS, "notion.get_page")) == 0
    await wait_until(lambda: gets_in(urls["alice"]), what="room for a connection")


async def gets_in(url: str) -> bool:
    try:
        async with apart(url):
            return True
    except aiormq.exceptions.AMQPError:
        return False


async def test_the_virtual_host_has_its_limit(urls: Mapping[str, str], own_node: Node) -> None:
    assert urls
    assert str(MOST_QUEUES) in await own_node.ctl("list_vhost_limits", "-p", "hub")
