"""Read the properties of an AMQP message without ever failing.

What cannot be read is mended or left out, and the first reason is kept as the message's flaw.
Pure: bytes in, properties and a flaw out. `service/amqp/decoder.py` puts it in pamqp's place.
"""

import struct
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from pamqp.commands import Basic
from pamqp.common import FieldArray, FieldTable, FieldValue

UNDECODABLE: Final = "undecodable_property"
"""The flaw of bytes that are no text, no time, no known type, or end too early."""
TOO_DEEP: Final = "header_too_deep"
"""The flaw of tables or arrays inside each other beyond `DEEPEST`."""
DEEPEST: Final = 32

_LAST_SECOND: Final = 0xFFFFFFFF  # a later timestamp is in milliseconds: pamqp's rule, kept


class Mended(str):
    """Text that was not UTF-8 on the wire; odd bytes are shown in hexadecimal."""

    __slots__ = ()


def text(raw: bytes) -> str:
    """Return what the bytes say; `Mended` where they are not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Mended(raw.decode(errors="backslashreplace"))


def read_properties(raw: bytes, at: int, into: Basic.Properties) -> str:
    """Set on `into` what stands in `raw` from `at` on; return the flaw, or nothing."""
    reader = _Reader(raw, at)
    try:
        flags = reader.flags()
        for flag, name, read in _PROPERTIES:
            if flags & flag:
                setattr(into, name, read(reader))
    except _CUT_SHORT:
        return reader.flaw or UNDECODABLE
    return reader.flaw


def _unpacker(form: str) -> tuple[Callable[[bytes, int], tuple[FieldValue]], int]:
    packed = struct.Struct(form)
    return packed.unpack_from, packed.size


_FIXED: Final = {
    ord(kind): _unpacker(form)
    for kind, form in {
        "t": ">?",
        "b": ">b",
        "B": ">B",
        "s": ">h",
        "u": ">H",
        "I": ">i",
        "i": ">I",
        "l": ">q",
        "L": ">q",
        "f": ">f",
        "d": ">d",
    }.items()
}  # https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
_TEXT: Final = ord("S")
_SHORT: Final = struct.Struct(">H")
_LONG: Final = struct.Struct(">I")
_LONG_LONG: Final = struct.Struct(">Q")
_DECIMAL: Final = struct.Struct(">Bi")


class _Broken(Exception):
    """The bytes end before what they announce, or announce what does not exist."""


_CUT_SHORT: Final = (_Broken, struct.error, IndexError)


class _Reader:
    """Reads one header's properties from left to right and remembers the first flaw."""

    __slots__ = ("_at", "_raw", "flaw")

    def __init__(self, raw: bytes, at: int) -> None:
        self._raw = raw
        self._at = at
        self.flaw = ""

    def flags(self) -> int:
        flags: int
        (flags,) = _SHORT.unpack_from(self._raw, self._at)
        self._at += 2
        more = flags
        while more & 1:  # another word of flags, which no property of AMQP 0-9-1 uses
            (more,) = _SHORT.unpack_from(self._raw, self._at)
            self._at += 2
        return flags

    def shortstr(self) -> str:
        start = self._at + 1
        self._at = end = self._until(start, self._raw[start - 1])
        return self._text(start, end)

    def octet(self) -> int:
        self._at += 1
        return self._raw[self._at - 1]

    def timestamp(self) -> datetime | None:
        (seconds,) = _LONG_LONG.unpack_from(self._raw, self._at)
        self._at += 8
        try:
            in_seconds = seconds if seconds <= _LAST_SECOND else seconds / 1000
            return datetime.fromtimestamp(in_seconds, tz=UTC)
        except (ValueError, OverflowError, OSError):
            self._blame(UNDECODABLE)
            return None

    def table(self, depth: int = 1) -> FieldTable:
        end = self._long_end()
        found: FieldTable = {}
        if depth > DEEPEST:
            self._skip(end)
        try:
            while self._at < end:
                key = self.shortstr()
                found[key] = self._value(depth, end)
        except _CUT_SHORT:
            self._blame(UNDECODABLE)
        self._at = end
        return found

    def _array(self, depth: int) -> FieldArray:
        end = self._long_end()
        found: FieldArray = []
        if depth > DEEPEST:
            self._skip(end)
        while self._at < end:
            found.append(self._value(depth, end))
        return found

    def _value(self, depth: int, end: int) -> FieldValue:
        kind = self._raw[self._at]
        self._at += 1
        value: FieldValue
        if kind == _TEXT:
            value = self._long_text()
        elif (fixed := _FIXED.get(kind)) is not None:
            (value,) = fixed[0](self._raw, self._at)
            self._at += fixed[1]
        else:
            value = self._rare(kind, depth)
        if self._at > end:
            raise _Broken
        return value

    def _rare(self, kind: int, depth: int) -> FieldValue:
        match chr(kind):
            case "F":
                return self.table(depth + 1)
            case "A":
                return self._array(depth + 1)
            case "T":
                return self.timestamp()
            case "D":
                return self._decimal()
            case "x":
                return bytearray(self._long_bytes())
            case "V":
                return None
            case _:
                raise _Broken

    def _long_text(self) -> str | bytes:
        raw = self._long_bytes()
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw  # AMQP's long string may be any bytes: no flaw

    def _long_bytes(self) -> bytes:
        start = self._at + 4
        self._at = end = self._long_end()
        return self._raw[start:end]

    def _decimal(self) -> Decimal:
        scale, digits = _DECIMAL.unpack_from(self._raw, self._at)
        self._at += 5
        return Decimal(digits).scaleb(-scale)

    def _text(self, start: int, end: int) -> str:
        value = text(self._raw[start:end])
        if type(value) is Mended:
            self._blame(UNDECODABLE)
        return value

    def _long_end(self) -> int:
        (size,) = _LONG.unpack_from(self._raw, self._at)
        self._at += 4
        return self._until(self._at, size)

    def _until(self, start: int, size: int) -> int:
        if start + size > len(self._raw):
            raise _Broken
        return start + size

    def _skip(self, end: int) -> None:
        self._blame(TOO_DEEP)
        self._at = end

    def _blame(self, flaw: str) -> None:
        self.flaw = self.flaw or flaw


_READ: Final[dict[str, Callable[[_Reader], FieldValue]]] = {
    "shortstr": _Reader.shortstr,
    "octet": _Reader.octet,
    "timestamp": _Reader.timestamp,
    "table": _Reader.table,
}
_PROPERTIES: Final = [
    (Basic.Properties.flags[name], name, _READ[Basic.Properties.amqp_type(name)])
    for name in Basic.Properties.attributes()
]
