"""Fetched tokens: shared, renewed in time, told apart, and whose fault it is that there is none."""

import asyncio
from collections.abc import Callable

import pytest

from clients._call import CURRENT, Call
from clients._environment import Environment
from clients._http import HttpResponse
from clients._redact import Redactor
from clients._tokens import PATIENCE, Tokens, TokenSource
from contracts import (
    BadUpstreamReply,
    CircuitOpen,
    Expired,
    Facts,
    Failure,
    NotConfigured,
    UpstreamRejected,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from tests.support.clock import QuickClock
from tests.support.depot import Depot
from tests.support.kit import reply

ENV = Environment({"DEPOT_CLIENT_ID": "me", "DEPOT_CLIENT_SECRET": "sesame"})
Answer = HttpResponse | Failure


def source() -> TokenSource:
    """The depot's."""
    auth = Depot.api.auth
    assert isinstance(auth, TokenSource)
    return auth


def numbered(life: object = 1000) -> Callable[[int], Answer]:
    """Answers with the tokens t1, t2, …"""
    return lambda turn: reply({"access_token": f"t{turn}", "expires_in": life})


class Bench:
    """Tokens, and where they come from."""

    def __init__(self, answer: Callable[[int], Answer]) -> None:
        self.clock = QuickClock()
        self.redact = Redactor()
        self.answer = answer
        self.asked = 0
        self.held = asyncio.Event()
        self.held.set()
        self.started = asyncio.Event()
        self.tokens = Tokens(self._fetch, self.clock, self.redact)
        CURRENT.set(Call())

    async def __call__(self, env: Environment = ENV) -> str:
        return (await self.tokens.token(source(), env))[1]

    async def _fetch(self, asked: TokenSource, env: Environment) -> HttpResponse:
        assert asked == source()
        assert env.get("DEPOT_CLIENT_SECRET")
        self.asked += 1
        turn = self.asked
        self.started.set()
        await self.held.wait()
        answer = self.answer(turn)
        if isinstance(answer, Failure):
            raise answer
        return answer


async def test_it_is_fetched_once_and_shared() -> None:
    bench = Bench(numbered())
    assert await asyncio.gather(*(bench() for _ in range(9))) == ["t1"] * 9
    assert (await bench(), bench.asked) == ("t1", 1)


LIVES: list[tuple[object, float]] = [
    (1000, 900),
    (7200, 6900),
    ("3600", 3300),
    (None, 270),
    ("x", 270),
    (-1, 270),
]


@pytest.mark.parametrize(("life", "due"), LIVES)
async def test_it_is_renewed_before_it_ends(life: object, due: float) -> None:
    bench = Bench(numbered(life))
    await bench()
    bench.clock.advance(due - 1)
    assert await bench() == "t1"
    bench.clock.advance(2)
    assert list(await asyncio.gather(bench(), bench())) == ["t2", "t2"]


async def test_one_that_lives_serves_on_while_no_new_one_is_to_be_had() -> None:
    bench = Bench(numbered())
    await bench()
    bench.answer = lambda _: UpstreamUnavailable("down")
    bench.clock.advance(950)
    assert await bench() == "t1"
    bench.clock.advance(51)
    with pytest.raises(UpstreamUnavailable, match=r"^No token: down$") as caught:
        await bench()
    assert caught.value.problem().outcome == "not_sent"


async def test_a_refused_one_is_fetched_anew_once() -> None:
    bench = Bench(numbered())
    proof = await source().prove(ENV, bench.tokens)
    assert proof.headers == (("Authorization", "Bearer t1"),)
    assert bench.tokens.refused(proof)
    assert await bench() == "t2"
    assert bench.tokens.refused(proof)  # another call that had the old one
    assert (await bench(), bench.asked) == ("t2", 2)


async def test_other_keys_have_tokens_of_their_own() -> None:
    bench = Bench(numbered())
    other = Environment({"DEPOT_CLIENT_ID": "me", "DEPOT_CLIENT_SECRET": "changed"})
    assert [await bench(), await bench(other), await bench()] == ["t1", "t2", "t1"]


FAULTS: list[tuple[Failure, type[Failure], str]] = [
    (UpstreamRejected("HTTP 400"), UpstreamUnauthorized, "DEPOT_CLIENT_ID, DEPOT_CLIENT_SECRET"),
    (UpstreamUnauthorized("HTTP 401"), UpstreamUnauthorized, "DEPOT_CLIENT_SECRET: HTTP 401"),
    (UpstreamUnavailable("x", Facts(outcome="sent")), UpstreamUnavailable, "No token: x"),
    (CircuitOpen("open"), CircuitOpen, "No token: open"),
    (NotConfigured("Set A."), NotConfigured, "Set A."),
]


@pytest.mark.parametrize(("fault", "expected", "text"), FAULTS)
async def test_what_a_fault_of_the_address_means(
    fault: Failure, expected: type[Failure], text: str
) -> None:
    bench = Bench(lambda _: fault)
    with pytest.raises(expected, match=text) as caught:
        await bench()
    assert caught.value.problem().outcome == "not_sent"


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"access_token": ""}', b'{"access_token": "a\\r\\nb"}']
)
async def test_an_answer_without_a_token_is_told(body: bytes) -> None:
    bench = Bench(lambda _: reply(body))
    with pytest.raises(BadUpstreamReply, match="without a token") as caught:
        await bench()
    assert caught.value.problem().outcome == "not_sent"


async def test_tokens_are_secrets() -> None:
    said = {"access_token": "t0p5ecret", "refresh_token": "r3fr3sh", "token_type": "Bearer"}
    bench = Bench(lambda _: reply(said))
    await bench()
    assert bench.redact("t0p5ecret r3fr3sh Bearer") == "*** *** Bearer"
    assert "t0p5ecret" not in repr(bench.tokens)


async def test_tokens_of_long_ago_are_no_secrets_any_more() -> None:
    bench = Bench(lambda turn: reply({"access_token": f"{turn:08}", "expires_in": 1000}))
    for _ in range(100):
        await bench()
        bench.clock.advance(1000)
    assert bench.redact("00000001 00000099 00000100") == "00000001 *** ***"


async def test_an_asker_without_time_leaves_the_others_theirs() -> None:
    bench = Bench(numbered())
    bench.held.clear()
    patient = asyncio.create_task(bench())
    CURRENT.set(Call(deadline=bench.clock.now() + 5))
    with pytest.raises(Expired, match="before there was a token"):
        await bench()
    bench.held.set()
    assert (await patient, bench.asked) == ("t1", 1)


async def test_a_cancelled_asker_leaves_the_others_theirs() -> None:
    bench = Bench(numbered())
    bench.held.clear()
    first, second = asyncio.create_task(bench()), asyncio.create_task(bench())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    bench.held.set()
    assert await second == "t1"


async def test_nobody_waits_for_ever() -> None:
    bench = Bench(numbered())
    bench.held.clear()
    with pytest.raises(Expired):
        await bench()
    assert bench.clock.passed == PATIENCE
    await bench.tokens.aclose()


async def test_closing_ends_the_asking() -> None:
    bench = Bench(numbered())
    bench.held.clear()
    task = asyncio.create_task(bench())
    await bench.started.wait()
    await bench.tokens.aclose()
    with pytest.raises(UpstreamUnavailable, match="closes"):
        await task
