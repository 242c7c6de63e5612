"""Recordings: read, told when wrong, matched byte by byte where it matters."""

import json
from pathlib import Path
from typing import Any

import pytest

from clients import _recordings
from clients._body import File, multipart
from clients._recordings import Answered, Asked, Origin

GOOD: dict[str, Any] = {
    "origin": {"kind": "sample", "ref": "toy/one.json"},
    "params": {"id": "1"},
    "exchanges": [{"upstream": "api", "request": {"path": "/1"}, "response": {"body": {"a": 1}}}],
}


def folder(root: Path, **files: object) -> Path:
    """Recordings of `toy` below a folder."""
    place = root / "recordings" / "toy"
    place.mkdir(parents=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (place / f"{name.replace('__', '.')}.json").write_text(text, encoding="utf-8")
    (place / "README.md").write_text("Not a recording.", encoding="utf-8")
    return root


def test_they_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    found = _recordings.load("toy", folder(tmp_path, b__success=GOOD, a__refusal=GOOD))
    assert [(one.name, one.operation) for one in found] == [("a.refusal", "a"), ("b.success", "b")]
    assert found[0].exchanges[0].request.method == "GET"
    assert found[0].exchanges[0].response.status == 200


def test_there_may_be_none(tmp_path: Path) -> None:
    assert _recordings.load("toy", tmp_path) == ()
    assert _recordings.load("notion")


WRONG: list[tuple[object, str]] = [
    ("{", "unexpected end"),
    ("[]", "unsupported operand"),
    ({**GOOD, "more": 1}, "more"),
    ({**GOOD, "origin": {"kind": "rumour", "ref": ""}}, "origin.kind"),
    ({**GOOD, "origin": {"kind": "constructed", "ref": "x"}}, "says why in origin.reason"),
]


@pytest.mark.parametrize(("content", "said"), WRONG)
def test_a_wrong_one_is_named(tmp_path: Path, content: object, said: str) -> None:
    with pytest.raises(ValueError, match=rf"(?s)a\.b\.json: .*{said}"):
        _recordings.load("toy", folder(tmp_path, a__b=content))


def test_a_constructed_one_says_why() -> None:
    assert Origin(kind="constructed", ref="x", reason="The vendor shows none.").reason


PARTS = [
    {"name": "note", "text": "é"},
    {"name": "file", "filename": "a.bin", "type": "x/y", "base64": "DQoA/w=="},
]
FILLED = multipart(("note", "é"), ("file", File("a.bin", "x/y", b"\r\n\x00\xff"))).content

FITS: list[tuple[Asked, str, str, bytes, bool]] = [
    (Asked(path="/a"), "GET", "/a", b"", True),
    (Asked(path="/a"), "POST", "/a", b"", False),
    (Asked(path="/a"), "GET", "/b", b"", False),
    (Asked(path="/a"), "GET", "/a?b=1", b"", False),
    (Asked(path="/a"), "GET", "/a", b"x", False),
    (Asked(path="/a", query={"b": "1", "c": ["2", "3"]}), "GET", "/a?c=2&b=1&c=3", b"", True),
    (Asked(path="/a", query={"b": ""}), "GET", "/a?b=", b"", True),
    (Asked(path="/a%2Fb"), "GET", "/a/b", b"", False),
    (Asked(method="POST", path="/a", body={"x": 1}), "POST", "/a", b'{"x":1}', True),
    (Asked(method="POST", path="/a", body={"x": 1}), "POST", "/a", b'{"x":2}', False),
    (Asked(method="POST", path="/a", body={"x": 1}), "POST", "/a", b"x", False),
    (Asked(method="POST", path="/a", form={"x": "1 2"}), "POST", "/a", b"x=1+2", True),
    (Asked(method="POST", path="/a", form={"x": ["1", "2"]}), "POST", "/a", b"x=1&x=2", True),
    (Asked(method="POST", path="/a", form={"x": "1"}), "POST", "/a", b"x=2", False),
    (Asked(method="PUT", path="/a", body="<a/>"), "PUT", "/a", b"<a/>", True),
    (Asked(method="PUT", path="/a", body={"base64": "AP8="}), "PUT", "/a", b"\x00\xff", True),
    (Asked(method="PUT", path="/a", body={"base64": "AP8="}), "PUT", "/a", b"\x00", False),
    (Asked(method="POST", path="/a", multipart=PARTS), "POST", "/a", FILLED, True),
    (Asked(method="POST", path="/a", multipart=PARTS[:1]), "POST", "/a", FILLED, False),
    (Asked(method="POST", path="/a", multipart=PARTS), "POST", "/a", b"", False),
]


@pytest.mark.parametrize(("asked", "method", "target", "body", "expected"), FITS)
def test_fits(asked: Asked, method: str, target: str, body: bytes, expected: bool) -> None:
    assert asked.fits(method, target, body) is expected


BODIES: list[tuple[object, bytes]] = [
    (None, b""),
    ("text", b"text"),
    ({"base64": "AP8="}, b"\x00\xff"),
    ({"a": [1]}, b'{"a": [1]}'),
    ([], b"[]"),
]


@pytest.mark.parametrize(("body", "raw"), BODIES)
def test_raw(body: object, raw: bytes) -> None:
    assert Answered(body=body).raw() == raw


def test_an_answer_is_moved_to_another_address() -> None:
    answer = Answered(
        headers={"Location": "https://a.test/v1/x"},
        body={"next": "https://a.test/v1/y"},
        reason="OK",
    )
    moved = answer.at("https://a.test/v1", "http://127.0.0.1:1")
    assert moved.headers == {"location": "http://127.0.0.1:1/x"}
    assert (moved.body, moved.reason) == (b'{"next": "http://127.0.0.1:1/y"}', "OK")
    assert answer.at().body == answer.raw()
