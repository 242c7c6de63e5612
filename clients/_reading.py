"""Answers that are not JSON, made into rows and trees; and the whole answer for who needs it."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
import orjson
from defusedxml.common import DefusedXmlException

from clients._http import HttpResponse
from contracts import Content

Row: TypeAlias = dict[str, str | None]

BLANK: Final = frozenset({"", "-", ".", "MM", "NA", "N/A", "NaN", "None", "null"})
"""How vendors write that there is no value."""


@dataclass(frozen=True)
class Whole:
    """Reads the whole answer, headers and all, instead of its JSON."""

    read: Callable[[HttpResponse], Any]


Reading = Callable[[Any], Any] | Whole


def read(response: HttpResponse, reading: Reading) -> Any:  # noqa: ANN401  (JSON enters here)
    """Return what a reading makes of an answer: of its JSON, or of the whole."""
    if isinstance(reading, Whole):
        return reading.read(response)
    return reading(orjson.loads(response.body or b"null"))


def content(response: HttpResponse) -> dict[str, Any]:
    """Return the fields of a `contracts.Content`: the body as it is."""
    kind = response.headers.get("content-type") or "application/octet-stream"
    return {"media_type": kind, "data": response.body, "size": len(response.body)}


def plain(into: type[Any]) -> Whole | None:
    """Return how to read an answer into that model where nobody says."""
    return Whole(content) if issubclass(into, Content) else None


def xml(body: bytes) -> Element:
    """Return the root of a document; entities and bombs are refused.

    Raises:
        ValueError: it is not XML, or one of those.
    """
    try:
        root: Element = defusedxml.ElementTree.fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise ValueError(f"it is not plain XML ({type(error).__name__})") from None
    return root


def table(
    text: str,
    names: Iterable[str] | None = None,
    *,
    comment: str = "#",
    blank: Iterable[str] = BLANK,
) -> list[Row]:
    """Return the rows of a table with columns between spaces.

    Without `names` the first line has them, behind the comment's sign or not; other lines that
    begin with that sign are left out. A value in `blank` is None.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if names is None and lines:
        names = lines.pop(0).lstrip(comment).split()
    rows = (line.split() for line in lines if not line.startswith(comment))
    return _named(tuple(names or ()), rows, blank)


def csv_rows(text: str, *, blank: Iterable[str] = BLANK) -> list[Row]:
    """Return the rows of a CSV text whose first line has the names. A value in `blank` is None."""
    names, *rows = [line for line in csv.reader(text.splitlines()) if line] or [[]]
    return _named(tuple(name.strip() for name in names), rows, blank)


def positions(names: Iterable[str], values: Iterable[Any]) -> Mapping[str, Any]:
    """Return a row of values whose place says what they are; more values than names are left out.

    Raises:
        ValueError: there are fewer values than names.
    """
    keys, held = tuple(names), tuple(values)
    if len(held) < len(keys):
        raise ValueError(f"a row has {len(held)} values, not {len(keys)}")
    return dict(zip(keys, held, strict=False))


def _named(names: tuple[str, ...], rows: Iterable[list[str]], blank: Iterable[str]) -> list[Row]:
    nothing = frozenset(blank)
    return [
        {
            name: None if value in nothing else value
            for name, value in positions(names, map(str.strip, row)).items()
        }
        for row in rows
    ]
