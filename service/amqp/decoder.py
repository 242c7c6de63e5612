"""Put the tolerant property reader in the place of pamqp's, and prove that it is used.

pamqp raises on a property that it cannot decode, and aiormq answers by closing the connection;
the broker delivers the message again, and again (mosquito/aiormq#186, #213): any agent could keep
the hub down with two bytes. With this decoder nothing in a message raises, and a message that had
to be mended says so (`flaw_of`), so that the hub can dead-letter it with the reason.
"""

import struct
from importlib.metadata import version
from typing import Final

import pamqp.frame
from pamqp import constants, decode
from pamqp.commands import Basic
from pamqp.header import ContentHeader

from service.amqp.properties import TOO_DEEP, UNDECODABLE, Mended, read_properties, text

_HEAD: Final = struct.Struct(">HHQ")


class DecoderBroken(RuntimeError):
    """The tolerant decoder is not the one that pamqp uses."""


def install() -> None:
    """Make pamqp use this decoder, once per process, before a connection exists.

    Raises:
        DecoderBroken: the pamqp that is installed goes around it.
    """
    if ContentHeader.unmarshal is _unmarshal:
        return
    replaced = ContentHeader.unmarshal
    ContentHeader.unmarshal = _unmarshal  # type: ignore[method-assign]
    decode.METHODS["shortstr"] = _short_str  # reads the routing key of a delivery
    try:
        self_test()
    except DecoderBroken:
        ContentHeader.unmarshal = replaced  # type: ignore[method-assign]
        raise


def flaw_of(header: ContentHeader) -> str:
    """Return why a received header could not be read as it came: a flaw, or nothing."""
    flaw: str = getattr(header, "flaw", "")
    return flaw


def self_test() -> None:
    """Decode hostile frames the way aiormq does.

    Raises:
        DecoderBroken: a frame raised, or its flaw went unseen.
    """
    for case, (flags, properties, flaw) in CORPUS.items():
        payload = _HEAD.pack(Basic.frame_id, 0, 0) + struct.pack(">H", flags) + properties
        header = _decode(case, constants.FRAME_HEADER, payload)
        if not isinstance(header, ContentHeader) or flaw_of(header) != flaw:
            raise _broken(case)
    deliver = struct.pack(">I", Basic.Deliver.index) + b"\x01t" + bytes(9) + b"\x00\x02\xff\xfe"
    delivery = _decode("routing key not UTF-8", constants.FRAME_METHOD, deliver)
    if not (isinstance(delivery, Basic.Deliver) and isinstance(delivery.routing_key, Mended)):
        raise _broken("routing key not UTF-8")


def _unmarshal(self: ContentHeader, data: bytes) -> None:
    self.class_id, self.weight, self.body_size = _HEAD.unpack_from(data)
    self.flaw = read_properties(data, _HEAD.size, self.properties)  # type: ignore[attr-defined]


def _short_str(value: bytes) -> tuple[int, str]:
    if not value:
        raise ValueError("a short string is cut off")
    size = value[0]
    return size + 1, text(value[1 : size + 1])


def _decode(case: str, kind: int, payload: bytes) -> object:
    frame = struct.pack(">BHI", kind, 1, len(payload)) + payload + constants.FRAME_END_CHAR
    try:
        return pamqp.frame.unmarshal(frame)[2]
    except Exception as error:
        raise _broken(case) from error


def _broken(case: str) -> DecoderBroken:
    return DecoderBroken(
        f"pamqp {version('pamqp')} goes around the hub's tolerant decoder (case: {case}), so one "
        "odd message could cut every connection. Install the pamqp named in requirements.lock."
    )


def _table(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _nested(levels: int, entry: bytes) -> bytes:
    content = b""
    for _ in range(levels):
        content = entry + _table(content)
    return _table(content)


_CORRELATION_ID: Final = Basic.Properties.flags["correlation_id"]
_REPLY_TO: Final = Basic.Properties.flags["reply_to"]
_TIMESTAMP: Final = Basic.Properties.flags["timestamp"]
_HEADERS: Final = Basic.Properties.flags["headers"]

CORPUS: Final[dict[str, tuple[int, bytes, str]]] = {
    "plain": (_CORRELATION_ID, b"\x02ok", ""),
    "decimal of scale 255": (_HEADERS, _table(b"\x01kD\xff\x00\x00\x00\x01"), ""),
    "long string of any bytes": (_HEADERS, _table(b"\x01kS\x00\x00\x00\x02\xff\xfe"), ""),
    "correlation id not UTF-8": (_CORRELATION_ID, b"\x02\xff\xfe", UNDECODABLE),
    "reply address not UTF-8": (_REPLY_TO, b"\x02\xff\xfe", UNDECODABLE),
    "header key not UTF-8": (_HEADERS, _table(b"\x01\xffV"), UNDECODABLE),
    "time at the end of 64 bits": (_TIMESTAMP, b"\xff" * 8, UNDECODABLE),
    "time in nanoseconds": (_TIMESTAMP, struct.pack(">Q", 1_700_000_000 * 10**9), UNDECODABLE),
    "header time out of range": (_HEADERS, _table(b"\x01kT" + b"\xff" * 8), UNDECODABLE),
    "header of no known type": (_HEADERS, _table(b"\x01k?"), UNDECODABLE),
    "header cut short": (_HEADERS, _table(b"\x01kS\x00\x00\x00\x09x"), UNDECODABLE),
    "property cut short": (_CORRELATION_ID, b"\x09x", UNDECODABLE),
    "400 tables": (_HEADERS, _nested(400, b"\x01kF"), TOO_DEEP),
    "2000 tables": (_HEADERS, _nested(2000, b"\x01kF"), TOO_DEEP),
    "2000 arrays": (_HEADERS, _table(b"\x01kA" + _nested(2000, b"A")), TOO_DEEP),
}
"""Property flags and bytes of one message each, and the flaw that it must be told to have."""
