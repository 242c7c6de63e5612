"""A thousand messages that nobody should have written, between good ones.

They are written by hand, one of every kind in turn: none costs a connection, each becomes a dead
letter that says why, and the good ones are answered as if they were alone.
"""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import cycle, islice
from typing import Final

from service.app import Hub
from tests.support.agent import all_of, fetched, left_in
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.raw_amqp import HOSTILE, REFUSED_BY_THE_BROKER, Raw, publish_all
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until

PAGE: Final = "notion.get_page"
POISON: Final = 1000
GOOD: Final = 1000
KINDS: Final = [
    raw if raw.key != b"key" else replace(raw, key=PAGE.encode())
    for case, raw in HOSTILE.items()
    if raw.flaw and case not in REFUSED_BY_THE_BROKER
]


def wires(hub: Hub) -> list[object]:
    """The connections over which bodies come and go: the same for as long as none was lost."""
    return [link._wire for link in (hub.base.links.consume, hub.base.links.publish)]


async def test_poison_costs_neither_connection_nor_neighbour(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    poison: list[Raw] = [*islice(cycle(KINDS), POISON)]
    async with asked(amqp_url, names, settings) as (hub, agent):
        before = wires(hub)
        good = [agent.send(PAGE, page(n)) for n in range(GOOD)]
        bad = [
            publish_all(amqp_url, names.requests, poison[at : at + 50], b"{}")
            for at in range(0, POISON, 50)
        ]
        swallowed, ids = await asyncio.gather(asyncio.gather(*bad), all_of(*good))
        assert all(swallowed)
        await agent.finals(ids, 60)
        await wait_until(lambda: buried(amqp_url, names), 20, "all dead letters")
        assert wires(hub) == before
    letters = await fetched(amqp_url, names.dead_letters)
    reasons = Counter((one.header.properties.headers or {})["hub-reason"] for one in letters)
    wanted = Counter(one.flaw for one in poison)
    assert reasons >= wanted  # twice, where the lease moved between its confirm and its ack
    assert reasons.keys() == wanted.keys()
    assert {code for id_ in ids for code in agent.log.codes()[id_]} == {"ok"}
    assert stub.calls >= GOOD  # a read may be made again where a lease moved meanwhile


async def buried(url: str, names: OwnNames) -> bool:
    return (await left_in(url, [names.dead_letters]))[names.dead_letters] >= POISON
