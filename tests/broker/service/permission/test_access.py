"""What a hub with an access file refuses, on a broker with our definitions: T4 to T8, T16, T24.

What left is read from the stub upstream's log; what was refused, from replies and dead letters.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from aiormq.abc import AbstractChannel
from pamqp.common import FieldTable

from contracts._names import REASON_HEADER
from service.app import Hub
from service.node.node import Node
from tests.support.agent import Agent, all_of, apart, fetched
from tests.support.hub import Given, serving, settings_for
from tests.support.rights import NAMES, secured
from tests.support.upstream import Received
from tests.support.vendor import Stub, page, sms, texts
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"
SLOW: Final = "10/1s burst 1"
ACCESS: Final = {
    "alice": {"operations": ["notion.*"], "requests_per_day": {"notion.search": 2}},
    "bob": {"operations": ["notion.*", "twilio.*"], "classes": ["safe"]},
    "carol": {"operations": ["*"]},
    "flood": {"operations": ["*"], "share": 0.1},
}
Urls = Mapping[str, str]


@pytest.fixture(scope="module")
def secure(module_node: Node, tmp_path_factory: pytest.TempPathFactory) -> tuple[Urls, Path]:
    """The addresses of all users, and the access file."""
    folder = tmp_path_factory.mktemp("rights")
    return asyncio.run(secured(module_node, folder, ACCESS)), folder / "access.json"


@pytest.fixture
async def urls(secure: tuple[Urls, Path], own_node: Node) -> AsyncIterator[Urls]:
    assert own_node.alive
    yield secure[0]
    async with apart(secure[0]["hub"]) as channel:
        for queue in (NAMES.dead_letters, NAMES.queue("notion"), NAMES.queue("twilio")):
            await channel.queue_purge(queue)


@pytest.fixture
def guarded(secure: tuple[Urls, Path], stub: Stub, tmp_path: Path) -> Given:
    return settings_for(stub.up.url, NAMES, tmp_path).but(HUB_ACCESS_FILE=str(secure[1]))


def user_of(url: str) -> str:
    return url.partition("://")[2].partition(":")[0]


async def ask(agent: Agent, url: str, operation: str, params: object, **more: Any) -> str:  # noqa: ANN401
    """Ask as the user of this address; return the code of the reply."""
    reply = await agent.ask(operation, params, **({"user_id": user_of(url)} | more))
    return reply.code


async def reasons(urls: Urls) -> Counter[str]:
    """Take all dead letters; return their reasons."""
    dead = await fetched(urls["hub"], NAMES.dead_letters)
    return Counter(str((one.header.properties.headers or {})[REASON_HEADER]) for one in dead)


async def buried(hub: Hub, count: int) -> None:
    """Wait until so many requests have become dead letters."""
    channel = hub.base.links.look

    async def there() -> bool:
        opened = await channel.channel()
        try:
            told = await opened.queue_declare(NAMES.dead_letters, passive=True)
            return told.message_count == count
        finally:
            await opened.close()

    await wait_until(there, 15, f"{count} dead letters")


async def test_each_may_call_what_its_entry_says(urls: Urls, guarded: Given, stub: Stub) -> None:
    alice, bob, carol = (urls[one] for one in ("alice", "bob", "carol"))
    async with serving(urls["hub"], guarded), Agent(alice, NAMES) as a, Agent(bob, NAMES) as b:
        assert await ask(a, alice, PAGE, page(1)) == "ok"
        assert await ask(b, bob, SMS, sms("b"), id="1") == "forbidden"
        async with Agent(carol, NAMES) as c:
            assert await ask(c, carol, SMS, sms("c"), id="1") == "ok"
            other = {"headers": {"hub-for": "bob"}}  # accepted from the hub's own user only
            assert await ask(c, carol, SMS, sms("d"), id="2", **other) == "ok"
    assert texts(stub.up.requests) == {"c": 1, "d": 1}


async def test_who_does_not_say_who_it_is_may_nothing(
    urls: Urls, guarded: Given, stub: Stub
) -> None:
    async with serving(urls["hub"], guarded) as hub, Agent(urls["alice"], NAMES) as agent:
        await agent.send(PAGE, page(1), user_id=None)
        await buried(hub, 1)
        async with apart(urls["alice"]) as channel:
            mine = (await channel.queue_declare(exclusive=True)).queue or ""
            await agent.send(PAGE, page(1), user_id=None, reply_to=mine)
            await wait_until(lambda: refused(channel, mine), 15, "the refusal")
    assert await reasons(urls) == {"reply_to_forbidden": 1}
    assert stub.calls == 0
    assert agent.log.all == []


async def refused(channel: AbstractChannel, queue: str) -> bool:
    got = await channel.basic_get(queue, no_ack=True)
    return b'"code":"forbidden"' in got.body


async def test_no_way_around_the_rights_reaches_an_upstream(
    urls: Urls, guarded: Given, stub: Stub
) -> None:
    """Alice may only read Notion; every attack here would send a text by Twilio."""
    trap: FieldTable = {
        "x-dead-letter-exchange": NAMES.requests,
        "x-dead-letter-routing-key": SMS,
        "x-message-ttl": 1,
    }
    as_alice: dict[str, Any] = {"user_id": "alice"}
    async with serving(urls["hub"], guarded) as hub, Agent(urls["alice"], NAMES) as agent:
        await agent.send(PAGE, sms("cc"), headers={"CC": [SMS]}, **as_alice)
        await buried(hub, 2)  # one in each queue
        stray = await agent.ask(PAGE, sms("bcc"), headers={"BCC": [SMS]}, **as_alice)
        async with apart(urls["alice"]) as channel:
            await channel.queue_declare("hub.replies.alice.trap", arguments=trap)
            await agent.send(PAGE, page(1), reply_to="hub.replies.alice.trap", **as_alice)
            await buried(hub, 3)
            await channel.queue_delete("hub.replies.alice.trap")
        for address in ("hub.requests.twilio", "hub.lease.twilio", "hub.replies.bob", "amq.topic"):
            await agent.send(PAGE, page(2), reply_to=address, **as_alice)
        await buried(hub, 7)
    assert stray.code in {"invalid_request", "unknown_operation"}
    assert texts(stub.up.requests) == {}
    assert await reasons(urls) == {"forbidden_header": 3, "reply_to_forbidden": 4}


async def test_an_id_is_its_users_own(urls: Urls, guarded: Given, stub: Stub) -> None:
    """T24: with another's id one gets neither that one's reply nor a conflict."""
    carol, flood = urls["carol"], urls["flood"]
    async with serving(urls["hub"], guarded), Agent(carol, NAMES) as c, Agent(flood, NAMES) as f:
        first = await c.ask(SMS, sms("carol"), id="same", user_id="carol")
        other = await f.ask(SMS, sms("flood"), id="same", user_id="flood")
        again = await c.ask(SMS, sms("carol"), id="same", user_id="carol")
        changed = await c.ask(SMS, sms("changed"), id="same", user_id="carol")
    assert [first.served, other.served, again.served] == ["live", "live", "replay"]
    assert (again.body, changed.code) == (first.body, "idempotency_conflict")
    assert texts(stub.up.requests) == {"carol": 1, "flood": 1}


async def test_the_requests_of_a_day_are_counted_through_a_restart(
    urls: Urls, guarded: Given
) -> None:
    alice = urls["alice"]
    codes = []
    for _ in range(2):
        async with serving(urls["hub"], guarded), Agent(alice, NAMES) as agent:
            for _ in range(2):
                replies = await agent.ask("notion.search", {"query": "x"}, user_id="alice")
                codes.append(replies)
    assert [one.code == "would_miss_deadline" for one in codes] == [False, False, True, True]
    assert 0 < codes[-1].json()["retry_after"] <= 86_400


async def test_repeats_of_one_id_hold_no_more_than_a_share(
    urls: Urls, guarded: Given, stub: Stub
) -> None:
    """Over it they are acknowledged, for the first is answered to the same asker."""
    flood, carol = urls["flood"], urls["carol"]
    stub.vendor.hold()
    few = guarded.but(HUB_WINDOW="8")
    async with serving(urls["hub"], few), Agent(flood, NAMES) as f, Agent(carol, NAMES) as c:
        for _ in range(16):
            await f.send(SMS, sms("same"), id="same", user_id="flood")
        await wait_until(lambda: stub.calls == 1, 15)
        await c.send(SMS, sms("carol"), id="c", user_id="carol")
        await wait_until(lambda: stub.calls == 2, 15, "the call of somebody else")
        stub.vendor.release()
        assert (await c.reply("c")).ok
        await f.finals(["same"], 15)
        assert {one.code for one in f.log.all} == {"ok"}
    assert texts(stub.up.requests) == {"same": 1, "carol": 1}


def asked_by(number: int) -> str:
    """Return the target of a page's request."""
    return page(number)["page_id"]


@pytest.mark.parametrize(("who", "count"), [("alice", 200), ("flood", 1000)])
async def test_a_flood_delays_nobody_by_more_than_its_turn(
    urls: Urls, guarded: Given, stub: Stub, who: str, count: int
) -> None:
    """In the window agents go in turn; with a share, what is over it is refused, not waited for."""
    mine = {asked_by(10_000 + number) for number in range(5)}
    settings = guarded.but(NOTION_LIMIT=SLOW)
    async with serving(urls["hub"], settings) as hub, Agent(urls[who], NAMES) as flood:
        gate = hub.integrations["notion"].gates["api"]
        await all_of(*(flood.send(PAGE, page(n), user_id=who) for n in range(count)))
        if who == "alice":
            await wait_until(lambda: len(gate) > count / 2, 15, "a full window")
        else:
            await wait_until(lambda: len(flood.log.all) > count / 2, 15, "the refusals")
        async with Agent(urls["carol"], NAMES) as agent:
            before, waiting = stub.calls, len(gate)
            ids = [await agent.send(PAGE, page(10_000 + n), user_id="carol") for n in range(5)]
            await agent.finals(ids, 30)
            assert all(one.ok for one in agent.log.all)
        behind = len(gate)
    turns = ["c" if tail(one) in mine else "." for one in stub.up.requests]
    if who == "alice":
        assert turns[before:].index("c") < waiting / 2
    between = sorted(map(len, "".join(turns).strip(".").split("c")))
    assert between[-2] <= 2  # of a lease that was lost meanwhile the queue's order is left, once
    if who == "flood":
        codes = Counter(one.code for one in flood.log.all)
        assert set(codes) == {"ok", "would_miss_deadline"}
        assert codes["would_miss_deadline"] > count / 2
        assert behind <= 26


def tail(request: Received) -> str:
    return request.target.rpartition("/")[2]
