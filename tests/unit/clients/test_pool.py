"""A client made on first use."""

import pytest

from clients._client import Client
from clients._pool import Lazy
from tests.support.kit import Script, kit_for
from tests.support.toy import Toy


async def test_it_is_made_once_and_closed_once() -> None:
    made: list[Client] = []

    def factory() -> Client:
        made.append(Toy(kit_for(Toy, Script())))
        return made[-1]

    lazy = Lazy(factory)
    await lazy.aclose()
    assert made == []
    assert {id(lazy.get()) for _ in range(1000)} == {id(made[0])}
    assert lazy.made
    await lazy.aclose()
    assert lazy.get() is made[1]


async def test_a_factory_that_fails_fails_one_asker() -> None:
    answers: list[Exception | Client] = [RuntimeError("no"), Toy(kit_for(Toy, Script()))]

    def factory() -> Client:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    lazy = Lazy(factory)
    with pytest.raises(RuntimeError):
        lazy.get()
    assert not lazy.made
    assert lazy.get() is lazy.get()
