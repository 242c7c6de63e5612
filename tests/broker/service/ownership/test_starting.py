"""One hub of a family starts at a time."""

import asyncio

import pytest

from contracts._names import Names
from service.amqp.errors import BusError, Denied
from service.ownership.starting import starting_alone
from tests.support.broker import OwnNames


async def test_the_second_waits_for_the_first(amqp_url: str, names: OwnNames) -> None:
    order: list[str] = []

    async def start(hub: str) -> None:
        async with starting_alone(amqp_url, names):
            order.append(f"{hub} begins")
            await asyncio.sleep(0.05)
            order.append(f"{hub} ends")

    await asyncio.gather(*(start(hub) for hub in "abc"))
    assert [words.split()[1] for words in order] == ["begins", "ends"] * 3
    assert [order[at][0] for at in (0, 2, 4)] == [order[at][0] for at in (1, 3, 5)]


async def test_one_that_never_ends_is_named(amqp_url: str, names: OwnNames) -> None:
    async with starting_alone(amqp_url, names):
        with pytest.raises(BusError, match=names.starting):
            async with starting_alone(amqp_url, names, within=0.3):
                pytest.fail("two at once")


async def test_what_fails_inside_passes_through(amqp_url: str, names: OwnNames) -> None:
    with pytest.raises(TimeoutError, match="mine"):
        async with starting_alone(amqp_url, names):
            raise TimeoutError("mine")
    async with starting_alone(amqp_url, names):
        pass


async def test_the_start_itself_may_take_longer(amqp_url: str, names: OwnNames) -> None:
    async with starting_alone(amqp_url, names, within=1.0):
        await asyncio.sleep(1.1)


async def test_a_name_that_the_broker_refuses(amqp_url: str) -> None:
    with pytest.raises(Denied, match="reserved prefix"):
        async with starting_alone(amqp_url, Names("amq")):
            pytest.fail("amq. is the broker's own")
