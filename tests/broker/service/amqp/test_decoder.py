"""Hostile messages from a real broker: the connection stays, and the neighbours come through."""

from service.amqp.consumer import consume
from tests.support.broker import OwnNames
from tests.support.bus import Inbox, declare, linked
from tests.support.raw_amqp import HOSTILE, PLAIN, REFUSED_BY_THE_BROKER, Raw, publish_raw
from tests.support.wait import wait_until

GOOD = Raw(PLAIN, "")


async def test_every_message_is_delivered_and_none_disconnects(
    amqp_url: str, names: OwnNames
) -> None:
    inbox, taken = Inbox(), set[str]()
    async with linked(amqp_url) as (link, changes):
        queue = await declare(link, names.queue("raw"))
        channel = await link.channel()
        await channel.exchange_declare(names.requests, exchange_type="fanout")
        await channel.queue_bind(queue, names.requests)
        consumer = await consume(link, queue, inbox, prefetch=10)
        for case, raw in HOSTILE.items():
            if await publish_raw(amqp_url, names.requests, raw, case.encode()):
                taken.add(case)
            assert await publish_raw(amqp_url, names.requests, GOOD, b"neighbour")
        await wait_until(lambda: len(inbox) == len(taken) + len(HOSTILE))
        assert consumer.attached
    flaws = {delivery.body.decode(): delivery.flaw for delivery in inbox.deliveries}
    assert flaws == {"neighbour": ""} | {case: HOSTILE[case].flaw for case in taken}
    assert inbox.bodies.count(b"neighbour") == len(HOSTILE) == 16
    assert set(HOSTILE) - taken <= REFUSED_BY_THE_BROKER
    assert changes == [True, False]


async def test_a_flawed_message_is_settled_like_any_other(amqp_url: str, names: OwnNames) -> None:
    inbox = Inbox()
    async with linked(amqp_url) as (link, _):
        queue = await declare(link, names.queue("raw"))
        raw = Raw(HOSTILE["correlation id not UTF-8"].properties, "", queue.encode())
        await publish_raw(amqp_url, "", raw, b"body")
        consumer = await consume(link, queue, inbox, prefetch=10)
        await wait_until(lambda: len(inbox) == 1)
        await consumer.close()
        again = await consume(link, queue, inbox, prefetch=10)
        assert again.attached
    delivery = inbox.deliveries[0]
    assert delivery.flaw
    assert delivery.properties.correlation_id == "\\xff\\xfe"
    assert len(inbox) == 1
