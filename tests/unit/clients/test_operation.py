"""Marks on methods: read, checked against the contract, refused."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from clients._call import Class
from clients._operation import Operation, operation, read_operation
from contracts import Facts, OutcomeUnknown
from tests.support.toy import DropThing, GetThing, PayThing, Thing, Toy


def test_a_mark_is_read() -> None:
    pay = Toy.operations["pay_thing"]
    assert (pay.name, pay.method, pay.request) == ("toy.pay_thing", "pay_thing", PayThing)
    assert (pay.kind, pay.traits.timeout, pay.cost(PayThing(thing_id="1"))) == ("keyed", 5, 2)
    assert pay.doc == "Pay for a thing."


def test_a_cost_may_depend_on_the_request() -> None:
    mark = operation("safe", cost=lambda request: len(request.thing_id))
    one = read_operation(mark(cast("Any", Toy.get_thing)))
    assert one is not None
    assert one.cost(GetThing(thing_id="abc")) == 3


def test_how_to_look_stands_in_the_failure() -> None:
    failure = OutcomeUnknown("Who knows.", Facts(attempts=1))
    told = Toy.operations["make_thing"].unknown(failure)
    assert told.detail == "Who knows. Look at the list of things."
    assert told.facts.attempts == 1
    assert Toy.operations["copy_thing"].unknown(failure) is failure


def test_no_mark_is_no_operation() -> None:
    assert read_operation(Toy.health_check) is None


MARKS: list[tuple[str, float, str]] = [
    ("sometimes", 0, "no class of operation; one of idempotent, keyed, safe, unsafe"),
    ("unsafe", 5, "Only a safe operation may be cached"),
]


@pytest.mark.parametrize(("kind", "ttl", "said"), MARKS)
def test_a_wrong_mark_is_refused(kind: str, ttl: float, said: str) -> None:
    with pytest.raises(TypeError, match=said):
        operation(cast("Class", kind), ttl=ttl)


async def drop_thing(request: DropThing) -> Thing:
    return Thing(id=request.thing_id)


async def forget_thing(request: DropThing) -> Thing:
    """Another name."""
    return Thing(id=request.thing_id)


async def get_thing(thing: str) -> Thing:
    """No request."""
    return Thing(id=thing)


async def pay_thing(request: PayThing) -> str:
    """Another result."""
    return request.thing_id


WRONG: list[tuple[Callable[..., Any], str]] = [
    (drop_thing, "needs a docstring"),
    (forget_thing, "has to be named drop_thing, as DropThing says"),
    (get_thing, "needs one parameter, request"),
    (pay_thing, "has to return Thing"),
]


@pytest.mark.parametrize(("method", "said"), WRONG)
def test_what_does_not_fit_is_refused(method: Callable[..., Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        read_operation(operation("safe")(method))


def test_an_operation_is_a_value() -> None:
    one = Toy.operations["get_thing"]
    assert one == Operation(one.name, one.method, one.request, one.traits, one.doc)
