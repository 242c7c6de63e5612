"""A connection that comes back by itself."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aio_pika.abc import AbstractConnection
from yarl import URL

from sdk import HubUnreachable
from sdk._address import Address
from sdk._errors import Closed, Denied, Lost, Refused
from sdk._link import Link, Reset
from tests.support.proxy import Proxy
from tests.support.wait import wait_until


class Preparing:
    """What prepares each connection, and may fail at first."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = [*failures]
        self.resets: list[Reset] = []

    async def __call__(self, _: AbstractConnection, reset: Reset) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.resets.append(reset)

    def __len__(self) -> int:
        return len(self.resets)


@asynccontextmanager
async def linked(url: str, preparing: Preparing | None = None) -> AsyncIterator[Link]:
    link = Link(Address(url), preparing if preparing is not None else Preparing())
    try:
        await link.start(60)
        yield link
    finally:
        await link.aclose()


async def test_it_comes_back_after_each_loss_prepared_anew(
    amqp_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sdk")
    preparing = Preparing()
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url), preparing) as link:
        for times in (2, 3):
            proxy.cut()
            await wait_until(lambda times=times: len(preparing) == times and link.up)  # type: ignore[misc]
            assert not (await link.channel()).is_closed
    said = [record.message for record in caplog.records if record.name == "sdk"]
    assert [line.split(":")[0].split(" at")[0] for line in said] == [
        "connected to the hub",
        "no way to the hub",
        "connected to the hub",
        "no way to the hub",
        "connected to the hub",
    ]


async def test_leaving_is_no_trouble(amqp_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with linked(amqp_url):
        pass
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_whoever_wants_a_channel_waits_for_the_connection(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as link:
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        channel = asyncio.create_task(link.channel())
        await proxy.accept()
        async with asyncio.timeout(30):
            assert not (await channel).is_closed


async def test_closing_ends_whoever_waits(amqp_url: str) -> None:
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as link:
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        channel = asyncio.create_task(link.channel())
        await asyncio.sleep(0)
        await link.aclose()
        with pytest.raises(Closed):
            await channel


async def test_who_waits_does_not_take_a_short_life_for_the_end(amqp_url: str) -> None:
    """Up and down again before the one who waits has its turn."""
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url)) as link:
        await proxy.refuse()
        proxy.cut()
        await wait_until(lambda: not link.up)
        waiting = asyncio.create_task(link.ready())
        await asyncio.sleep(0)
        link._settled.set()
        link._settled.clear()
        await asyncio.sleep(0)
        await proxy.accept()
        async with asyncio.timeout(30):
            assert not (await waiting).is_closed


async def test_a_preparation_that_fails_is_tried_again(amqp_url: str) -> None:
    preparing = Preparing(Lost("not yet"), Denied(404, "not yet"))
    async with linked(amqp_url, preparing) as link:
        assert (link.up, link.reason) == (True, "")
        assert len(preparing) == 1


async def test_a_bug_while_it_prepares_is_logged_and_no_end(
    amqp_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with linked(amqp_url, Preparing(KeyError("bug"))) as link:
        assert link.up
    assert [record.message for record in caplog.records] == ["a bug; connecting again"]


async def test_a_connection_can_be_given_up(amqp_url: str) -> None:
    preparing = Preparing()
    async with linked(amqp_url, preparing) as link:
        link.reset()
        await wait_until(lambda: len(preparing) == 2 and link.up)
        preparing.resets[0]()  # of the old one: it means nothing any more
        preparing.resets[1]()
        await wait_until(lambda: len(preparing) == 3 and link.up)


async def test_nobody_there_is_said_in_the_time_given() -> None:
    link = Link(Address("amqp://127.0.0.1:1/"), Preparing())
    with pytest.raises(
        HubUnreachable, match=r"127\.0\.0\.1:1/, tried for 0\.1 s: .*Connect call failed"
    ):
        await link.start(0.1)
    await link.aclose()


async def test_who_is_not_let_in_need_not_wait(amqp_url: str) -> None:
    url = str(URL(amqp_url).with_password("s3cret"))
    link = Link(Address(url), Preparing())
    async with asyncio.timeout(30):
        with pytest.raises(HubUnreachable, match="user or password are wrong") as caught:
            await link.start(60)
    assert "s3cret" not in str(caught.value)
    await link.aclose()


async def test_who_was_let_in_once_is_patient(amqp_url: str) -> None:
    """A broker that is still loading its users, a password that is changed and changed back."""
    preparing = Preparing()
    async with Proxy.before(amqp_url) as proxy, linked(proxy.through(amqp_url), preparing) as link:
        preparing.failures.append(Refused("not now"))
        proxy.cut()
        await wait_until(lambda: len(preparing) == 2 and link.up)


async def test_a_channel_that_nobody_holds_is_dropped(amqp_url: str) -> None:
    async with linked(amqp_url) as link:
        channel = await link.channel()
        link.drop(channel)
        link.drop(channel)
        await wait_until(lambda: channel.is_closed)
        other = await link.channel()
        link.drop(other)
        await asyncio.sleep(0)
        await link.aclose()
        assert other.is_closed
        link.drop(other)


def test_dropping_after_the_loop_is_no_error(amqp_url: str) -> None:
    async def leave() -> Link:
        async with linked(amqp_url) as link:
            return link

    link = asyncio.run(leave())
    link.drop(None)  # type: ignore[arg-type]
    gc.collect()


async def test_a_link_that_was_never_started_can_be_closed() -> None:
    link = Link(Address("amqp://127.0.0.1:1/"), Preparing())
    await link.aclose()
    with pytest.raises(Closed):
        await link.ready()
