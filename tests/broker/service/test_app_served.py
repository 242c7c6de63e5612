"""How answers are served and what they say of themselves: shared, cached, told on the way."""

import json
from collections.abc import Mapping
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event

from clients._client import Client
from clients._pool import Lazy
from service.amqp import topology
from tests.support.agent import Agent, all_of, apart, fetched
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked, serving
from tests.support.vendor import NOTION, Stub, page, sms
from tests.support.wait import wait_until

PAGE, SMS, KP = "notion.get_page", "twilio.send_message", "space_weather.get_kp_index"


async def test_how_an_answer_was_served_is_told(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    three = {"HUB_INTEGRATIONS": "notion,space_weather,twilio", "HUB_SANDBOX": "auto"}
    keyless = {"TWILIO_AUTH_TOKEN": "", "TWILIO_ACCOUNT_SID": ""}
    recorded = {"to": "+12025550123", "body": "The kiln is at 1,240 °C."}
    async with asked(amqp_url, names, settings.but(**three, **keyless)) as (_, agent):
        kp = [(await agent.ask(KP)).served for _ in range(2)]
        fresh = (await agent.ask(KP, headers={"hub-cache": "no-cache"})).served
        once = [(await agent.ask(PAGE, page(1), id="1")).served for _ in range(2)]
        sandbox = (await agent.ask(SMS, recorded, id="2")).served
        stub.vendor.hold(NOTION)
        twins = [await agent.send(PAGE, page(2)) for _ in range(2)]
        other = await agent.send(PAGE, page(2), headers={"hub-cache": "no-cache"})
        await wait_until(lambda: stub.vendor.waiting[NOTION] == 2)
        stub.vendor.release()
        shared = [(await agent.reply(one)).served for one in (*twins, other)]
    assert kp == ["live", "cache"]
    assert fresh == "live"
    assert once == ["live", "replay"]
    assert sandbox == "sandbox"
    assert sorted(shared[:2]) == ["coalesced", "live"]
    assert shared[2] == "live"
    assert stub.calls == 5


async def test_who_shares_a_call_keeps_its_own_deadline(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    stub.vendor.hold(NOTION)
    async with asked(amqp_url, names, settings) as (_, agent):
        patient = await agent.send(PAGE, page(1))
        await wait_until(lambda: stub.vendor.waiting[NOTION] == 1)
        late = await agent.ask(PAGE, page(1), within=0.3)
        stub.vendor.release()
        assert (await agent.reply(patient)).ok
    assert late.code == "expired"
    assert stub.calls == 1


async def test_progress_is_told_on_the_way(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    wanted: dict[str, Any] = {"headers": {"hub-accept": "progress"}}
    async with asked(amqp_url, names, settings.but(NOTION_LIMIT="2/1s burst 1")) as (_, agent):
        ids = await all_of(*(agent.send(PAGE, page(number), **wanted) for number in range(4)))
        await agent.finals(ids, 15)
        calm = await agent.ask(PAGE, page(9))
    places = {id_: [one.json() for one in some] for id_, some in agent.log.progress.items()}
    assert {some[0]["place"] for some in places.values()} >= {0, 1}
    assert calm.id not in places
    for id_, told in places.items():
        assert len(told) == 1
        assert 0 <= told[0]["eta"] <= 2.5
        head, tail = agent.log.progress[id_][0], agent.log.finals[id_][0]
        assert head.at <= tail.at
        assert head.headers["hub-stage"] == "accepted"
        assert head.headers["ce-type"] == tail.headers["ce-type"]
    assert stub.calls == 5


def event_in(headers: Mapping[str, Any], body: bytes, content_type: str) -> BaseCloudEvent:
    """The message as the CloudEvents SDK reads it."""
    return from_rabbitmq_event(RabbitMQMessage(dict(headers), content_type, body))


async def test_replies_are_cloud_events(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    async with asked(amqp_url, names, settings) as (hub, agent):
        good = await agent.ask(PAGE, page(1), id="1", headers=trace)
        bad = await agent.ask(PAGE, {}, id="2")
    for answer in (good, bad):
        event = event_in(answer.headers, answer.body, answer.content_type)
        assert event.get_source() == f"/hub/{hub.settings.instance}"
        assert event.get_type() == "hub.reply.notion.get_page.v1"
        assert event.get_subject() == answer.id
        assert event.get_datacontenttype() == answer.content_type
        assert event.get_time() is not None
    assert good.headers["ce-id"] != bad.headers["ce-id"]
    assert good.headers["traceparent"] == trace["traceparent"]
    assert stub.calls == 1


async def test_events_are_cloud_events(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    ears = names.reply_queue("hub", "ears")
    await topology.declare_all(amqp_url, names, ["notion", "twilio"])
    async with apart(amqp_url) as channel:
        await channel.queue_declare(ears, durable=True)
        await channel.queue_bind(ears, names.events, "#")
    async with serving(amqp_url, settings) as hub:
        instance = hub.settings.instance
    heard = await fetched(amqp_url, ears)
    keys = {str(message.routing_key) for message in heard}
    assert keys >= {f"hub.{instance}.{what}" for what in ("started", "owns", "stopped")}
    assert keys >= {"health.notion.up", "health.twilio.up"}
    for message in heard:
        properties = message.header.properties
        headers, kind = properties.headers or {}, str(properties.content_type)
        event = event_in(headers, message.body, kind)
        area = str(message.routing_key).partition(".")[0]
        assert event.get_type().startswith(f"hub.event.{area}.")
        assert event.get_type().endswith(".v1")
        assert event.get_source() == f"/hub/{instance}"
        assert json.loads(message.body)
    assert stub.calls == 0


async def test_a_thousand_first_requests_make_one_client(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    """The factory fails the first time: that costs one request, and everyone else is answered."""
    tries: list[str] = []
    made: list[Client] = []
    async with asked(amqp_url, names, settings) as (hub, agent):
        integration = hub.integrations["notion"]

        def factory() -> Client:
            tries.append("try")
            if len(tries) == 1:
                raise RuntimeError("the first try fails")
            made.append(integration._make())
            return made[-1]

        integration.client = Lazy(factory)
        ids = await all_of(*(agent.send(PAGE, page(number)) for number in range(1000)))
        await agent.finals(ids, 60)
        codes = [agent.log.finals[id_][0].code for id_ in ids]
    assert (len(tries), len(made)) == (2, 1)
    assert sorted(codes) == sorted(["internal", *["ok"] * 999])
    assert stub.calls >= 999  # a read is made again where the lease was lost meanwhile


async def test_two_agents_have_their_own_replies(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (_, one), Agent(amqp_url, names, "b") as other:
        await one.ask(SMS, sms("one"), id="1")
        await other.ask(SMS, sms("other"), id="2")
    assert [message.id for message in one.log.all] == ["1"]
    assert [message.id for message in other.log.all] == ["2"]
    assert stub.calls == 2
