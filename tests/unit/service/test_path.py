import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from clients._call import Call
from clients._gate import HandedBack
from clients._operation import Operation, Traits
from clients._redact import Redactor
from contracts import Request, Result, UpstreamRejected
from contracts._events import Mode
from service.answer import Answer, failed
from service.ask import Ask, fingerprint
from service.envelope import Envelope
from service.path import STEPS, Inner, Surroundings, compose
from service.permission.access import Access, Grant
from service.record.records import Claim, Key, Taken
from service.record.store import Store
from service.shared import Shared
from tests.support.clock import QuickClock
from tests.support.wait import wait_until


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
    largest: int = 1000
    taken: int = 4
    redact: Redactor = field(default_factory=Redactor)
    calls: list[Call] = field(default_factory=list)

    @property
    def client(self) -> "Shop":
        return self

    def get(self) -> "Shop":
        return self

    def wait(self) -> float:
        return 0.25 * len(self.calls)

    async def call(self, _: Request[Any], call: Call) -> Result:
        self.calls.append(call)
        if call.kind != "safe":
            await call.journal.sending()
        call.attempts += 1
        found = self.run(call)
        if isinstance(found, BaseException):
            raise found
        return found if isinstance(found, Thing) else Thing()


@dataclass
class Bench:
    shop: Shop
    store: Store
    clock: QuickClock
    answer: Inner


def surroundings(shop: Shop, store: Store, **grants: Grant) -> Surroundings:
    shared, access = Shared(shop.clock.now), Access(grants or None)
    return Surroundings(shop, store, shared, shop.clock, access, store)  # type: ignore[arg-type]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = QuickClock()
    shop, store = Shop(clock), Store(f"sqlite:///{tmp_path}/calls.sqlite3")
    at = surroundings(shop, store)
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


@pytest.mark.parametrize("doubt", [False, True])
async def test_given_up_at_the_end_of_the_hub(bench: Bench, doubt: bool) -> None:
    """On record as sent, and on its way to a socket: what never left may run elsewhere."""
    begun = asyncio.Event()

    async def hang(_: Surroundings, ask: Ask, __: Inner) -> Answer:
        await ask.call.journal.sending()
        ask.call.doubt = doubt
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    at = surroundings(bench.shop, bench.store)
    running = asyncio.ensure_future(compose(at, (STEPS[0], hang))(ask("unsafe")))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert code(await bench.answer(ask("unsafe"))) == ("outcome_unknown" if doubt else "")


class Heard:
    """A record that remembers what was acknowledged."""

    def __init__(self, store: Store) -> None:
        self.claim, self.sending, self.done = store.claim, store.sending, store.done
        self.keys: list[Key] = []

    def acknowledged(self, key: Key) -> None:
        self.keys.append(key)


async def overtaken(bench: Bench, by: Callable[[Claim], Awaitable[object]]) -> Answer:
    """Answer an unsafe request whose claim another takes, once, on the way to the gate."""
    store, left = bench.store, [by]

    async def overtake(_: Surroundings, ask: Ask, inner: Inner) -> Answer:
        if left:
            taken = await store.claim(ask.key, ask.fingerprint, ask.operation.name)
            assert taken.claim
            await left.pop()(taken.claim)
        return await inner(ask)

    at = surroundings(bench.shop, store)
    return await compose(at, (STEPS[0], overtake, *STEPS[1:]))(ask("unsafe"))


async def _nothing(_: Claim) -> None:
    pass


async def test_a_claim_that_was_lost_to_an_outcome_gets_that(bench: Bench) -> None:
    kept = failed(UpstreamRejected("no"), "depot.order_part")
    answer = await overtaken(bench, lambda claim: bench.store.done(claim, kept))
    assert (answer.body, answer.served) == (kept.body, "replay")
    assert [call.attempts for call in bench.shop.calls] == [0]


@pytest.mark.parametrize("let_go", [True, False])
async def test_a_claim_that_was_lost_and_not_used_is_taken_again(
    bench: Bench, let_go: bool
) -> None:
    answer = await overtaken(bench, bench.store.unsent if let_go else _nothing)
    assert (answer.ok, answer.served) == (True, "live")


async def test_a_claim_that_was_lost_to_one_who_sent_it_is_left_to_him(bench: Bench) -> None:
    with pytest.raises(HandedBack):
        await overtaken(bench, bench.store.sending)
    left = ask("unsafe")
    taken = await bench.store.claim(left.key, left.fingerprint, left.operation.name)
    assert taken.sent
    assert taken.answer is None


class Meanwhile:
    """A record in which something happens between the first look and the next."""

    def __init__(self, store: Store, then: Callable[[], Awaitable[object]]) -> None:
        self.sending, self.done, self.unsent = store.sending, store.done, store.unsent
        self.acknowledged = store.acknowledged
        self.looks = 0
        self._store = store
        self._then = then

    async def claim(self, *words: Any, **more: Any) -> Taken:  # noqa: ANN401  (the store's)
        self.looks += 1
        if self.looks == 2:
            await self._then()
        return await self._store.claim(*words, **more)


async def after_another(bench: Bench, then: Callable[[Claim], Awaitable[object]]) -> Answer:
    """Answer an unsafe request that another hub, alive, has on record as sent a moment ago."""
    one = ask("unsafe")
    taken = await bench.store.claim(one.key, one.fingerprint, one.operation.name)
    assert taken.claim
    claim = taken.claim
    await bench.store.sending(claim)
    records = Meanwhile(bench.store, lambda: then(claim))
    at = replace(surroundings(bench.shop, bench.store), records=records)  # type: ignore[arg-type]
    return await compose(at)(one)


async def test_what_another_has_just_sent_gets_its_outcome(bench: Bench) -> None:
    answer = await after_another(bench, lambda claim: bench.store.done(claim, Answer(True, b"{}")))
    assert (answer.body, answer.served) == (b"{}", "replay")
    assert bench.shop.calls == []


async def test_what_never_left_another_is_sent_from_here(bench: Bench) -> None:
    answer = await after_another(bench, bench.store.unsent)
    assert (answer.ok, answer.served) == (True, "live")
    assert len(bench.shop.calls) == 1


async def test_what_another_says_nothing_of_is_unknown_after_seconds(bench: Bench) -> None:
    answer = await after_another(bench, _nothing)
    assert answer.problem().outcome == "unknown"
    assert 3 <= bench.clock.passed < 4
    assert bench.shop.calls == []


async def test_what_an_earlier_run_has_sent_is_never_called_unsent(bench: Bench) -> None:
    late = ask("keyed", expires=bench.clock.wall() - 1)
    taken = await bench.store.claim(late.key, late.fingerprint, late.operation.name)
    assert taken.claim
    await bench.store.sending(taken.claim)
    problem = (await bench.answer(late)).problem()
    assert (problem.code, problem.outcome) == ("expired", "sent")
    assert bench.shop.calls == []


async def test_the_record_hears_that_an_outcome_arrived(bench: Bench) -> None:
    heard = Heard(bench.store)
    at = replace(surroundings(bench.shop, bench.store), records=heard)  # type: ignore[arg-type]
    answer = compose(at)
    for kind in ("unsafe", "unsafe", "safe"):  # the second is a replay
        (await answer(ask(kind, request_id=kind))).acknowledged()
    (await answer(ask("unsafe", "unsafe", params={"other": 1}))).acknowledged()
    assert heard.keys == [Key("-", "unsafe")] * 2


@pytest.mark.parametrize(
    ("kind", "retryable", "executed"), [("safe", True, None), ("unsafe", False, True)]
)
async def test_a_result_larger_than_a_reply_may_be(
    bench: Bench, kind: str, retryable: bool, executed: bool | None
) -> None:
    bench.shop.run = lambda _: Thing(name="x" * 1000)
    answer = await bench.answer(ask(kind))
    problem = answer.problem()
    assert (problem.code, problem.outcome, problem.attempts) == ("reply_too_large", "sent", 1)
    assert (problem.retryable, problem.executed) == (retryable, executed)
    assert len(answer.body) < 1000


async def test_a_key_that_the_vendor_echoes_is_in_no_result(bench: Bench) -> None:
    bench.shop.redact.learn(["key-canary"])
    bench.shop.run = lambda _: Thing(name="Bearer key-canary")
    assert (await bench.answer(ask())).body == b'{"name":"Bearer ***"}'


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


async def test_what_a_recording_answered_is_told_call_by_call(bench: Bench) -> None:
    def play(call: Call) -> None:
        call.recorded = call.attempts

    bench.shop.run = play
    assert (await bench.answer(ask())).served == "sandbox"
    assert (await bench.answer(ask("unsafe"))).served == "sandbox"
    bench.shop.run = lambda _: None
    assert (await bench.answer(ask(fresh=True))).served == "live"
    assert [(await bench.answer(ask("unsafe"))).served for _ in range(2)] == ["live", "replay"]
    assert [call.kind for call in bench.shop.calls].count("unsafe") == 2


async def test_what_acted_beside_a_recording_is_done(bench: Bench) -> None:
    def half(call: Call) -> None:
        call.attempts, call.recorded = 2, 1

    bench.shop.run = half
    served = [(await bench.answer(ask("unsafe"))).served for _ in range(2)]
    assert (served, len(bench.shop.calls)) == (["live", "replay"], 1)


async def test_steps_that_answer_nothing_are_a_bug_of_the_list(bench: Bench) -> None:
    at = surroundings(bench.shop, bench.store)
    with pytest.raises(AssertionError, match=r"shop\.get"):
        await compose(at, ())(ask())


def granted(bench: Bench, **more: Any) -> Inner:  # noqa: ANN401
    grant = Grant(operations=("*",), **more)
    return compose(surroundings(bench.shop, bench.store, alice=grant, bob=grant))


async def test_over_its_share_an_agent_is_refused_at_once_and_others_are_not(bench: Bench) -> None:
    held = asyncio.Event()

    async def wait(_: Surroundings, ask: Ask, inner: Inner) -> Answer:
        await held.wait()
        return await inner(ask)

    grant = Grant(operations=("*",), share=0.5)
    at = surroundings(bench.shop, bench.store, alice=grant)
    answer = compose(at, (*STEPS[:-1], wait, STEPS[-1]))
    inside = [
        asyncio.ensure_future(answer(ask("keyed", request_id=f"r-{n}", user="alice")))
        for n in range(2)
    ]
    await wait_until(lambda: at.held["alice"] == 2)
    over = await answer(ask("keyed", request_id="r-over", user="alice"))
    assert (code(over), over.problem().retry_after) == ("would_miss_deadline", 1.0)
    assert "'alice' has 2 requests" in over.problem().detail
    other = asyncio.ensure_future(answer(ask("keyed", request_id="r-9", user="bob")))
    held.set()
    assert all(one.ok for one in await asyncio.gather(*inside, other))
    assert (await answer(ask("keyed", request_id="r-later", user="alice"))).ok
    assert (await answer(ask("keyed", request_id="r-over", user="alice"))).body == over.body
    assert at.held == {}


async def test_a_share_comes_free_when_what_waits_has_left(bench: Bench) -> None:
    bench.shop.calls = [Call()] * 20
    at = surroundings(bench.shop, bench.store, alice=Grant(operations=("*",), share=0.1))
    at.held["alice"] = 1
    assert (await compose(at)(ask(user="alice"))).problem().retry_after == 5.0


async def test_over_its_day_an_agent_is_refused_until_the_next(bench: Bench) -> None:
    answer = granted(bench, requests_per_day={"shop.make": 2, "*": 3})
    codes = [
        code(await answer(ask("unsafe", request_id=name, user="alice")))
        for name in ("r-1", "r-1", "r-2", "r-3")
    ]
    assert codes == ["", "", "", "would_miss_deadline"]
    refused = await answer(ask("unsafe", request_id="r-3", user="alice"))
    left = 86_400 - bench.clock.wall() % 86_400
    assert refused.problem().retry_after == pytest.approx(left)
    assert (await answer(ask("unsafe", request_id="r-1", user="bob"))).ok
    assert (await answer(ask(fresh=True, user="alice"))).ok
    assert code(await answer(ask(fresh=True, user="alice"))) == "would_miss_deadline"
    bench.clock.advance(left)
    assert (await answer(ask(fresh=True, user="alice"))).ok


async def test_what_is_handed_back_is_not_counted_twice(bench: Bench) -> None:
    answer = granted(bench, requests_per_day=1)
    bench.shop.run = lambda _: HandedBack()
    for _ in range(3):
        with pytest.raises(HandedBack):
            await answer(ask("keyed", user="alice"))
    bench.shop.run = lambda _: None
    assert (await answer(ask("keyed", user="alice"))).ok
    assert code(await answer(ask("keyed", request_id="r-2", user="alice"))) == "would_miss_deadline"
