"""What a vendor allows, as values with a text form: ``3/s burst 10, 2000/h, concurrency 5``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
DAY: Final = 86_400.0
MONTH: Final = 31 * DAY

_UNITS: Final = {"mo": MONTH, "d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND}
_LEAST, _MOST = 1e-6, 1e9
_NUMBER: Final = r"\d+(?:\.\d+)?"
_FLAGS: Final = re.ASCII | re.IGNORECASE
_RATE: Final = re.compile(
    rf"({_NUMBER})\s*/\s*({_NUMBER})?\s*(mo|[smhd])(?:\s+burst\s+({_NUMBER}))?", _FLAGS
)
_CONCURRENCY: Final = re.compile(r"concurrency\s+(\d{1,6})", _FLAGS)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls per so many seconds.

    With a burst: in any window of t seconds no more than ``calls / per * t + burst``.
    Without: in any half-open window of `per` seconds no more than `calls`.

    Raises:
        ValueError: a number that no limit can have.
    """

    calls: float
    per: float
    burst: float | None = None
    source: str = field(default="", compare=False)
    """Where the vendor says so."""

    def __post_init__(self) -> None:
        _check("calls", self.calls, _LEAST)
        _check("per", self.per, _LEAST)
        _check("burst" if self.burst is not None else "calls without a burst", self.capacity, 1)

    @property
    def capacity(self) -> float:
        """The most that may go at once."""
        return self.calls if self.burst is None else self.burst

    def __str__(self) -> str:
        """As `parse_limits` reads it."""
        unit = next((u for u, seconds in _UNITS.items() if self.per % seconds == 0), "s")
        count = self.per / _UNITS[unit]
        text = f"{_plain(self.calls)}/{'' if count == 1 else _plain(count)}{unit}"
        return text if self.burst is None else f"{text} burst {_plain(self.burst)}"


@dataclass(frozen=True, slots=True)
class Concurrency:
    """So many calls in flight at once, where the vendor counts those."""

    calls: int
    source: str = field(default="", compare=False)
    """Where the vendor says so."""

    def __post_init__(self) -> None:
        _check("concurrency", self.calls, 1)


@dataclass(frozen=True, slots=True)
class Limits:
    """All that one upstream allows; ``str`` gives the text that `parse_limits` reads."""

    rates: tuple[Rate, ...] = ()
    concurrency: int | None = None
    """Calls in flight at once."""

    def __post_init__(self) -> None:
        if self.concurrency is not None:
            _check("concurrency", self.concurrency, 1)

    def __str__(self) -> str:
        """As `parse_limits` reads it; empty without a limit."""
        cap = () if self.concurrency is None else (f"concurrency {self.concurrency}",)
        return ", ".join((*map(str, self.rates), *cap))


def limits_of(facts: Iterable[Rate | Concurrency]) -> Limits:
    """Return all that these facts allow together."""
    both = tuple(facts)
    rates = tuple(one for one in both if isinstance(one, Rate))
    caps = [one.calls for one in both if isinstance(one, Concurrency)]
    return Limits(rates, min(caps, default=None))


def parse_limits(text: str) -> Limits:
    """Return the limits that a text names: ``3/1s burst 10, 2000/h, concurrency 5``.

    Windows are ``s m h d mo`` (31 days), with a number before them where it is not one.

    Raises:
        ValueError: a part that does not read as a limit.
    """
    rates: list[Rate] = []
    caps: list[int] = []
    for part in map(str.strip, text.split(",")):
        if cap := _CONCURRENCY.fullmatch(part):
            caps.append(int(cap[1]))
        else:
            rates.append(_rate(part))
    if len(caps) > 1:
        raise ValueError(f"{text!r} names two concurrencies: leave one.")
    return Limits(tuple(rates), *caps)


def _rate(part: str) -> Rate:
    found = _RATE.fullmatch(part)
    if found is None:
        raise ValueError(
            f"{part!r} is not a limit: write N/window [burst B] with a window of s, m, h, d or mo,"
            " or concurrency N; for example 3/1s burst 10, 2000/h, concurrency 5."
        )
    calls, count, unit, burst = found.groups()
    per = float(count or 1) * _UNITS[unit.lower()]
    return Rate(float(calls), per, None if burst is None else float(burst))


def _check(name: str, value: float, least: float) -> None:
    if not least <= value <= _MOST:
        raise ValueError(f"{name} must be from {_plain(least)} to {_plain(_MOST)}, not {value!r}.")


def _plain(number: float) -> str:
    """Return every digit of it, without an exponent."""
    return format(Decimal(repr(float(number))), "f").removesuffix(".0")
