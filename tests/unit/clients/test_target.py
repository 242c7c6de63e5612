"""Addresses: what is said fills its place, and nothing else."""

from datetime import UTC, date, datetime
from enum import Enum
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients import _target
from contracts import InvalidRequest


class Colour(Enum):
    RED = "deep red"


TARGETS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("/me", {}, {}, "/me"),
    ("/a/{x}/b", {"x": "y z"}, {}, "/a/y%20z/b"),
    ("/a/{x}/{y}", {"x": 7, "y": True}, {}, "/a/7/true"),
    ("/a/{x}", {"x": "é/?#&"}, {}, "/a/%C3%A9%2F%3F%23%26"),
    ("/a", {}, {"b": "c d", "e": None, "f": [1, 2]}, "/a?b=c%20d&f=1&f=2"),
    ("/a{?x,y}", {"x": 1, "y": "&"}, {}, "/a?x=1&y=%26"),
    ("/a{?x,y}", {"x": None, "y": None}, {}, "/a"),
    ("/a{?x}", {"x": 1}, {"b": 2}, "/a?x=1&b=2"),
    ("/a?v=1{&x}", {"x": [1, 2]}, {"b": 2}, "/a?v=1&x=1&x=2&b=2"),
    ("/a?v=1{&x}", {"x": None}, {}, "/a?v=1"),
]


@pytest.mark.parametrize(("template", "values", "query", "expected"), TARGETS)
def test_target(
    template: str, values: dict[str, Any], query: dict[str, Any], expected: str
) -> None:
    assert _target.target(template, values, query) == expected


@pytest.mark.parametrize("value", ["", ".", "..", None, "a\r\nb", "a\x00", "\x7f"])
def test_what_is_no_part_of_a_path_is_refused(value: object) -> None:
    with pytest.raises(InvalidRequest, match="page_id cannot stand in an address") as caught:
        _target.target("/pages/{page_id}", {"page_id": value}, {})
    assert [one.field for one in caught.value.facts.errors] == ["page_id"]


@given(st.text(min_size=1))
def test_whatever_is_said_stays_one_part(said: str) -> None:
    try:
        parts = urlsplit(_target.target("/a/{x}/b{?x}", {"x": said}, {}))
    except InvalidRequest:
        return
    assert [unquote(one) for one in parts.path.split("/")] == ["", "a", said, "b"]
    assert parse_qs(parts.query, keep_blank_values=True) == {"x": [said]}
    assert parts.fragment == ""


TEXTS: list[tuple[Any, str]] = [
    (True, "true"),
    (False, "false"),
    (Colour.RED, "deep red"),
    (datetime(2026, 3, 8, 12, tzinfo=UTC), "2026-03-08T12:00:00Z"),
    (date(2026, 3, 8), "2026-03-08"),
    (1.5, "1.5"),
    ("x", "x"),
]


@pytest.mark.parametrize(("value", "expected"), TEXTS)
def test_text(value: object, expected: str) -> None:
    assert _target.text(value) == expected


def test_holes() -> None:
    assert _target.holes("/{A}/b/{c}{?d,e}") == ("A", "c", "d", "e")


def test_several_values_as_one() -> None:
    assert _target.commas(["a", 1, True]) == "a,1,true"
    assert _target.commas([]) is None
    assert _target.said({"fields": _target.commas(["a", "b c"]), "no": None}) == "fields=a%2Cb%20c"
