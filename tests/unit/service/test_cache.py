import pytest

from service.answer import Answer
from service.cache import EACH, Cache, Shelf


class Now:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def answer(size: int) -> Answer:
    return Answer(True, b"x" * (size - EACH))


def kept(shelf: Shelf, *names: bytes) -> list[bytes]:
    return [name for name in names if shelf.get(name)]


def test_an_answer_is_kept_for_its_time_and_takes_no_room_after_it() -> None:
    now = Now()
    shelf = Cache(now).shelf()
    shelf.keep(b"short", answer(1000), 10.0)
    shelf.keep(b"long", answer(2000), 60.0)
    assert (kept(shelf, b"short", b"long"), shelf.held) == ([b"short", b"long"], 3000)
    now.at = 10.0
    assert (kept(shelf, b"short", b"long"), shelf.held, len(shelf)) == ([b"long"], 2000, 1)
    shelf.keep(b"short", answer(1000), 60.0)
    assert kept(shelf, b"short") == [b"short"]


def test_one_that_is_kept_stays() -> None:
    shelf = Cache(Now()).shelf()
    first = answer(1000)
    shelf.keep(b"a", first, 10.0)
    shelf.keep(b"a", answer(2000), 10.0)
    assert (shelf.get(b"a"), shelf.held) == (first, 1000)


def test_where_it_is_too_much_what_ends_first_goes() -> None:
    shelf = Cache(Now(), most=3000).shelf()
    for name, ttl in ((b"a", 30.0), (b"b", 10.0), (b"c", 20.0), (b"d", 40.0)):
        shelf.keep(name, answer(1000), ttl)
    assert kept(shelf, b"a", b"b", b"c", b"d") == [b"a", b"c", b"d"]
    assert shelf.held == 3000


def test_the_fullest_shelf_makes_room() -> None:
    cache = Cache(Now(), most=4000)
    modest, greedy = cache.shelf(), cache.shelf()
    modest.keep(b"m", answer(1000), 1.0)
    for name in (b"a", b"b", b"c", b"d", b"e"):
        greedy.keep(name, answer(1000), 60.0)
    assert (kept(modest, b"m"), len(greedy)) == ([b"m"], 3)


def test_what_has_ended_anywhere_goes_before_what_has_not() -> None:
    now = Now()
    cache = Cache(now, most=2000)
    old, new = cache.shelf(), cache.shelf()
    old.keep(b"o", answer(1000), 1.0)
    new.keep(b"a", answer(1000), 60.0)
    now.at = 1.0
    new.keep(b"b", answer(1000), 60.0)
    assert (old.held, kept(new, b"a", b"b")) == (0, [b"a", b"b"])


@pytest.mark.parametrize(("size", "count"), [(3000, 1), (3001, 2)])
def test_one_that_is_larger_than_all_room_pushes_nothing_out(size: int, count: int) -> None:
    shelf = Cache(Now(), most=3000).shelf()
    shelf.keep(b"a", answer(1000), 60.0)
    shelf.keep(b"b", answer(1000), 60.0)
    shelf.keep(b"huge", answer(size), 60.0)
    assert (len(shelf), bool(shelf.get(b"huge"))) == (count, count == 1)
