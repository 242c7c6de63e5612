"""The reader must agree with pamqp on all that pamqp can read, and never raise on the rest."""

import struct
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp.commands import Basic
from pamqp.common import FieldValue

from service.amqp.properties import DEEPEST, TOO_DEEP, UNDECODABLE, Mended, read_properties

HEADERS = Basic.Properties.flags["headers"]
CORRELATION_ID = Basic.Properties.flags["correlation_id"]
MESSAGE_ID = Basic.Properties.flags["message_id"]
TIMESTAMP = Basic.Properties.flags["timestamp"]

texts = st.text(st.characters(codec="utf-8"), max_size=60)
keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)
times = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
scalars: st.SearchStrategy[FieldValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=32, allow_nan=False),
    texts,
    st.binary(max_size=40).map(bytearray),
    times.map(lambda time: time.replace(microsecond=0)),
    st.decimals(-20_000, 20_000, places=3),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def read(flags: int, raw: bytes) -> tuple[Basic.Properties, str]:
    properties = Basic.Properties()
    flaw = read_properties(struct.pack(">H", flags) + raw, 0, properties)
    return properties, flaw


def table(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def nested(levels: int) -> bytes:
    content = b""
    for _ in range(levels):
        content = b"\x01kF" + table(content)
    return table(content)


@given(
    headers=st.dictionaries(keys, values, max_size=5),
    correlation_id=texts,
    priority=st.integers(0, 255),
    time=times,
)
def test_what_pamqp_writes_is_read_back(
    headers: dict[str, FieldValue], correlation_id: str, priority: int, time: datetime
) -> None:
    sent = Basic.Properties(
        headers=headers or None,
        correlation_id=correlation_id or None,
        priority=priority,
        timestamp=time.replace(microsecond=0),
    )
    got = Basic.Properties()
    assert read_properties(sent.marshal(), 0, got) == ""
    assert got == sent


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    read_properties(raw, 0, Basic.Properties())


@given(st.integers(0, 0xFFFF), st.data())
def test_no_bytes_after_honest_flags_make_it_raise(flags: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 60))
    read(flags, table(data.draw(st.binary(max_size=size))) + data.draw(st.binary(max_size=20)))


def test_a_flaw_costs_one_property_and_the_others_stay() -> None:
    got, flaw = read(CORRELATION_ID | MESSAGE_ID, b"\x02\xff\xfe\x02ok")
    assert flaw == UNDECODABLE
    assert got.message_id == "ok"
    assert got.correlation_id == "\\xff\\xfe"
    assert isinstance(got.correlation_id, Mended)


def test_headers_before_the_flaw_stay() -> None:
    got, flaw = read(HEADERS | MESSAGE_ID, table(b"\x01aV\x01b?") + b"\x02ok")
    assert flaw == UNDECODABLE
    assert got.headers == {"a": None}
    assert got.message_id == "ok"


def test_a_time_that_no_calendar_has_is_left_out() -> None:
    got, flaw = read(TIMESTAMP | MESSAGE_ID, b"\xff" * 8 + b"\x00")
    assert (flaw, got.timestamp) == (UNDECODABLE, None)


def test_a_time_in_milliseconds_is_understood() -> None:
    got, flaw = read(TIMESTAMP, struct.pack(">Q", 1_700_000_000_500))
    assert flaw == ""
    assert got.timestamp == datetime.fromtimestamp(1_700_000_000.5, tz=UTC)


@pytest.mark.parametrize(
    ("levels", "flaw"), [(DEEPEST - 1, ""), (DEEPEST, TOO_DEEP), (2000, TOO_DEEP)]
)
def test_tables_in_tables_end_at_the_limit(levels: int, flaw: str) -> None:
    got, found = read(HEADERS | MESSAGE_ID, nested(levels) + b"\x02ok")
    assert found == flaw
    assert got.message_id == "ok"


def test_an_inner_length_beyond_the_outer_end_is_a_flaw() -> None:
    _, flaw = read(HEADERS, table(b"\x01kF\x00\x00\x00\x09") + b"123456789")
    assert flaw == UNDECODABLE


def test_further_words_of_flags_are_passed_over() -> None:
    got = Basic.Properties()
    raw = struct.pack(">HH", MESSAGE_ID | 1, 0) + b"\x02ok"
    assert read_properties(raw, 0, got) == ""
    assert got.message_id == "ok"


def test_binary_text_in_a_header_is_no_flaw() -> None:
    got, flaw = read(HEADERS, table(b"\x01kS\x00\x00\x00\x02\xff\xfe"))
    assert (flaw, got.headers) == ("", {"k": b"\xff\xfe"})


def test_all_kinds_of_numbers() -> None:
    content = b"".join(
        (
            b"\x01a" + b"b\xff",
            b"\x01b" + b"B\xff",
            b"\x01c" + b"s\xff\xfe",
            b"\x01d" + b"u\xff\xfe",
            b"\x01e" + b"I\xff\xff\xff\xfe",
            b"\x01f" + b"i\xff\xff\xff\xfe",
            b"\x01g" + b"L" + b"\xff" * 8,
            b"\x01h" + b"d" + struct.pack(">d", 0.1),
            b"\x01i" + b"D\x02\x00\x00\x00\x05",
        )
    )
    got, flaw = read(HEADERS, table(content))
    assert flaw == ""
    assert got.headers == {
        "a": -1,
        "b": 255,
        "c": -2,
        "d": 65534,
        "e": -2,
        "f": 4294967294,
        "g": -1,
        "h": 0.1,
        "i": Decimal("0.05"),
    }
