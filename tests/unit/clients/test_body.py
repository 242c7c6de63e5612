from base64 import b64encode
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP

import orjson
import pytest

from clients._body import FORM, Body, File, base64_size, body_of, fields, form, multipart, rest
from contracts import Request, Result


class Thing(Result):
    pass


class PutThing(Request[Thing]):
    thing_id: str
    name: str = "é"
    note: str | None = None


REQUEST = PutThing(thing_id="1")


def test_what_is_in_the_path_is_nowhere_else() -> None:
    assert rest("/things/{thing_id}", REQUEST) == {"name": "é", "note": None}
    assert fields(REQUEST, "thing_id") == {"name": "é"}


def test_without_a_body_of_its_own_the_rest_is_the_json() -> None:
    body = body_of("/things/{thing_id}", REQUEST, None, None)
    assert (orjson.loads(body.content), body.media_type) == ({"name": "é"}, "application/json")


def test_a_body_of_its_own() -> None:
    assert body_of("/x", REQUEST, [1], None) == Body(b"[1]", "application/json")
    filled = form({"A": ["1", "2"], "B": None})
    assert body_of("/x", REQUEST, None, filled) == Body(b"A=1&A=2", FORM)


PARTS = (("name", "é\r\nX: 1"), ("no", None), ("ok", True), ("file", File("a.bin", "x/y", b"\0")))


def parts_of(body: Body) -> list[Message]:
    told = f"Content-Type: {body.media_type}\r\n\r\n".encode() + body.content
    parts = BytesParser(policy=HTTP).parsebytes(told).get_payload()
    assert isinstance(parts, list)
    return [one for one in parts if isinstance(one, Message)]


def test_a_form_in_parts_reads_as_it_was_meant() -> None:
    body = multipart(*PARTS)
    parts = parts_of(body)
    names = [one.get_param("name", header="content-disposition") for one in parts]
    assert names == ["name", "ok", "file"]
    assert [one.get_payload(decode=True) for one in parts] == [
        "é\r\nX: 1".encode(),
        b"true",
        b"\0",
    ]
    assert (parts[2].get_filename(), parts[2].get_content_type()) == ("a.bin", "x/y")


def test_the_same_parts_are_the_same_bytes() -> None:
    assert multipart(*PARTS) == multipart(*PARTS)
    assert multipart(*PARTS).media_type != multipart(*PARTS[:2]).media_type


@pytest.mark.parametrize("bad", ['a"; filename="b', "a\r\nX-Evil: 1", "a\n\nb"])
def test_names_stay_in_their_quotes(bad: str) -> None:
    body = multipart((bad, "1"), ("f", File(bad, f"text/plain{bad}", b"2")))
    parts = parts_of(body)
    assert [len(one.keys()) for one in parts] == [1, 2]
    assert parts[1].get_content_type() == "application/octet-stream"
    assert b"X-Evil" not in {line[:6] for line in body.content.splitlines()}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 1000])
def test_the_size_of_base64(size: int) -> None:
    assert base64_size(size) == len(b64encode(bytes(size)))
