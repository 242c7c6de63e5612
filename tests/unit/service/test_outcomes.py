"""What may happen to a call, by its class: what its asker is told, how often it left, what is kept.

Through the whole path, over real HTTP, with a real record; for each cell the same id is asked
twice, and once with other parameters.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

import pytest
from sqlalchemy import create_engine, select

from clients._call import Call, Class
from clients._clock import Clock
from clients._environment import Environment
from clients._redact import Redactor
from contracts import Problem
from service.answer import Answer
from service.ask import Ask, fingerprint
from service.envelope import Envelope
from service.integration import Integration, Means
from service.path import Inner, Surroundings, compose
from service.permission.access import Access
from service.record.database import calls
from service.record.store import Store
from service.shared import Shared
from tests.support.toy import Toy
from tests.support.upstream import (
    CLOSE,
    HANG,
    RESET,
    Handler,
    Received,
    Step,
    Upstream,
    head,
    redirect,
    reply,
    throttled,
)

CLASSES: Final[tuple[Class, ...]] = ("safe", "idempotent", "keyed", "unsafe")
OPERATIONS: Final[dict[Class, str]] = {
    "safe": "get_thing",
    "idempotent": "put_thing",
    "keyed": "pay_thing",
    "unsafe": "make_thing",
}
LARGEST: Final = 2000
GOOD: Final = reply(json={"id": "x"})
NOT_EXECUTED: Final = 503
"""As the toy's documentation says."""


@dataclass
class Row:
    """One event, and for each class: code, outcome, flags, and how often it left."""

    event: str
    told: tuple[str, str, str, str]
    answer: Step | list[Step] = GOOD
    then: Step | None = None
    """What the second attempt gets; else the same."""
    given: Callable[["Cell"], object] = lambda _: None
    """Brings it about, where the upstream does not."""
    variables: dict[str, str] = field(default_factory=dict)


def all_but(repeatable: str, unsafe: str) -> tuple[str, str, str, str]:
    return repeatable, repeatable, repeatable, unsafe


def reading(safe: str, rest: str) -> tuple[str, str, str, str]:
    return safe, rest, rest, rest


def each(told: str) -> tuple[str, str, str, str]:
    return all_but(told, told)


@dataclass
class Cell:
    """One request of one class."""

    kind: Class
    integration: Integration
    store: Store
    run: Inner
    ask: Callable[[str], Ask]

    async def answer(self, params: str = "one") -> Answer:
        return await self.run(self.ask(params))


async def crashed(cell: Cell) -> None:
    """A hub died after it had noted that the call leaves."""
    ask = cell.ask("one")
    taken = await cell.store.claim(ask.key, ask.fingerprint, ask.operation.name)
    assert taken.claim
    await cell.store.sending(taken.claim)


def empty(cell: Cell) -> None:
    gate = cell.integration.gates["api"]
    gate.pause(3600)


def open_circuit(cell: Cell) -> None:
    breaker = cell.integration.gates["api"].breaker
    for _ in range(5):
        breaker.failed(breaker.admit(0.0), cell.integration.now())


SOON: Final = {"deadline": "600"}
NEVER_LEFT: Final = each("upstream_unavailable not_sent retryable x0")
CUT: Final = all_but("upstream_unavailable sent retryable x3", "outcome_unknown unknown x1")
UNREADABLE: Final = reading(
    "bad_upstream_reply sent retryable x1", "bad_upstream_reply sent executed x1"
)
TABLE: Final = [
    Row("it is answered", each("ok x1")),
    Row("no token before the deadline", each("would_miss_deadline not_sent retryable x0"),
        given=empty, variables=SOON),
    Row("its breaker is open", each("circuit_open not_sent retryable x0"),
        given=open_circuit, variables={"deadline": "5"}),
    Row("it came too late", each("expired not_sent retryable x0"), variables={"deadline": "-1"}),
    Row("no such host", NEVER_LEFT, variables={"TOY_API_URL": "http://toy.invalid"}),
    Row("nobody listens", NEVER_LEFT, variables={"TOY_API_URL": "http://127.0.0.1:9"}),
    Row("no TLS there", NEVER_LEFT, variables={"scheme": "https"}),
    Row("429, come later", each("ok x2"), throttled(0.05), GOOD),
    Row("503, documented as not executed", each("ok x2"), reply(NOT_EXECUTED), GOOD),
    Row("503, and 503 for ever", each("upstream_unavailable not_sent retryable x3"),
        reply(NOT_EXECUTED)),
    Row("401", each("upstream_unauthorized sent x1"), reply(401)),
    Row("404", each("upstream_rejected sent x1"), reply(404)),
    Row("422", each("upstream_rejected sent x1"), reply(422, json={"message": "no"})),
    Row("200 that says no", each("upstream_rejected sent x1"), reply(body=b'{"error": 1}')),
    Row("500", CUT, reply(500)),
    Row("500, then well", all_but("ok x2", "outcome_unknown unknown x1"), reply(500), GOOD),
    Row("408", CUT, reply(408)),
    Row("closed without a word", CUT, CLOSE),
    Row("reset without a word", CUT, RESET),
    Row("cut in the head", CUT, [b"HTTP/1.1 200 Fi", CLOSE]),
    Row("cut in the body", CUT, [head(("Content-Length", "9")), b"{", RESET]),
    Row("silence", all_but("upstream_unavailable sent retryable x1", "outcome_unknown unknown x1"),
        HANG),
    Row("not HTTP", CUT, [b"220 mail ready\r\n\r\n", CLOSE]),
    Row("2xx that is no JSON", UNREADABLE, reply(body=b"<html>")),
    Row("2xx of another shape", UNREADABLE, reply(json={"name": 1})),
    Row("2xx larger than a reply",
        reading("reply_too_large sent retryable x1", "reply_too_large sent executed x1"),
        reply(body=b" " * LARGEST + b"{}")),
    Row("a redirect", each("bad_upstream_reply sent x1"), redirect("http://127.0.0.1:9/")),
    Row("the hub died once it was on record as sent",
        all_but("ok x1", "outcome_unknown unknown x0"), given=crashed),
]  # fmt: skip


class Script:
    """Answers as a row says; the log knows whose call it was."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.seen: list[str] = []
        self.keys: list[str | None] = []

    def __call__(self, request: Received) -> Any:  # noqa: ANN401  (an answer)
        whose = next(kind for kind in CLASSES if mentions(request, kind))
        self.seen.append(whose)
        if whose == "keyed":
            self.keys.append(request.header("Idempotency-Key"))
        later = self.row.then is not None and self.seen.count(whose) > 1
        return self.row.then if later else self.row.answer


def mentions(request: Received, kind: Class) -> bool:
    return f"-{kind}" in request.target or f"-{kind}".encode() in request.body


def params(kind: Class, word: str) -> dict[str, str]:
    name = f"{word}-{kind}"
    if kind == "unsafe":
        return {"name": name}
    return {"thing_id": name, "name": "n"} if kind == "idempotent" else {"thing_id": name}


def made(kind: Class, row: Row, url: str, store: Store) -> Cell:
    """Return a cell with an integration of its own, which may spend what it likes."""
    env = {"TOY_KEY": "k", "TOY_SITE": "here", "TOY_LIMIT": "1000/1s burst 1000"}
    scheme = row.variables.get("scheme", "http")
    env |= {"TOY_API_URL": url.replace("http:", f"{scheme}:")} | row.variables
    clock = Clock()
    means = Means(Environment(env), Redactor(), clock, "vm-1", most_bytes=LARGEST)
    integration = Integration(Toy, means)
    gate = integration.gates["api"]

    def reserve() -> None:
        _, plans = integration.plan(final=False)
        integration.confirm(plans)

    gate.starved = reserve
    reserve()
    integration.open()
    operation = Toy.operations[OPERATIONS[kind]]
    left = row.variables.get("deadline")

    def ask(word: str) -> Ask:
        given = params(kind, word)
        expires = clock.wall() + float(left) if left else None
        envelope = Envelope(
            operation.name, kind, True, True, "alice", None, kind, expires, fresh=True
        )
        call = Call(kind=kind, timeout=2.0, user="alice", key=kind)
        request = operation.request.model_validate(given)
        return Ask(envelope, operation, request, call, fingerprint(operation.name, given))

    shared = Shared(clock.now)
    at = Surroundings(integration, store, shared, clock, Access(None), store)
    return Cell(kind, integration, store, compose(at), ask)


def shown(answer: Answer, times: int) -> str:
    """Return a cell's text."""
    if answer.ok:
        return f"ok x{times}"
    problem: Problem = answer.problem()
    flags = [name for name in ("executed", "retryable") if getattr(problem, name)]
    return " ".join([problem.code, problem.outcome, *flags, f"x{times}"])


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store(f"sqlite:///{tmp_path}/calls.sqlite3")
    yield made
    await made.aclose()


def states(tmp_path: Path) -> set[str]:
    engine = create_engine(f"sqlite:///{tmp_path}/calls.sqlite3")
    with engine.connect() as on:
        found = set(on.scalars(select(calls.c.state)))
    engine.dispose()
    return found


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
async def test_every_event_has_one_outcome_for_each_class(
    row: Row, store: Store, tmp_path: Path
) -> None:
    script = Script(row)
    async with Upstream(cast("Handler", script)) as up:
        cells = [made(kind, row, up.url, store) for kind in CLASSES]
        for cell in cells:
            prepared = row.given(cell)
            if asyncio.iscoroutine(prepared):
                await prepared
        answers = await asyncio.gather(*(cell.answer() for cell in cells))
        told = tuple(
            shown(answer, script.seen.count(cell.kind))
            for answer, cell in zip(answers, cells, strict=True)
        )
        again = [await cell.answer() for cell in cells]
        other = [await cell.answer("two") for cell in cells]
        for cell in cells:
            await cell.integration.client.aclose()
    assert told == row.told
    assert [(one.body, one.served) for one in again] == [(one.body, "replay") for one in answers]
    assert {one.problem().code for one in other} == {"idempotency_conflict"}
    assert len(script.seen) == sum(int(text.rpartition("x")[2]) for text in row.told)
    assert set(script.keys) <= {"keyed"}
    assert states(tmp_path) == {"done"}
