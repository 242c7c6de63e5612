"""The address of a call, from a template and values: nothing a caller says can leave its place.

A template is a path with placeholders as in RFC 6570: ``{page_id}`` is one segment,
``{?start_cursor,page_size}`` and ``{&…}`` are queries of those parameters that are not None.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from contracts import Facts, FieldError, InvalidRequest

_HOLE: Final = re.compile(r"\{([?&]?)([A-Za-z_][A-Za-z0-9_,]*)\}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")

Value = str | int | float | bool | date | Enum | None
Query = Mapping[str, Value | Iterable[Value]]


@lru_cache(maxsize=2048)
def holes(template: str) -> tuple[str, ...]:
    """Return the names of a template's placeholders, in order."""
    return tuple(name for _, names in _HOLE.findall(template) for name in names.split(","))


def target(template: str, values: Mapping[str, Any], query: Query) -> str:
    """Return path and query: the placeholders filled, each value quoted so that it stays in place.

    Raises:
        InvalidRequest: a path's value is empty, ``.`` or ``..``, or has control characters.
    """
    filled = _HOLE.sub(lambda hole: _filled(hole[1], hole[2], values), template)
    shown = said(query)
    if not shown:
        return filled
    return f"{filled}{'&' if '?' in filled else '?'}{shown}"


def pairs(values: Query) -> list[tuple[str, str]]:
    """Return names and texts; None is left out, a list repeats its name."""
    return [
        (name, text(one))
        for name, value in values.items()
        for one in (value if isinstance(value, list | tuple) else (value,))
        if one is not None
    ]


def said(query: Query) -> str:
    """Return a query, quoted."""
    return "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs(query))


def commas(values: Iterable[Value]) -> str | None:
    """Return several values as one: ``a,b``; None of nothing."""
    return ",".join(map(text, values)) or None


def text(value: Any) -> str:  # noqa: ANN401  (a parameter of any contract)
    """Return a value as it stands in an address or a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def _filled(sign: str, names: str, values: Mapping[str, Any]) -> str:
    if not sign:
        return _segment(names, values[names])
    shown = said({name: values[name] for name in names.split(",")})
    return f"{sign}{shown}" if shown else ""


def _segment(name: str, value: Any) -> str:  # noqa: ANN401
    plain = "" if value is None else text(value)
    if plain in {"", ".", ".."} or _CONTROL.search(plain):
        error = FieldError(field=name, message="must be one plain part of a path")
        raise InvalidRequest(f"{name} cannot stand in an address.", Facts(errors=(error,)))
    return quote(plain, safe="")
