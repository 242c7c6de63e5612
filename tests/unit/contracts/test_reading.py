import time
from collections.abc import Callable
from typing import Annotated

import pytest
from pydantic import AfterValidator

from contracts import InvalidRequest, Request, Result
from contracts._reading import no_such_operation, read_request


def even(number: int) -> int:
    if number % 2:
        raise ValueError("has to be even")
    return number


class Thing(Result):
    pass


class GetThing(Request[Thing]):
    name: str
    count: Annotated[int, AfterValidator(even)] = 2


def test_good_parameters_are_typed() -> None:
    assert read_request(GetThing, {"name": "a", "count": "4"}) == GetThing(name="a", count=4)


def test_each_wrong_field_is_named_in_plain_words() -> None:
    with pytest.raises(InvalidRequest, match="count: has to be even") as failure:
        read_request(GetThing, {"count": 3, "other": 1})
    told = {one.field: one.message for one in failure.value.facts.errors}
    assert set(told) == {"name", "count", "other"}
    assert told["count"] == "has to be even"


def test_a_flood_of_wrong_fields_gets_a_short_answer() -> None:
    flood = {f"odd{number}": 1 for number in range(9_000)} | {"x" * 200_000: 1}
    with pytest.raises(InvalidRequest, match=r"name: .*; and 8997 more\.$") as failure:
        read_request(GetThing, flood)
    assert len(failure.value.facts.errors) == 100
    assert len(failure.value.problem().model_dump_json()) < 20_000
    with pytest.raises(InvalidRequest) as failure:
        read_request(GetThing, {"name": "a", "x" * 200_000: 1})
    assert len(failure.value.problem().model_dump_json()) < 2_000


class GetAll(Request[Thing]):
    pass


@pytest.mark.parametrize(
    ("request_class", "params", "told"),
    [
        (GetThing, {"name": "a", "cuont": 2}, "No such parameter; the nearest: count"),
        (GetThing, {"name": "a", "x": 1}, "No such parameter; there are name, count"),
        (GetAll, {"x": 1}, "It takes no parameter"),
    ],
)
def test_a_parameter_that_is_none_gets_the_nearest_names(
    request_class: type[Request[Thing]], params: dict[str, object], told: str
) -> None:
    with pytest.raises(InvalidRequest) as failure:
        read_request(request_class, params)
    assert [one.message for one in failure.value.facts.errors] == [told]


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ("shop.get_thin", "Did you mean shop.get_thing"),
        ("shp.get_thing", "Did you mean shop.get_thing"),
        ("zzz", "`hub integrations`"),
        ("shop.zzz", "`hub integrations`"),
    ],
)
def test_the_nearest_names(operation: str, hint: str) -> None:
    assert hint in no_such_operation(operation, ["shop.get_thing", "shop.make_thing"]).detail


def spent(work: Callable[[], object]) -> float:
    """Return the least time of the processor that a piece of work took."""
    took = []
    for _ in range(7):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return min(took)


def test_a_wrong_name_costs_as_much_as_its_own_integration() -> None:
    one = [f"shop_00.get_thing_{number}" for number in range(50)]
    many = [f"shop_{of:02}.get_thing_{number}" for of in range(40) for number in range(50)]
    alone = spent(lambda: no_such_operation("shopp_00.get_thng_1", one))
    assert spent(lambda: no_such_operation("shopp_00.get_thng_1", many)) < 10 * alone


def test_a_long_wrong_name_costs_no_more_than_a_short_one() -> None:
    known = [f"shop.get_thing_{number}_of_all" for number in range(50)]
    short = spent(lambda: no_such_operation("shop.get_thng_1_of_al", known))
    assert spent(lambda: no_such_operation("shop." + "get_thng_" * 100_000, known)) < 10 * short
