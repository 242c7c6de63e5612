"""Each class of malformed request has its one answer: a code, or the reason of a dead letter.

M1 to M14 of our own numbering, read from frames as they come: what the decoder mends, headers too
deep, no identity, forbidden addresses, laundered, too large, encoded, no JSON, bombs, misfits, no
such operation, paths, deadlines, ids. Some of them, and ids used again, go over the real bus in
`tests/broker/service/test_app_malformed.py`.
"""

import struct
from dataclasses import dataclass
from typing import Any, Final

import orjson
import pytest
from pamqp.commands import Basic
from pamqp.common import FieldValue

from service.ask import Understanding
from tests.support.fuzz.envelopes import outcome, received, understanding
from tests.support.raw_amqp import HOSTILE, PLAIN, Raw
from tests.support.vendor import page, sms

PAGE, SMS = "notion.get_page", "twilio.send_message"
GOOD: Final = orjson.dumps(page(1))
OPEN, CLOSED = understanding(closed=False), understanding(closed=True)


@dataclass(frozen=True)
class Case:
    """A request and what has to become of it."""

    kind: str
    name: str
    becomes: str
    raw: Raw
    body: bytes = GOOD
    hub: Understanding = OPEN

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def asked(key: str = PAGE, headers: dict[str, FieldValue] | None = None, **more: Any) -> Raw:  # noqa: ANN401
    """What a library writes."""
    made = {"message_id": "m-1"} | more
    return Raw(Basic.Properties(headers=headers, **made).marshal(), "", key.encode())


def hostile() -> list[Case]:
    """M1 and M2: what the decoder mends."""
    found = [
        Case("M2" if "too_deep" in raw.flaw else "M1", name, raw.flaw, raw)
        for name, raw in HOSTILE.items()
        if raw.flaw
    ]
    nanoseconds = struct.pack(">HQ", Basic.Properties.flags["timestamp"], 1_700_000_000 * 10**9)
    return [*found, Case("M1", "no flags", "undecodable_property", Raw(nanoseconds[:1], ""))]


def with_headers(kind: str, becomes: str, cases: dict[str, dict[str, FieldValue]]) -> list[Case]:
    return [Case(kind, name, becomes, asked(headers=given)) for name, given in cases.items()]


def with_bodies(kind: str, key: str, cases: dict[str, bytes]) -> list[Case]:
    return [Case(kind, name, "invalid_request", asked(key), body) for name, body in cases.items()]


LAUNDERED: Final[dict[str, dict[str, FieldValue]]] = {
    "CC": {"CC": ["proxmox.delete_vm"]},
    "cc": {"cc": "x"},
    "BCC": {"BCC": []},
    "a death": {"x-death": [{"queue": "q"}]},
    "a word for a death": {"X-Death": "once"},
    "a stage": {"hub-stage": "final"},
    "a status": {"hub-status": None},
    "a reply": {"ce-type": "hub.reply.notion.get_page.v1"},
    "an event": {"ce-type": "hub.event.health.up.v1"},
}
DEADLINES: Final[dict[str, dict[str, FieldValue]]] = {
    "a word": {"ce-expirytime": "soon"},
    "a number": {"ce-expirytime": 1_800_000_000},
    "no month": {"ce-expirytime": "2027-13-01T00:00:00Z"},
    "a table": {"ce-expirytime": {"at": 1}},
    "nothing": {"ce-expirytime": ""},
}
IDS: Final[dict[str, dict[str, FieldValue]]] = {
    "an id of two lines": {"idempotency-key": "a\nb"},
    "an id without end": {"idempotency-key": "x" * 256},
    "an id that is none": {"idempotency-key": 7},
    "an empty id": {"idempotency-key": ""},
}
ADDRESSES: Final = (
    *("hub.requests.notion", "hub.requests", "hub.dead-letters", "hub.lease.notion", "hub.dropped"),
    *(
        "hub.replies.bob",
        "hub.replies.alice.a.b",
        "hub.replies.",
        "hub.replies.*",
        "amq.topic",
        "x",
    ),
)
NOT_JSON: Final = {
    "not UTF-8": b"\xff\xfe",
    "half": b'{"page_id":',
    "more after the end": GOOD + b" x",
    "a list": b"[1]",
    "a text": b'"text"',
    "null": b"null",
    "pickle": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00}\x94.",
    "gzip": b"\x1f\x8b\x08\x00",
    "XML": b"<a/>",
    "NUL": b"\x00",
}
BOMBS: Final = {
    "depth": b'{"a":' + b"[" * 70 + b"]" * 70 + b"}",
    "great depth": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "depth in what a repeat hides": b'{"a":' + b"[" * 1000 + b"]" * 1000 + b',"a":1}',
    "values": b'{"a":[' + b"1," * 20_000 + b"1]}",
    "digits": b'{"a":' + b"1" * 4000 + b"}",
    "NaN": b'{"page_id":NaN}',
    "infinity": b'{"page_id":1e400}',
    "a name twice": b'{"page_id":"a","page_id":"b"}',
    "a name twice inside": b'{"a":{"b":1,"b":2}}',
    "half a character": b'{"page_id":"\\ud800"}',
}
MISFITS: Final = {
    "nothing": b"",
    "missing": b"{}",
    "unknown": orjson.dumps(page(1) | {"version": 2}),
    "a list for a text": b'{"page_id":["a"]}',
    "a number for a text": b'{"page_id":1}',
    "null": b'{"page_id":null}',
}
PATHS: Final = ("a/b", "..", ".", "../users", "%2e%2e", "a\x00", "a\r\nX: 1", "a?b=c", "a#b", "")
UNKNOWN: Final = ("notion.get_pages", "notion.", "notion", "motion.get_page", "", "é", "x" * 255)

CASES: Final = [
    *hostile(),
    Case("M3", "no user", "forbidden", asked(), hub=CLOSED),
    Case(
        "M3", "no user, another named", "forbidden", asked(headers={"hub-for": "alice"}), hub=CLOSED
    ),
    Case("M3", "a user without rights", "forbidden", asked(user_id="bob"), hub=CLOSED),
    Case(
        "M3",
        "a queue without a user",
        "reply_to_forbidden",
        asked(reply_to="hub.replies.a"),
        hub=CLOSED,
    ),
    *(
        Case("M4", one, "reply_to_forbidden", asked(reply_to=one, user_id="alice"))
        for one in ADDRESSES
    ),
    *with_headers("M5", "forbidden_header", LAUNDERED),
    Case("M6", "a byte too many", "invalid_request", asked(), b" " * (256 * 1024 + 1)),
    *(
        Case("M7", one, "invalid_request", asked(content_encoding=one))
        for one in ("gzip", "br", "x")
    ),
    *with_bodies("M8", PAGE, NOT_JSON),
    *with_bodies("M9", PAGE, BOMBS),
    *with_bodies("M10", PAGE, MISFITS),
    Case(
        "M10",
        "acts without an id",
        "invalid_request",
        Raw(PLAIN, "", SMS.encode()),
        orjson.dumps(sms("x")),
    ),
    *(Case("M11", one[:20], "unknown_operation", asked(one)) for one in UNKNOWN),
    *with_bodies("M12", PAGE, {one: orjson.dumps({"page_id": one}) for one in PATHS}),
    *with_headers("M13", "invalid_request", DEADLINES),
    *with_headers("M14", "invalid_request", IDS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_has_its_answer(case: Case) -> None:
    assert outcome(case.hub, received(case.raw, case.body)) == case.becomes


def test_the_table_is_whole() -> None:
    assert len(CASES) >= 60
    assert {case.kind for case in CASES} == {f"M{number}" for number in range(1, 15)}


def test_what_is_well_formed_is_none_of_them() -> None:
    assert outcome(OPEN, received(asked(), GOOD)) == "ok"
    assert outcome(CLOSED, received(asked(user_id="alice"), GOOD)) == "ok"
