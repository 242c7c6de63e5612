"""Many cases in one test: all are checked, and each that is wrong is named."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from clients._client import Client
from tests.support.depot import Depot
from tests.support.together import Cases, GoesOn, together

CASES: Mapping[type[Client], Cases] = {
    Depot: {"one": {"number": 1}, "two": {"number": 2}, "three": {"number": 3}}
}
SEEN: list[int] = []


def odd(number: int) -> None:
    SEEN.append(number)
    assert number % 2, "an even one"


async def small(number: int) -> None:
    if number == 3:
        raise GoesOn
    assert number < 3


@together(CASES)
class TestInAClass:
    async def test_with_a_fixture(self, number: int, request: pytest.FixtureRequest) -> None:
        assert number
        assert request.node.name == "test_with_a_fixture[depot]"


async def run(check: Callable[..., Any]) -> None:
    await together(CASES)(check)(facts=Depot)


async def test_all_are_checked_and_those_that_are_wrong_are_named() -> None:
    SEEN.clear()
    with pytest.raises(ExceptionGroup, match="1 of 3 cases") as wrong:
        await run(odd)
    assert SEEN == [1, 2, 3]
    (error,) = wrong.value.exceptions
    assert error.__notes__ == ["in the case two"]


async def test_what_goes_on_is_not_judged() -> None:
    await run(small)
