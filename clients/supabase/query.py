"""Questions to tables as PostgREST writes them.

https://docs.postgrest.org/en/latest/references/api/tables_views.html
"""

from collections.abc import Iterable
from typing import Any, Final

import orjson

from clients._http import HttpResponse
from clients._target import Query, text
from contracts.supabase import Select
from contracts.supabase.parameters import Filter, MaxAffected, Order, Scalar

_OPERATORS: Final = {
    "contains": "cs",
    "contained_in": "cd",
    "overlaps": "ov",
    "full_text": "wfts",
}


def conditions(filters: Iterable[Filter]) -> dict[str, list[str]]:
    """Return the filters as a query; several on one column are all asked."""
    found: dict[str, list[str]] = {}
    for one in filters:
        found.setdefault(one.column, []).append(_condition(one))
    return found


def page(request: Select) -> Query:
    """Return the query of one page."""
    return {
        "select": request.select,
        **conditions(request.filters),
        "order": ",".join(map(_order, request.order)) or None,
        "limit": request.limit,
        "offset": request.offset or None,
    }


def columns(rows: list[dict[str, Any]]) -> str | None:
    """Return all columns of rows that have not all the same."""
    names = {name for row in rows for name in row}
    return ",".join(sorted(names)) if any(row.keys() != names for row in rows) else None


def prefer(*wishes: str | None, most: MaxAffected | None = None) -> dict[str, str]:
    """Return the header of wishes; more than `most` rows are refused."""
    bound = None if most is None else f"handling=strict,max-affected={most}"
    said = ",".join(one for one in (*wishes, bound) if one)
    return {"Prefer": said} if said else {}


def total(answer: HttpResponse) -> int | None:
    """Return how many there are: ``Content-Range: 0-24/3573``, or ``…/*`` where nobody counted.

    Raises:
        ValueError: the header tells neither.
    """
    said = answer.headers.get("content-range", "").rpartition("/")[2]
    return None if said == "*" else int(said)


def counted(answer: HttpResponse) -> dict[str, Any]:
    """Return the number of rows."""
    return {"count": total(answer)}


def found(request: Select, answer: HttpResponse) -> dict[str, Any]:
    """Return a page, and where the next one begins."""
    rows = orjson.loads(answer.body)
    every, end = total(answer), request.offset + len(rows)
    more = len(rows) == request.limit if every is None else bool(rows) and end < every
    return {"rows": rows, "total": every, "next_offset": end if more else None}


def _condition(one: Filter) -> str:
    sign = _OPERATORS.get(one.operator, one.operator)
    return f"{'not.' if one.negated else ''}{sign}.{_value(one)}"


def _value(one: Filter) -> str:
    if one.value is None:
        return "null"
    if not isinstance(one.value, list):
        return text(one.value)
    inside = ",".join(map(_quoted, one.value))
    return f"({inside})" if one.operator == "in" else f"{{{inside}}}"


def _quoted(value: Scalar) -> str:
    if not isinstance(value, str):
        return text(value)
    plain = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _order(one: Order) -> str:
    nulls = f".nulls{one.nulls}" if one.nulls else ""
    return f"{one.column}.{'desc' if one.descending else 'asc'}{nulls}"
