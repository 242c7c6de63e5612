"""Several pages: how many, and what stops them."""

import pytest

from clients._pages import all_pages
from contracts import (
    BadUpstreamReply,
    Expired,
    Failure,
    UpstreamThrottled,
    UpstreamUnavailable,
    WouldMissDeadline,
)


class Book:
    """Pages `1`, `2`, … up to the last; `failure` comes in place of one of them."""

    def __init__(self, last: int, failure: Failure | None = None, at: int = 0) -> None:
        self.asked: list[str | None] = []
        self._last = last
        self._failure = failure
        self._at = at

    async def page(self, cursor: str | None) -> int:
        self.asked.append(cursor)
        number = int(cursor or 1)
        if self._failure and number == self._at:
            raise self._failure
        return number

    def next_of(self, number: int) -> str | None:
        return str(number + 1) if number < self._last else None


async def test_all_of_them() -> None:
    book = Book(3)
    assert await all_pages(book.page, book.next_of) == ([1, 2, 3], None)
    assert book.asked == [None, "2", "3"]


async def test_up_to_a_number_and_on_from_there() -> None:
    book = Book(5)
    assert await all_pages(book.page, book.next_of, most=2) == ([1, 2], "3")
    assert await all_pages(book.page, book.next_of, start="3") == ([3, 4, 5], None)


@pytest.mark.parametrize("why", [Expired, WouldMissDeadline, UpstreamThrottled])
async def test_limit_and_deadline_leave_a_cursor(why: type[Failure]) -> None:
    book = Book(5, why(), at=3)
    assert await all_pages(book.page, book.next_of) == ([1, 2], "3")
    first = Book(5, why(), at=1)
    with pytest.raises(why):
        await all_pages(first.page, first.next_of)


async def test_what_is_broken_is_told() -> None:
    book = Book(5, UpstreamUnavailable(), at=3)
    with pytest.raises(UpstreamUnavailable):
        await all_pages(book.page, book.next_of)


async def test_a_circle_is_told() -> None:
    book = Book(5)
    with pytest.raises(BadUpstreamReply, match="in a circle"):
        await all_pages(book.page, lambda number: "1" if number == 2 else "2", most=9)
    assert len(book.asked) == 3
