"""Answers that are not JSON."""

from typing import Any

import pytest

from clients._reading import Whole, content, csv_rows, plain, positions, read, table, xml
from contracts import Content, Result
from tests.support.kit import reply

BOMB = b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;">]><a>&d;</a>'
NDBC = "#YY MM WSPD\n#yr mo m/s\n2026 11 MM\n2026 12 7.5\n\n"


def test_xml() -> None:
    assert xml(b"<a><b>1</b></a>").findtext("b") == "1"


@pytest.mark.parametrize(
    "bad", [b"", b"<a>", b"{}", BOMB, b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>']
)
def test_what_is_no_plain_xml_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="plain XML"):
        xml(bad)


def test_a_table_with_a_line_of_names() -> None:
    assert table(NDBC) == [
        {"YY": "2026", "MM": "11", "WSPD": None},
        {"YY": "2026", "MM": "12", "WSPD": "7.5"},
    ]


def test_a_table_without_one() -> None:
    assert table("1 -999\n2 3 4", ("a", "b"), blank=("-999",)) == [
        {"a": "1", "b": None},
        {"a": "2", "b": "3"},
    ]
    assert table("") == []


def test_csv() -> None:
    rows = csv_rows('t, "b"\r\n1,"x, y"\r\n\r\n2,N/A\r\n'.replace(' "b"', "b"))
    assert rows == [{"t": "1", "b": "x, y"}, {"t": "2", "b": None}]
    assert csv_rows("") == []


def test_a_row_by_positions() -> None:
    assert positions(("a", "b"), [1, 2, 3]) == {"a": 1, "b": 2}
    with pytest.raises(ValueError, match="1 values, not 2"):
        positions(("a", "b"), [1])


class Sound(Content):
    """Bytes."""


def test_bytes_are_read_as_they_are() -> None:
    answer = reply(b"\x00\xff", content_type="audio/mpeg")
    assert content(answer) == {"media_type": "audio/mpeg", "data": b"\x00\xff", "size": 2}
    assert content(reply(b""))["media_type"] == "application/octet-stream"
    assert plain(Sound) == Whole(content)
    assert plain(Result) is None


CASES: list[tuple[Any, Any]] = [
    (lambda rows: rows[0], 7),
    (Whole(lambda answer: answer.headers["x-count"]), "3"),
]


@pytest.mark.parametrize(("reading", "expected"), CASES)
def test_reading(reading: Any, expected: Any) -> None:  # noqa: ANN401
    assert read(reply([7], x_count="3"), reading) == expected
