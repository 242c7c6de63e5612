"""Tapes, topics, and what a script says."""

import asyncio

import pytest

from sdk._script import ScriptedStream, Tape, fits
from tests.support.wait import wait_until


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("#", "a.b.c", True),
        ("#", "", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b.b.c", True),
        ("a.#.c", "a.b.b", False),
        ("#.c", "a.b.c", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.c", False),
        ("a.*", "a.b.c", False),
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.b", "a", False),
    ],
)
def test_topics_match_as_in_the_broker(pattern: str, key: str, expected: bool) -> None:
    words = [part.split(".") if part else [] for part in (pattern, key)]
    assert fits(*words) is expected


def stream(tape: Tape[int], place: int = 0) -> ScriptedStream[int]:
    return ScriptedStream(tape, lambda one: one > 0, place)


async def test_a_tape_has_everything_for_every_listener() -> None:
    tape: Tape[int] = Tape()
    for one in (1, -1, 2):
        tape.tell(one)
    tape.end()
    assert [one async for one in stream(tape)] == [1, 2]
    assert [one async for one in stream(tape)] == [1, 2]


async def test_listeners_wait_for_what_is_still_to_be_told() -> None:
    tape: Tape[int] = Tape()
    heard: list[int] = []
    hear = heard.append

    async def listen() -> None:
        async for one in stream(tape):
            hear(one)

    async with asyncio.TaskGroup() as group:
        group.create_task(listen())
        group.create_task(listen())
        for one in (1, 2):
            tape.tell(one)
            await wait_until(lambda one=one: heard[-2:] == [one, one])  # type: ignore[misc]
        tape.end()
    assert heard == [1, 1, 2, 2]


async def test_what_was_taken_is_known() -> None:
    tape: Tape[int] = Tape([1, 2, 3])
    async with stream(tape) as listening:
        await anext(listening)
        assert tape.taken == 0
        await anext(listening)
        assert tape.taken == 1
    assert tape.taken == 2
    with pytest.raises(StopAsyncIteration):
        await anext(listening)


async def test_what_was_not_dealt_with_is_not_taken() -> None:
    tape: Tape[int] = Tape([1, 2])
    with pytest.raises(ZeroDivisionError):
        async with stream(tape) as listening:
            1 / (await anext(listening) - 1)
    assert tape.taken == 0
