"""Requests as no library writes them, of every AMQP type, cut and bent; what becomes of each."""

import struct
from typing import Final

import orjson
import pamqp.frame
from hypothesis import strategies as st
from pamqp import constants
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from clients import _registry
from contracts import AgentFault, Failure, Names, Problem
from contracts._errors import CODES
from contracts._names import LONGEST_NAME
from service.amqp.decoder import flaw_of, install
from service.amqp.message import Message
from service.amqp.properties import TOO_DEEP, UNDECODABLE, Mended, read_properties, text
from service.answer import Answer, accepted, failed, final
from service.ask import Understanding
from service.envelope import DeadLetter, Envelope, Reader
from service.permission.access import Access, Grant
from service.settle import route
from tests.support.messages import FakeMessage
from tests.support.raw_amqp import Raw
from tests.support.vendor import page, sms

NOW: Final = 1_800_000_000.0
SOURCE: Final = "/hub/fuzz"
NAMES: Final = Names()
BURIED: Final = {UNDECODABLE, TOO_DEEP, "forbidden_header", "reply_to_forbidden"}
REFUSED: Final = {"invalid_request", "unknown_operation", "forbidden"}

HEADERS: Final = (
    *("idempotency-key", "ce-id", "ce-type", "ce-expirytime", "hub-for", "hub-accept"),
    *("hub-cache", "traceparent", "tracestate"),
)
FORBIDDEN: Final = ("CC", "BCC", "x-death", "hub-stage", "hub-status")
ADDRESSES: Final = ("amq.gen-x", "amq.rabbitmq.reply-to.x", "hub.replies.alice", "hub.replies.a.x")
TEXTS: Final = (
    *("", "a", "m-1", "progress", "no-cache", "cli:root", "é" * 127, "a\r\nb", "\x00", "\u202e"),
    *(
        "soon",
        "2027-01-15T08:00:10Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "24:00",
    ),
    *("hub.reply.x.v1", "hub.request.x.v1", "amq.gen-x", "amq.rabbitmq.reply-to.x", "hub.requests"),
    *("hub.replies.alice", "hub.replies.alice.x", "hub.dead-letters", "gzip", "identity", "alice"),
)
FIXED: Final = {
    **dict.fromkeys((b"t", b"b", b"B"), 1),
    **dict.fromkeys((b"s", b"u"), 2),
    **dict.fromkeys((b"I", b"i", b"f"), 4),
    **dict.fromkeys((b"l", b"L", b"d"), 8),
    b"D": 5,
    b"V": 0,
}
"""Bytes of each AMQP type that is always as long."""


def short(content: bytes) -> bytes:
    return bytes([len(content[:255])]) + content[:255]


def long(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


texts = st.sampled_from(TEXTS) | st.sampled_from(TEXTS) | st.text(max_size=30)
odd = st.binary(max_size=30)
words = st.integers(0, 40).flatmap(lambda n: texts.map(str.encode) if n else odd)
fixed = st.sampled_from(sorted(FIXED)).flatmap(
    lambda tag: st.binary(min_size=FIXED[tag], max_size=FIXED[tag]).map(lambda raw: tag + raw)
)
times = st.integers(0, 2**34).map(lambda second: b"T" + struct.pack(">Q", second))
scalars = st.one_of(
    words.map(lambda raw: b"S" + long(raw)),
    words.map(lambda raw: b"S" + long(raw)),
    st.binary(max_size=9).map(lambda raw: b"x" + long(raw)),
    fixed,
    times | times | st.just(b"T" + b"\xff" * 8),
)
keys = st.integers(0, 9).flatmap(
    lambda n: (
        st.sampled_from(HEADERS if n > 1 else FORBIDDEN).map(str.encode)
        if n < 9
        else words.map(lambda raw: raw[:20])
    )
)


def _table(entries: dict[bytes, bytes]) -> bytes:
    return long(b"".join(short(key) + value for key, value in entries.items()))


values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda all_: b"A" + long(b"".join(all_)))
        | st.dictionaries(keys, inner, max_size=3).map(lambda all_: b"F" + _table(all_))
    ),
    max_leaves=6,
)
plain = words.map(lambda raw: b"S" + long(raw))
tables = st.dictionaries(keys, plain | plain | plain | values, min_size=1, max_size=4).map(_table)
shorts = words.map(short)
OF_TYPE: Final = {
    "shortstr": shorts,
    "table": tables,
    "octet": st.binary(min_size=1, max_size=1),
    "timestamp": times.map(lambda raw: raw[1:]),
}
OF_NAME: Final = {
    "reply_to": st.sampled_from(ADDRESSES).map(str.encode).map(short) | shorts,
    "content_encoding": st.sampled_from(("", "utf-8")).map(str.encode).map(short) | shorts,
    "user_id": st.sampled_from(("alice", "hub")).map(str.encode).map(short) | shorts,
}
CHANCE: Final = {"headers": 2}
"""Of three; the others' is one."""


def strategy_of(name: str) -> st.SearchStrategy[bytes]:
    return OF_NAME[name] if name in OF_NAME else OF_TYPE[Basic.Properties.amqp_type(name)]


@st.composite
def properties(draw: st.DrawFn, without: frozenset[str] = frozenset()) -> bytes:
    """Flags and bytes of a content header; one in eight is bent."""
    flags, parts = 0, []
    for name in Basic.Properties.attributes():
        if name not in without and draw(st.integers(0, 2)) < CHANCE.get(name, 1):
            flags |= Basic.Properties.flags[name]
            parts.append(draw(strategy_of(name)))
    whole = struct.pack(">H", flags) + b"".join(parts)
    return draw(bent(whole)) if draw(st.integers(0, 7)) == 0 else whole


def bent(whole: bytes) -> st.SearchStrategy[bytes]:
    """The same, cut or with some bytes of another value."""
    at = st.integers(0, max(0, len(whole) - 1))
    return st.one_of(
        at.map(lambda end: whole[:end]),
        st.tuples(at, st.binary(min_size=1, max_size=3)).map(
            lambda one: whole[: one[0]] + one[1] + whole[one[0] + len(one[1]) :]
        ),
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=10,
)
GOOD: Final = tuple(map(orjson.dumps, (page(1), sms("x"), {}, page(1) | {"odd": 1})))
BOMBS: Final = (
    b'{"a":' + b"[" * 70 + b"]" * 70 + b"}",
    b'{"a":' + b"[" * 10000 + b"]" * 10000 + b"}",
    b'{"a":' + b'{"b":' * 1000 + b"1" + b"}" * 1000 + b',"a":1}',
    b'{"a":[' + b"1," * 20_000 + b"1]}",
    b'{"a":' + b"9" * 4000 + b"}",
    b'{"page_id":1e400}',
    b'{"page_id":NaN}',
    b'{"page_id":"\\ud800"}',
    b'{"page_id":"a","page_id":"b"}',
    b"{" + b",".join(b'"n%d":1' % number for number in range(5000)) + b"}",
    b'{"page_id":"' + b"x" * 300_000 + b'"}',
    b"\x80\x04}\x94.",
    b"\x1f\x8b\x08\x00",
)
bodies = st.one_of(
    st.sampled_from(GOOD),
    st.sampled_from(range(len(BOMBS))).map(lambda at: BOMBS[at]),  # too long to be shown
    st.binary(max_size=60),
    json_values.map(lambda value: repr(value).encode(errors="replace")),
    st.sampled_from(GOOD).flatmap(bent),
)
OPERATIONS: Final = ("notion.get_page", "twilio.send_message")
routing_keys = st.one_of(
    st.sampled_from(OPERATIONS).map(str.encode),
    st.sampled_from(OPERATIONS).map(str.encode),
    st.sampled_from(
        (b"notion.get_pgae", b"notion", b"notion.", b"", b".", b"notion." + b"x" * 248)
    ),
    st.text(max_size=80).map(lambda word: f"notion.{word}".encode()[:255]),
    words.map(lambda raw: (b"notion." + raw)[:255]),
)
messages = st.tuples(st.builds(Raw, properties(), st.just(""), routing_keys), bodies)


def received(raw: Raw, body: bytes) -> FakeMessage:
    """The message as a hub has it, decoded from its frames."""
    install()
    payload = struct.pack(">HHQ", Basic.frame_id, 0, len(body)) + raw.properties
    frame = struct.pack(">BHI", constants.FRAME_HEADER, 1, len(payload)) + payload
    header = pamqp.frame.unmarshal(frame + constants.FRAME_END_CHAR)[2]
    assert isinstance(header, ContentHeader)
    key = text(raw.key)
    flaw = UNDECODABLE if type(key) is Mended else flaw_of(header)
    head = header.properties
    return FakeMessage(body, key, head.headers or {}, head, flaw)  # type: ignore[arg-type]


def understanding(*, closed: bool) -> Understanding:
    """What reads requests; `closed` under an access file that lets alice alone in."""
    operations = {
        one.name: one
        for integration in ("notion", "twilio")
        for one in _registry.load(integration).operations.values()
    }
    grants = {"alice": Grant(operations=("*",))} if closed else None
    reader = Reader(NAMES, identified=closed, own_user="hub" if closed else None)
    return Understanding(operations, reader, Access(grants))


def outcome(hub: Understanding, message: FakeMessage) -> str:
    """Return what becomes of a message: ``ok``, a code, or why it is buried.

    Whatever leaves the hub then has to be readable by whom it goes to.
    """
    try:
        envelope = hub.reader.read(message, NOW)
    except DeadLetter as why:
        return _is_buried(why)
    try:
        hub.ask(message, envelope)
    except AgentFault as failure:
        answer = failed(failure, envelope.operation)
        _is_told(answer, failure)
        became = failure.code
    else:
        answer, became = Answer(ok=True, body=b"{}"), "ok"
    for leaving in (final(answer, envelope, SOURCE), accepted(envelope, SOURCE, 1, 0.5)):
        _travels(leaving, envelope)
    return became


def _is_buried(why: DeadLetter) -> str:
    assert why.reason in BURIED
    assert why.detail
    return why.reason


def _is_told(answer: Answer, failure: Failure) -> None:
    assert failure.code in REFUSED
    problem = Problem.model_validate_json(answer.body)
    assert CODES[problem.code] is type(failure)
    assert problem.outcome == "not_sent"
    assert len(answer.body) < 65_536


def _travels(message: Message, envelope: Envelope) -> None:
    sent, got = message.properties(), Basic.Properties()
    assert read_properties(sent.marshal(), 0, got) == ""
    assert (got.headers, got.correlation_id) == (sent.headers, sent.correlation_id)
    to = route(envelope, NAMES)
    if len(to.key.encode()) <= LONGEST_NAME:  # else it is buried
        pamqp.frame.marshal(Basic.Publish(exchange=to.exchange, routing_key=to.key), 1)
