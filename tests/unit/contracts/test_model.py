import pytest
from pydantic import Field, ValidationError

from contracts import Request, Result


class Page(Result):
    page_id: str = Field(alias="pageId")


class GetPage(Request[Page]):
    """Return a page."""

    page_id: str
    """Its id."""


class GetKpIndex(Request[Page]):
    pass


class GetHTTPStatus(Request[Page]):
    pass


class Slice(Request[Page]):
    """A base with parameters of its own."""

    limit: int = 10


class ListPages(Slice):
    pass


@pytest.mark.parametrize(
    ("request_type", "operation"),
    [
        (GetPage, "get_page"),
        (GetKpIndex, "get_kp_index"),
        (GetHTTPStatus, "get_http_status"),
        (ListPages, "list_pages"),
    ],
)
def test_the_name_is_derived(request_type: type[Request[Page]], operation: str) -> None:
    assert request_type.operation.rpartition(".")[2] == operation
    assert request_type.operation.startswith(f"{request_type.integration}.")
    assert request_type.result is Page


def test_a_module_below_contracts_names_the_integration() -> None:
    named = {"__module__": "contracts.shop.orders"}
    made: type[Request[Page]] = type("GetThing", (Request[Page],), named)
    assert (made.integration, made.operation) == ("shop", "shop.get_thing")


def test_the_base_is_no_operation() -> None:
    assert Request.operation == ""
    assert Request[Page].operation == ""


def test_a_request_is_closed_and_a_result_open() -> None:
    with pytest.raises(ValidationError):
        GetPage.model_validate({"page_id": "1", "other": 2})
    page = Page.model_validate({"pageId": "1", "other": 2})
    assert page.model_dump() == {"page_id": "1", "other": 2}
    assert Page.model_validate(page.model_dump()) == page


def test_docstrings_are_descriptions() -> None:
    assert GetPage.model_json_schema()["properties"]["page_id"]["description"] == "Its id."


class Level(Result):
    """A value."""

    value: float


@pytest.mark.parametrize("said", ["NaN", "Infinity", "-Infinity", "1e999", '"NaN"'])
def test_a_result_has_no_number_that_json_has_not(said: str) -> None:
    with pytest.raises(ValidationError, match="finite number"):
        Level.model_validate_json(f'{{"value": {said}}}')
