"""What vendors' headers say about their limits, each in its own dialect.

Header names are lower case. Whatever a vendor sends, nothing here raises: what cannot be read is
as if it were not there.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

from clients._rates import DAY, MONTH

Form = Literal["delta", "epoch", "epoch_ms", "date"]
"""Seconds from now, seconds or milliseconds since 1970, an HTTP or ISO 8601 date."""

_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d*)?", re.ASCII)
_DATE_AT_MOST: Final = 64
_MANY: Final = 1e12


@dataclass(frozen=True, slots=True)
class Dialect:
    """The headers in which an upstream tells what is left of one of its windows."""

    remaining: str
    reset: str | None = None
    form: Form = "delta"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one answer said: calls left, and the seconds until there are more."""

    remaining: float
    reset_in: float | None
    name: str = ""
    """The header that said it: one window of the vendor's."""


def retry_after(
    headers: Mapping[str, str], wall: float, names: Iterable[str] = ("retry-after",)
) -> float | None:
    """Return the seconds to stay away, from 0 to a day; None where no header tells.

    Seconds or an HTTP date (RFC 9110, 10.2.3). `wall` is UTC, in seconds since 1970.
    """
    for name in names:
        text = headers.get(name, "")
        seconds = _number(text)
        seconds = _date(text, wall) if seconds is None else seconds
        if seconds is not None:
            return _clamped(seconds, DAY)
    return None


def seen(dialects: Iterable[Dialect], headers: Mapping[str, str], wall: float) -> list[Seen]:
    """Return what the headers say, for each dialect that they speak."""
    heard: list[Seen] = []
    for dialect in dialects:
        remaining = _number(headers.get(dialect.remaining, ""))
        if remaining is not None:
            reset = _reset(dialect, headers, wall)
            heard.append(Seen(_clamped(remaining, _MANY), reset, dialect.remaining))
    return heard


def _reset(dialect: Dialect, headers: Mapping[str, str], wall: float) -> float | None:
    text = headers.get(dialect.reset, "") if dialect.reset else ""
    if dialect.form == "date":
        seconds = _date(text, wall)
    else:
        number = _number(text)
        seconds = None if number is None else _from_now(number, dialect.form, wall)
    return None if seconds is None else _clamped(seconds, MONTH)


def _from_now(number: float, form: Form, wall: float) -> float:
    if form == "epoch":
        return number - wall
    return number / 1000 - wall if form == "epoch_ms" else number


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def _date(text: str, wall: float) -> float | None:
    if len(text) > _DATE_AT_MOST:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text.strip())
        except (ValueError, OverflowError):
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - wall
    return None


def _clamped(seconds: float, most: float) -> float:
    return min(max(0.0, seconds), most)
