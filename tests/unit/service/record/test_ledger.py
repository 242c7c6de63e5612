from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, event, func, select

from service.answer import Answer
from service.record import ledger
from service.record.database import calls, opened
from service.record.records import Key, Taken
from service.record.schema import prepared

KEY = Key("alice", "r-1")
PRINT = b"1" * 32
GOOD = Answer(True, b"{}", attempts=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = opened(database_url)
    with made.begin() as on:
        prepared(on)
    yield made
    made.dispose()


def claim(engine: Engine, key: Key = KEY, now: float = 1.0) -> Taken:
    row = ledger.row(key, PRINT, "shop.make_thing")
    with engine.begin() as on:
        return ledger.claim(on, key, row, now, sandbox=False)


def count(engine: Engine) -> int:
    with engine.begin() as on:
        return on.scalar(select(func.count()).select_from(calls)) or 0


def test_steps_that_are_taken_again_find_the_same(engine: Engine) -> None:
    """After a commit of which nobody knows whether it took place."""
    row = ledger.row(KEY, PRINT, "shop.make_thing")
    for _ in range(2):
        with engine.begin() as on:
            taken = ledger.claim(on, KEY, row, 1.0, sandbox=False)
        assert not taken.sent
    assert taken.claim
    for _ in range(2):
        with engine.begin() as on:
            assert ledger.move(on, taken.claim, ledger.SENT, 2.0)
    bodies = []
    for _ in range(2):
        with engine.begin() as on:
            bodies.append(ledger.done(on, taken.claim, GOOD, 3.0))
    assert [one and one.body for one in bodies] == [GOOD.body] * 2
    for _ in range(2):
        with engine.begin() as on:
            ledger.told(on, KEY, 4.0)
    assert claim(engine).answer


def test_one_that_is_forgotten_while_it_is_claimed_is_new(engine: Engine) -> None:
    first = claim(engine)
    swept: list[int] = []

    def sweep(on: object, _: object, statement: str, *__: object) -> None:
        if statement.startswith("INSERT INTO calls") and not swept:
            swept.append(on.execute(delete(calls)).rowcount)  # type: ignore[attr-defined]

    event.listen(engine, "after_cursor_execute", sweep)
    again = claim(engine)
    assert swept == [1]
    assert again.claim
    assert first.claim
    assert again.claim.token != first.claim.token


@pytest.mark.parametrize(
    ("state", "in_the_end"), [(ledger.FREE, 0), (ledger.CLAIMED, 0), (ledger.SENT, 1)]
)
def test_what_never_ended_is_forgotten_unless_it_may_have_happened(
    engine: Engine, state: str, in_the_end: int
) -> None:
    taken = claim(engine)
    assert taken.claim
    with engine.begin() as on:
        assert ledger.move(on, taken.claim, state, 5.0)
    unheard = ledger.UNHEARD
    for before, states, left in (
        (6.0, (ledger.TOLD,), 1),
        (5.0, unheard, 1),
        (6.0, unheard, in_the_end),
    ):
        with engine.begin() as on:
            ledger.forget(on, before, states)
        assert count(engine) == left
