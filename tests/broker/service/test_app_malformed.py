"""Malformed requests over the real bus: each has its code or its dead letter, and none calls out.

The whole table of their classes is in `tests/unit/service/test_malformed.py`.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from service.amqp.properties import UNDECODABLE
from service.app import Hub
from tests.support.agent import fetched, left_in
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.raw_amqp import HOSTILE, PLAIN, Raw, publish_raw
from tests.support.vendor import Stub, page, sms
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"


@dataclass(frozen=True)
class Bad:
    """A request that an ordinary client library sends, and the code of its answer."""

    code: str
    params: object = b"{}"
    operation: str = PAGE
    more: dict[str, Any] = field(default_factory=dict)


ANSWERED: Final = {
    "too large": Bad("invalid_request", b" " * 300_000),
    "compressed": Bad("invalid_request", more={"content_encoding": "gzip"}),
    "no JSON": Bad("invalid_request", b"\xff\xfe"),
    "more after the end": Bad("invalid_request", b"{} x"),
    "pickle": Bad("invalid_request", b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94."),
    "bomb of depth": Bad("invalid_request", b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "hidden depth": Bad("invalid_request", b'{"a":' + b"[" * 1000 + b"]" * 1000 + b',"a":1}'),
    "bomb of digits": Bad("invalid_request", b'{"a":[' + b"1" * 4000 + b"]}"),
    "no number": Bad("invalid_request", b'{"page_id":NaN}'),
    "twice": Bad("invalid_request", b'{"page_id":"a","page_id":"b"}'),
    "missing": Bad("invalid_request"),
    "of another type": Bad("invalid_request", {"page_id": [1]}),
    "unknown field": Bad("invalid_request", page(1) | {"version": 2}),
    "unknown operation": Bad("unknown_operation", operation="notion.get_pages"),
    "unknown integration": Bad("unknown_operation", operation="motion.get_page"),
    "part of a path": Bad("invalid_request", {"page_id": "../users"}),
    "no time": Bad("invalid_request", page(1), more={"headers": {"ce-expirytime": "soon"}}),
    "past": Bad("expired", page(1), more={"within": -5.0}),
    "odd id": Bad("invalid_request", sms("x"), SMS, {"headers": {"idempotency-key": "a\nb"}}),
}


async def test_each_has_its_code_and_none_calls_out(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        before = wires(hub)
        told = {
            name: (await agent.ask(bad.operation, bad.params, correlation_id=name, **bad.more)).code
            for name, bad in ANSWERED.items()
        }
        assert told == {name: bad.code for name, bad in ANSWERED.items()}
        assert stub.calls == 0
        assert (await agent.ask(PAGE, page(1), id="again")).ok
        assert (await agent.ask(PAGE, page(2), id="again")).code == "idempotency_conflict"
        assert stub.calls == 1
        assert wires(hub) == before


def wires(hub: Hub) -> list[object]:
    """The connections over which bodies come and go: one that was cut has another in its place."""
    return [link._wire for link in (hub.base.links.consume, hub.base.links.publish)]


BROKEN_KEY: Final = Raw(PLAIN, UNDECODABLE, b"notion." + b"\xff" * 240)
"""Written out, it is longer than a routing key may be."""


async def test_what_cannot_be_read_is_a_dead_letter_and_cuts_no_connection(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    bad = {
        name: replace(raw, key=PAGE.encode()) if raw.key == b"key" else BROKEN_KEY
        for name, raw in HOSTILE.items()
        if raw.flaw
    }
    async with asked(amqp_url, names, settings) as (hub, agent):
        before = wires(hub)
        taken = [
            name
            for name, raw in bad.items()
            if await publish_raw(amqp_url, names.requests, raw, name.encode())
        ]
        await wait_until(lambda: buried(amqp_url, names, len(taken)), 15, "all dead letters")
        assert (await agent.ask(PAGE, page(1))).ok
        assert wires(hub) == before
    letters = await fetched(amqp_url, names.dead_letters)
    heads = {one.body.decode(): one.header.properties.headers or {} for one in letters}
    assert {name: head["hub-reason"] for name, head in heads.items()} == {
        name: bad[name].flaw for name in taken
    }
    assert len(taken) >= 9
    assert stub.calls == 1


async def buried(url: str, names: OwnNames, count: int) -> bool:
    return (await left_in(url, [names.dead_letters]))[names.dead_letters] == count
