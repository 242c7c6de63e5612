"""From an operation's name to its contract."""

import pytest

from contracts import Request, Result, UnknownOperation
from contracts.notion import GetPage
from sdk._contracts import contract_of


class Greeting(Result):
    """A contract of another package."""

    text: str


class Greet(Request[Greeting]):
    """An operation of another package."""


def test_a_name_stands_for_its_class() -> None:
    assert contract_of("notion.get_page") is GetPage


def test_a_contract_of_another_package_is_found_when_it_is_imported() -> None:
    assert contract_of(Greet.operation) is Greet


@pytest.mark.parametrize("name", ["notoin.get_page", "notion.get_pag", "notion", "", ".", "..x"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownOperation, match="There is no operation"):
        contract_of(name)


def test_the_nearest_are_named() -> None:
    with pytest.raises(UnknownOperation, match=r"Did you mean notion\.get_page"):
        contract_of("notoin.get_page")
