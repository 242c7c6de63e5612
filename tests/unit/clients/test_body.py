import orjson

from clients._body import FORM, body_of, fields, rest
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
    body, content_type = body_of("/things/{thing_id}", REQUEST, None, None)
    assert (orjson.loads(body), content_type) == ({"name": "é"}, "application/json")


def test_a_body_of_its_own() -> None:
    assert body_of("/x", REQUEST, [1], None) == (b"[1]", "application/json")
    assert body_of("/x", REQUEST, None, {"A": ["1", "2"], "B": None}) == (b"A=1&A=2", FORM)
