"""Waiting ends when it happened, and says what did not."""

import asyncio

import pytest

from tests.support.wait import wait_until


async def test_waits_for_a_plain_predicate() -> None:
    loop, happened = asyncio.get_running_loop(), asyncio.Event()
    loop.call_later(0.02, happened.set)
    await wait_until(happened.is_set)


async def test_waits_for_an_async_predicate() -> None:
    answers = iter([0, 0, 1])

    async def answer() -> int:
        return next(answers)

    await wait_until(answer)
    assert next(answers, None) is None


async def test_says_what_did_not_happen() -> None:
    with pytest.raises(AssertionError, match=r"the miracle did not happen .* last seen: 0"):
        await wait_until(lambda: 0, within=0.01, what="the miracle")
