"""Looking through the dead letters: none is lost, none changes its place."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

import pytest
from aiormq.abc import DeliveredMessage

from contracts import Names
from service.amqp import topology
from service.amqp.errors import BusError, LinkLost
from service.amqp.message import Message
from service.amqp.publisher import Publisher
from service.dead.letter import Letter
from service.dead.tray import MOST_BYTES, opened
from tests.support.agent import apart, fetched, left_in
from tests.support.broker import OwnNames
from tests.support.bus import linked
from tests.support.proxy import Proxy
from tests.support.wait import wait_until

LETTERS: Final = 120
TURNS: Final = 5
ALL: Final = [f"l-{number:03}" for number in range(LETTERS)]


async def write(url: str, names: Names, ids: Iterable[str], body: bytes = b"{}") -> None:
    """Put letters into the queue, as a hub does."""
    await topology.declare_all(url, names, [])
    async with linked(url) as (link, _):
        publisher = Publisher(link)
        for id_ in ids:
            headers = {"ce-id": id_, "hub-reason": "internal", "hub-user": "alice"}
            await publisher.publish(names.dead, "notion.get_page", Message(body, headers))


def every(_: Letter) -> bool:
    return True


async def ids_in(
    url: str, names: Names, most: int = 1000, wanted: Callable[[Letter], bool] = every
) -> list[str]:
    async with opened(url, names, wanted, most) as tray:
        return [letter.id for letter, _ in tray.kept]


async def left(url: str, names: Names) -> list[str]:
    """Take all letters out of the queue."""
    heads = [one.header.properties.headers or {} for one in await fetched(url, names.dead_letters)]
    return [str(head["ce-id"]) for head in heads]


async def all_back(url: str, names: Names, count: int) -> None:
    async def back() -> bool:
        return (await left_in(url, [names.dead_letters]))[names.dead_letters] == count

    await wait_until(back, 10, f"{count} letters given back")


async def test_many_looks_lose_nothing_and_change_no_order(amqp_url: str, names: OwnNames) -> None:
    """At most so many letters each time, one after the other and several at once."""
    await write(amqp_url, names, ALL)
    for turn in range(TURNS):
        assert await ids_in(amqp_url, names, 40 + turn) == ALL[: 40 + turn]
        several = (ids_in(amqp_url, names, 1 + (turn + 31 * one) % LETTERS) for one in range(8))
        for seen in await asyncio.gather(*several):
            assert seen == ALL[: len(seen)]
    await all_back(amqp_url, names, LETTERS)
    assert await left(amqp_url, names) == ALL


async def test_what_is_taken_out_in_the_middle_leaves_the_rest_in_order(
    amqp_url: str, names: OwnNames
) -> None:
    await write(amqp_url, names, ALL)
    gone = {ALL[3], ALL[60], ALL[119]}
    async with opened(amqp_url, names, lambda one: one.id in gone, 1000) as tray:
        assert (tray.seen, tray.total, tray.more) == (LETTERS, LETTERS, False)
        assert all(delivery.ack() for _, delivery in tray.kept)
    rest = [one for one in ALL if one not in gone]
    assert await ids_in(amqp_url, names) == rest
    await write(amqp_url, names, ["new"])
    assert await ids_in(amqp_url, names) == [*rest, "new"]


async def test_who_dies_while_looking_has_lost_nothing(amqp_url: str, names: OwnNames) -> None:
    await write(amqp_url, names, ALL)
    async with Proxy.before(amqp_url) as proxy:
        async with opened(proxy.through(amqp_url), names, every, 50) as tray:
            assert len(tray.kept) == 50
            proxy.cut()
        assert not tray.kept[0][1].ack()
    assert await ids_in(amqp_url, names) == ALL


async def test_a_tray_is_bounded_and_says_that_there_are_more(
    amqp_url: str, names: OwnNames
) -> None:
    await write(amqp_url, names, ALL[:5], bytes(MOST_BYTES // 3))
    async with opened(amqp_url, names, every, 1000) as tray:
        assert ([one.id for one, _ in tray.kept], tray.more) == (ALL[:4], True)
    async with opened(amqp_url, names, every, 2) as tray:
        assert ([one.id for one, _ in tray.kept], tray.more) == (ALL[:2], True)
    async with opened(amqp_url, names, every, 1000) as tray:
        assert tray.total == 5


async def test_no_letters_are_a_tray_too(amqp_url: str, names: OwnNames) -> None:
    await write(amqp_url, names, [])
    async with opened(amqp_url, names, every, 10) as tray:
        assert (tray.kept, tray.total, tray.more) == ([], 0, False)


async def test_who_may_not_look_is_told_why(amqp_url: str, names: OwnNames) -> None:
    await write(amqp_url, names, ["a"])

    async def keep(_: DeliveredMessage) -> None:
        """Leave it."""

    async with apart(amqp_url) as channel:
        await channel.basic_consume(names.dead_letters, keep)
        with pytest.raises(BusError, match=r"Somebody else .* for 0\.5 s"):
            async with opened(amqp_url, names, every, 1, within=0.5):
                pass
    nowhere = "amqp://guest:guest@127.0.0.1:1/"
    with pytest.raises(LinkLost, match="no connection to the broker: nobody listens"):
        async with opened(nowhere, names, every, 1, within=0.5):
            pass
