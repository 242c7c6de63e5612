"""What nobody can answer as it came: messages that the broker dropped, and dead letters."""

import asyncio
import time
from dataclasses import replace
from typing import Any, Final

from aiormq.abc import DeliveredMessage

from service.amqp import topology
from service.answer import Answer
from service.ask import fingerprint
from service.record.records import Key
from service.record.store import Store
from tests.support.agent import Agent, Received, apart, fetched, left_in
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, serving
from tests.support.raw_amqp import HOSTILE, Raw, publish_raw
from tests.support.vendor import Stub, page, sms
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"


def code_of(answer: Received) -> tuple[str, str]:
    """Code and outcome of a failure."""
    problem = answer.json()
    return problem["code"], problem["outcome"]


async def test_what_the_broker_takes_out_of_a_queue_is_answered(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    await topology.declare_all(amqp_url, names, ["notion", "twilio"])
    async with Agent(amqp_url, names) as agent:
        late = await agent.send(PAGE, page(1), expiration=0.001)
        poison = await agent.send(SMS, sms("x"), id="poison")
        await hand_back(amqp_url, names.queue("twilio"), times=21)
        async with serving(amqp_url, settings):
            expired, gave_up = await agent.reply(late), await agent.reply(poison)
    assert code_of(expired) == ("expired", "not_sent")
    assert code_of(gave_up) == ("internal", "not_sent")
    assert stub.calls == 0


async def test_what_kept_failing_gets_what_the_record_says(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    """Done: the stored reply. Sent: nobody knows. Free: it was not done."""
    await topology.declare_all(amqp_url, names, ["notion", "twilio"])
    store = Store(settings.store_url, lambda: time.time() - 3600)
    for state in ("done", "sent", "free"):
        mark = fingerprint(SMS, sms(state))
        taken = await store.claim(Key("-", state), mark, SMS)
        assert taken.claim
        await store.sending(taken.claim)
        if state == "done":
            await store.done(taken.claim, Answer(True, b'{"sid":"SM1"}'))
        elif state == "free":
            await store.unsent(taken.claim)
    await store.aclose()
    async with Agent(amqp_url, names) as agent:
        for state in ("done", "sent", "free"):
            await agent.send(SMS, sms(state), id=state)
            await hand_back(amqp_url, names.queue("twilio"), times=21)
        async with serving(amqp_url, settings):
            done, sent, free = [await agent.reply(one) for one in ("done", "sent", "free")]
    assert (done.ok, done.served, done.body) == (True, "replay", b'{"sid":"SM1"}')
    assert code_of(sent) == ("outcome_unknown", "unknown")
    assert code_of(free) == ("internal", "not_sent")
    assert stub.calls == 0


async def hand_back(url: str, queue: str, times: int) -> None:
    """Take the only message of a queue and put it back, as hubs do that die of it."""
    async with apart(url) as channel:
        seen = asyncio.Semaphore(0)

        async def take(message: DeliveredMessage) -> None:
            await channel.basic_nack(message.delivery_tag or 0, requeue=True)
            seen.release()

        await channel.basic_qos(prefetch_count=1)
        await channel.basic_consume(queue, take)
        for _ in range(times):
            await asyncio.wait_for(seen.acquire(), 30)


FORBIDDEN: Final[dict[str, dict[str, Any]]] = {
    "cc": {"headers": {"CC": ["notion.get_page"]}},
    "cc in small": {"headers": {"cc": "x"}},
    "bcc in small": {"headers": {"bcc": "x"}},
    "a death": {"headers": {"x-death": "once"}},
    "a stage": {"headers": {"hub-stage": "final"}},
    "a status": {"headers": {"hub-status": "ok"}},
    "a reply": {"headers": {"ce-type": "hub.reply.notion.get_page.v1"}},
    "an event": {"headers": {"ce-type": "hub.event.health.changed.v1"}},
}
REFUSED_ADDRESSES: Final = (
    "{prefix}.dead-letters",
    "{prefix}.requests.notion",
    "{prefix}.replies.mallory",
)


async def test_what_must_not_be_answered_becomes_a_dead_letter(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    wanted = dict.fromkeys(FORBIDDEN, "forbidden_header")
    async with asked(amqp_url, names, settings) as (_, agent):
        for name, given in FORBIDDEN.items():
            await agent.send(PAGE, page(1), message_id=name, **given)
        for address in REFUSED_ADDRESSES:
            to = address.format(prefix=names.prefix)
            await agent.send(PAGE, page(1), message_id=to, reply_to=to, user_id="hub")
            wanted[to] = "reply_to_forbidden"
        gone = names.reply_queue("hub", "gone")
        await agent.send(SMS, sms("x"), message_id="gone", reply_to=gone, user_id="hub")
        await publish_raw(amqp_url, names.requests, undecodable(), b"{}")
        wanted |= {"gone": "reply_unroutable", "": "undecodable_property"}
        await wait_until(
            lambda: queued(amqp_url, names.dead_letters, len(wanted)), 15, "all dead letters"
        )
        assert (await agent.ask(PAGE, page(2))).ok  # it works on
    letters = await fetched(amqp_url, names.dead_letters)
    heads = [letter.header.properties.headers or {} for letter in letters]
    assert {str(one.get("hub-message-id", "")): one["hub-reason"] for one in heads} == wanted
    assert len(letters) == len(wanted)
    assert all(one["hub-detail"] and one["hub-user"] for one in heads)
    assert {letter.routing_key for letter in letters} == {PAGE, SMS}
    assert stub.calls == 2  # the one whose asker had gone, and the last


def undecodable() -> Raw:
    """A request with a correlation id that is not UTF-8."""
    hostile = next(raw for name, raw in HOSTILE.items() if "correlation" in name)
    return replace(hostile, key=PAGE.encode())


async def queued(url: str, queue: str, count: int) -> bool:
    return (await left_in(url, [queue]))[queue] >= count
