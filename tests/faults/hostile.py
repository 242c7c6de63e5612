"""Malformed and hostile requests (F18), and what has to become of each: an answer, or a grave.

None of them may lead to a call, and none may cost a connection.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from contracts import _names as wire
from service.amqp.decoder import CORPUS
from tests.faults.plan import Asked
from tests.support.raw_amqp import Raw

TOO_LARGE: Final = 300 * 1024
_DEEP: Final = 100


@dataclass(frozen=True)
class Malformed:
    """One request as it travels, where it differs from a good one."""

    expected: str
    """The code of its answer, or the reason of its dead letter."""
    key: str = ""
    """Its routing key, where that is not the operation."""
    body: Callable[[Asked], bytes] | None = None
    headers: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""
    """Content header by hand: flags and properties."""

    @property
    def answered(self) -> bool:
        """Whether it is answered; the others are buried."""
        return not self.raw and self.expected not in _GRAVES


_GRAVES: Final = frozenset({"reply_to_forbidden", "forbidden_header"})


def _plus(more: bytes) -> Callable[[Asked], bytes]:
    """Return a body with the token in it, and then something else."""
    return lambda asked: b'"' + asked.token.encode() + b'"' + more


def _with(**more: object) -> Callable[[Asked], bytes]:
    return lambda asked: orjson.dumps({**asked.lane.params(asked.token), **more})


def _nested(asked: Asked) -> bytes:
    return b'{"token": "%s", "deep": %s}' % (
        asked.token.encode(),
        b"[" * _DEEP + b"]" * _DEEP,
    )


CASES: Final[dict[str, Malformed]] = {
    **{
        f"raw: {case}": Malformed(flaw, raw=struct.pack(">H", flags) + properties)
        for case, (flags, properties, flaw) in CORPUS.items()
        if flaw
    },
    "reply to a request queue": Malformed(
        "reply_to_forbidden", properties={"reply_to": "hub.requests.twilio"}
    ),
    "reply to a system queue": Malformed("reply_to_forbidden", properties={"reply_to": "hub.dead"}),
    "carbon copy": Malformed("forbidden_header", headers={"CC": ["nobody.at_all"]}),
    "laundered": Malformed("forbidden_header", headers={"x-death": "expired"}),
    "a reply as a request": Malformed("forbidden_header", headers={wire.STAGE_HEADER: "final"}),
    "of a reply's type": Malformed(
        "forbidden_header", headers={wire.TYPE_HEADER: "hub.reply.notion.get_page.v1"}
    ),
    "too large": Malformed("invalid_request", body=_plus(b" " * TOO_LARGE)),
    "compressed": Malformed("invalid_request", properties={"content_encoding": "gzip"}),
    "not JSON": Malformed("invalid_request", body=_plus(b"}")),
    "not UTF-8": Malformed("invalid_request", body=_plus(b"\xff\xfe")),
    "nested": Malformed("invalid_request", body=_nested),
    "not a number": Malformed("invalid_request", body=_plus(b": NaN")),
    "unknown field": Malformed("invalid_request", body=_with(extra="1")),
    "no parameters": Malformed("invalid_request", body=lambda _: b"{}"),
    "unknown operation": Malformed("unknown_operation", key="notion.get_pagee"),
    "unknown integration": Malformed("unknown_operation", key="motion.get_page"),
    "no deadline": Malformed("invalid_request", headers={wire.EXPIRY_HEADER: "tomorrow"}),
    "past deadline": Malformed("expired", headers={wire.EXPIRY_HEADER: "2020-01-01T00:00:00Z"}),
}
NAMES: Final = tuple(CASES)


def case_of(asked: Asked) -> str:
    """Return which one a hostile request is."""
    return NAMES[(asked.hostile or 0) % len(NAMES)]


def raw_of(found: Malformed, key: str) -> Raw:
    """Return a message whose content header is made by hand."""
    return Raw(found.raw, found.expected, key.encode())
