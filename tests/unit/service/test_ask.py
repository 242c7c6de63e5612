from collections.abc import Mapping
from typing import Any

import pytest

from clients._operation import Operation, Traits
from contracts import Forbidden, InvalidRequest, Names, Request, Result, UnknownOperation
from service.ask import Ask, Understanding, fingerprint
from service.envelope import Reader
from service.permission.access import Access, Grant
from service.record.records import Key
from tests.support.messages import FakeMessage, FakeProperties


class Thing(Result):
    pass


class GetThing(Request[Thing]):
    thing_id: str
    count: int = 1


class MakeThing(Request[Thing]):
    name: str


GET = Operation("shop.get_thing", "get_thing", GetThing, Traits("safe", cost=2.0), "Get.")
MAKE = Operation(
    "shop.make_thing",
    "make_thing",
    MakeThing,
    Traits("unsafe", cost=lambda request: float(len(request.name))),
    "Make.",
)
OPERATIONS = {one.name: one for one in (GET, MAKE)}


def ask(
    operation: str,
    body: bytes,
    access: Access | None = None,
    headers: Mapping[str, Any] | None = None,
    **properties: str | None,
) -> Ask:
    reader = Reader(Names())
    message = FakeMessage(body, operation, headers or {}, FakeProperties(**properties))
    understanding = Understanding(OPERATIONS, reader, access or Access())
    return understanding.ask(message, reader.read(message, 0.0))


def test_a_request_is_understood() -> None:
    found = ask("shop.get_thing", b'{"thing_id": "1", "count": "3"}', user_id="alice")
    assert found.request == GetThing(thing_id="1", count=3)
    assert found.key == Key("alice", "m-1")
    assert found.call.cost == 2.0
    again = ask("shop.get_thing", b'{"thing_id": "2"}', user_id="alice")
    assert len(found.call.key) == 36
    assert found.call.key == again.call.key
    assert "alice" not in found.call.key
    assert not found.recorded


def test_what_acts_is_recorded_and_so_is_a_read_with_a_key() -> None:
    made = ask("shop.make_thing", b'{"name": "abc"}')
    assert made.recorded
    assert made.call.cost == 3.0
    assert made.call.kind == "unsafe"
    assert ask("shop.get_thing", b'{"thing_id":"1"}', headers={"idempotency-key": "k"}).recorded


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", {"thing_id": "Field required"}),
        (
            b'{"thing_id": 1, "other": 2}',
            {"thing_id": "valid string", "other": "No such para"},
        ),
        (b"[]", {"": "JSON object"}),
    ],
)
def test_each_wrong_field_is_named(body: bytes, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as failure:
        ask("shop.get_thing", body)
    told = {one.field: one.message for one in failure.value.facts.errors}
    assert set(told) == set(fields)
    assert all(part in told[field] for field, part in fields.items())


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ("shop.get_thin", "Did you mean shop.get_thing"),
        ("shop.zzzzzzzz", "hub integrations"),
    ],
)
def test_the_nearest_names(operation: str, hint: str) -> None:
    with pytest.raises(UnknownOperation, match=hint):
        ask(operation, b"{}")


def test_what_acts_needs_an_id() -> None:
    with pytest.raises(InvalidRequest, match="needs an id"):
        ask("shop.make_thing", b'{"name": "a"}', message_id=None)


def test_who_may_not_is_told_before_the_parameters_are_looked_at() -> None:
    access = Access({"bob": Grant(operations=("*",))})
    with pytest.raises(Forbidden, match="'alice'"):
        ask("shop.get_thing", b"no json", access, user_id="alice")


def test_a_fingerprint_is_of_operation_and_parameters() -> None:
    one = fingerprint("a.b", {"x": 1, "y": [1, 2]})
    assert one == fingerprint("a.b", {"y": [1, 2], "x": 1})
    assert len({one, fingerprint("a.c", {"x": 1, "y": [1, 2]}), fingerprint("a.b", {"x": 1})}) == 3
