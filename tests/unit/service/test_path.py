from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from clients._call import Call
from clients._gate import HandedBack
from clients._operation import Operation, Traits
from contracts import Request, Result, UpstreamRejected
from contracts._events import Mode
from service.answer import Answer
from service.ask import Ask, fingerprint
from service.envelope import Envelope
from service.path import Inner, Surroundings, compose
from service.records import ClaimLost
from service.shared import Shared
from service.store import Store
from tests.support.clock import QuickClock


class Thing(Result):
    name: str = "thing"


class GetThing(Request[Thing]):
    pass


OPERATIONS = {
    "safe": Operation("shop.get", "get", GetThing, Traits("safe", ttl=60.0), "Get."),
    "unsafe": Operation(
        "shop.make", "make", GetThing, Traits("unsafe", look="Look there."), "Make."
    ),
    "keyed": Operation("shop.key", "key", GetThing, Traits("keyed"), "Key."),
}


@dataclass
class Shop:
    """Stands for integration, lazy client and client: calls run a function."""

    clock: QuickClock
    run: Callable[[Call], Any] = lambda _: None
    mode: Mode = "configured"
    unusable: tuple[str, ...] = ()
    calls: list[Call] = field(default_factory=list)

    @property
    def client(self) -> "Shop":
        return self

    def get(self) -> "Shop":
        return self

    async def call(self, _: Request[Any], call: Call) -> Result:
        self.calls.append(call)
        if call.kind != "safe":
            await call.journal.sending()
        call.attempts += 1
        found = self.run(call)
        if isinstance(found, BaseException):
            raise found
        return Thing()


@dataclass
class Bench:
    shop: Shop
    store: Store
    clock: QuickClock
    answer: Inner


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = QuickClock()
    shop, store = Shop(clock), Store(f"sqlite:///{tmp_path}/calls.sqlite3")
    at = Surroundings(shop, store, Shared(clock.now), clock)  # type: ignore[arg-type]
    yield Bench(shop, store, clock, compose(at))
    await store.aclose()


def ask(kind: str = "safe", request_id: str = "r-1", **more: Any) -> Ask:  # noqa: ANN401
    operation = OPERATIONS[kind]
    params = more.pop("params", {})
    plain = Envelope(operation.name, request_id, True, False, "-", None, request_id, None)
    envelope = replace(plain, **more)
    call = Call(kind=operation.kind)
    return Ask(envelope, operation, GetThing(), call, fingerprint(operation.name, params))


def code(answer: Answer) -> str:
    return "" if answer.ok else answer.problem().code


async def test_a_read_is_answered_and_kept_for_its_time(bench: Bench) -> None:
    first = await bench.answer(ask())
    assert (first.ok, first.body, first.served) == (True, b'{"name":"thing"}', "live")
    assert (await bench.answer(ask())).served == "cache"
    assert (await bench.answer(ask(fresh=True))).served == "live"
    bench.clock.advance(61)
    assert (await bench.answer(ask())).served == "live"


async def test_what_acts_runs_once_and_is_answered_again(bench: Bench) -> None:
    first = await bench.answer(ask("unsafe"))
    again = await bench.answer(ask("unsafe"))
    assert (first.served, again.served) == ("live", "replay")
    assert first.body == again.body
    assert len(bench.shop.calls) == 1


async def test_a_failure_of_what_acts_is_kept_too(bench: Bench) -> None:
    bench.shop.run = lambda _: UpstreamRejected("no")
    first = await bench.answer(ask("unsafe"))
    bench.shop.run = lambda _: None
    again = await bench.answer(ask("unsafe"))
    assert code(first) == "upstream_rejected"
    assert again.body == first.body


async def test_a_read_with_a_key_is_recorded(bench: Bench) -> None:
    await bench.answer(ask(keyed=True, fresh=True))
    assert (await bench.answer(ask(keyed=True, fresh=True))).served == "replay"


async def test_an_id_belongs_to_one_request(bench: Bench) -> None:
    await bench.answer(ask("unsafe"))
    answer = await bench.answer(ask("unsafe", params={"other": 1}))
    assert code(answer) == "idempotency_conflict"


@pytest.mark.parametrize(("kind", "result"), [("unsafe", "outcome_unknown"), ("keyed", "")])
async def test_after_a_crash_in_between(bench: Bench, kind: str, result: str) -> None:
    lost = ask(kind)
    taken = await bench.store.claim(lost.key, lost.fingerprint, lost.operation.name)
    assert taken.claim
    await bench.store.sending(taken.claim)
    answer = await bench.answer(ask(kind))
    assert code(answer) == result
    assert (await bench.answer(ask(kind))).body == answer.body
    if result:
        assert answer.problem().detail.endswith("Look there.")
        assert bench.shop.calls == []


async def test_a_bug_is_an_answer_with_its_id_only(bench: Bench) -> None:
    bench.shop.run = lambda _: RuntimeError("secret inside")
    answer = await bench.answer(ask())
    assert code(answer) == "internal"
    assert b"secret" not in answer.body
    assert answer.problem().outcome == "not_sent"


async def test_a_bug_after_the_call_left_is_in_doubt_and_kept(bench: Bench) -> None:
    def fail(call: Call) -> Exception:
        call.doubt = True
        return RuntimeError("late")

    bench.shop.run = fail
    answer = await bench.answer(ask("unsafe"))
    problem = answer.problem()
    assert (problem.code, problem.outcome, problem.retryable) == ("internal", "unknown", False)
    assert (await bench.answer(ask("unsafe"))).body == answer.body


@pytest.mark.parametrize("doubt", [False, True])
async def test_handed_back(bench: Bench, doubt: bool) -> None:
    def back(call: Call) -> Exception:
        call.doubt = doubt
        return HandedBack()

    bench.shop.run = back
    with pytest.raises(HandedBack):
        await bench.answer(ask("unsafe"))
    bench.shop.run = lambda _: None
    assert code(await bench.answer(ask("unsafe"))) == ("outcome_unknown" if doubt else "")


async def test_what_another_hub_has_claimed_since_is_not_sent(bench: Bench) -> None:
    bench.shop.run = lambda _: ClaimLost()
    with pytest.raises(HandedBack):
        await bench.answer(ask("unsafe"))


async def test_deadlines(bench: Bench) -> None:
    wall = bench.clock.wall()
    assert code(await bench.answer(ask(expires=wall - 1, fresh=True))) == "expired"
    assert bench.shop.calls == []
    await bench.answer(ask(expires=wall + 5, fresh=True))
    assert bench.shop.calls[0].deadline == pytest.approx(bench.clock.now() + 5)


async def test_a_kept_outcome_has_no_deadline(bench: Bench) -> None:
    await bench.answer(ask("unsafe"))
    late = ask("unsafe", expires=bench.clock.wall() - 1)
    assert (await bench.answer(late)).served == "replay"


async def test_what_is_missing_is_named(bench: Bench) -> None:
    bench.shop.unusable = ("SHOP_API_KEY",)
    answer = await bench.answer(ask())
    assert code(answer) == "not_configured"
    assert "SHOP_API_KEY" in answer.problem().detail


async def test_the_sandbox_says_so(bench: Bench) -> None:
    bench.shop.mode = "sandbox"
    assert (await bench.answer(ask())).served == "sandbox"


@pytest.mark.parametrize("kind", ["unsafe", "keyed"])
async def test_what_the_sandbox_answered_is_done_once_it_is_switched_off(
    bench: Bench, kind: str
) -> None:
    bench.shop.mode = "sandbox"
    assert [(await bench.answer(ask(kind))).served for _ in range(2)] == ["sandbox"] * 2
    assert len(bench.shop.calls) == 1
    bench.shop.mode = "configured"
    assert [(await bench.answer(ask(kind))).served for _ in range(2)] == ["live", "replay"]
    assert len(bench.shop.calls) == 2
    bench.shop.mode = "sandbox"
    assert (await bench.answer(ask(kind))).served == "replay"


async def test_steps_that_answer_nothing_are_a_bug_of_the_list(bench: Bench) -> None:
    at = Surroundings(bench.shop, bench.store, Shared(lambda: 0.0), bench.clock)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match=r"shop\.get"):
        await compose(at, ())(ask())
