"""The queue of an integration that no hub serves any more: named, and answered."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from clients._clock import Clock
from contracts._events import OwnsEvent
from service.amqp import topology
from service.amqp.message import Message
from service.amqp.publisher import Publisher, Until
from service.amqp.subscription import Subscription
from service.leftover import Leftovers
from service.ownership.members import Members
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, linked
from tests.support.hub import Given, asked, lacks_nothing
from tests.support.proxy import Proxy
from tests.support.vendor import Stub, page, sms
from tests.support.wait import wait_until


def says(instance: str, *integrations: str) -> OwnsEvent:
    return OwnsEvent(
        instance=instance, store="s", run=instance, modes=dict.fromkeys(integrations, "configured")
    )


class Bench:
    """Leftovers of a hub that serves notion alone, on a broker that had twilio's queue too."""

    def __init__(self, names: OwnNames) -> None:
        self.names, self.inbox = names, Inbox()
        self.members = Members(says("me", "notion"), time.monotonic())

    @asynccontextmanager
    async def run(self, url: str, after: float) -> AsyncIterator[Publisher]:
        await topology.declare_all(url, self.names, ["notion", "twilio"])
        async with linked(url) as (link, _):
            left = Leftovers(
                self.names,
                {"twilio", "ncbi"},
                self.members,
                link,
                lambda queue: Subscription(link, queue, self.inbox, prefetch=10),
                Clock(),
                after,
            )
            task = asyncio.create_task(left.run())
            try:
                yield Publisher(link)
            finally:
                task.cancel()
                await asyncio.wait([task])

    def hear(self, who: OwnsEvent) -> None:
        self.members.hear(who, time.monotonic())

    async def ask(self, publisher: Publisher, body: bytes) -> None:
        await publisher.publish(self.names.requests, "twilio.send_message", Message(body))


@pytest.fixture
def bench(names: OwnNames) -> Bench:
    return Bench(names)


async def test_what_nobody_serves_is_named_and_answered(amqp_url: str, bench: Bench) -> None:
    with capture_logs() as logs:
        async with bench.run(amqp_url, after=0.0) as publisher:
            await bench.ask(publisher, b"waits")
            await wait_until(lambda: bench.inbox.bodies == [b"waits"], 10)
    named = [one for one in logs if one["event"] == "queue_left_over"]
    assert [one["queue"] for one in named] == [bench.names.queue("twilio")]
    assert "HUB_INTEGRATIONS" in named[0]["advice"]


async def test_who_comes_to_serve_it_gets_it(amqp_url: str, bench: Bench) -> None:
    """And when he is away again, what waits is his."""
    async with bench.run(amqp_url, after=0.0) as publisher:
        await bench.ask(publisher, b"before")
        await wait_until(lambda: bench.inbox.bodies == [b"before"], 10)
        bench.hear(says("other", "twilio"))
        theirs, queue = Inbox(), bench.names.queue("twilio")
        async with linked(amqp_url) as (link, _), Subscription(link, queue, theirs, prefetch=1):

            async def given() -> bool:
                await bench.ask(publisher, b"after")
                return bool(theirs.bodies)

            await wait_until(given, 10)
        bench.members.leave("other")
    assert bench.inbox.bodies.count(b"before") == 1


async def test_what_another_hub_serves_is_left_to_it(amqp_url: str, bench: Bench) -> None:
    bench.hear(says("other", "twilio"))
    with capture_logs() as logs:
        async with bench.run(amqp_url, after=0.0) as publisher:
            await bench.ask(publisher, b"theirs")
    assert not [one for one in logs if one["event"] == "queue_left_over"]
    assert bench.inbox.bodies == []


async def test_a_broker_that_is_away_meanwhile(amqp_url: str, bench: Bench) -> None:
    async with Proxy.before(amqp_url) as proxy:
        far = proxy.through(amqp_url)
        async with bench.run(far, after=0.0) as publisher:
            proxy.cut()
            until = Until(time.monotonic() + 10)
            key, message = "twilio.send_message", Message(b"x")
            await publisher.publish_until(bench.names.requests, key, message, until)
            await wait_until(lambda: set(bench.inbox.bodies) == {b"x"}, 20)


async def test_a_narrowed_hub_has_the_old_queue_in_its_eye(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    await topology.declare_all(amqp_url, names, ["notion", "twilio"])
    narrowed = settings.but(HUB_INTEGRATIONS="notion")
    with capture_logs() as logs:
        async with asked(amqp_url, names, narrowed) as (hub, agent):
            await wait_until(lambda: any(one["event"] == "queue_left_over" for one in logs), 10)
            await agent.send("twilio.send_message", sms("x"), id="x")
            assert (await agent.ask("notion.get_page", page(1))).ok
            await wait_until(lambda: lacks_nothing(hub), 15, "readiness")
    assert stub.calls == 1
