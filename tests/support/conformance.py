"""What every client is put through: its recordings, with faults in their way."""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, Final
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from pydantic import ValidationError

from clients import _recordings, _registry
from clients._body import FORM
from clients._client import Client
from clients._http import HttpRequest
from clients._operation import Operation
from clients._recordings import Recording
from clients._redact import Redactor
from contracts import Failure, Result
from tests.support.clock import QuickClock
from tests.support.depot import BESIDE, Depot
from tests.support.kit import (
    Notes,
    Outcome,
    Playback,
    Script,
    apart,
    environment_of,
    kit_for,
    perform,
)
from tests.support.together import Cases, GoesOn, together


@dataclass(frozen=True)
class Case:
    """One recording of one operation."""

    facts: type[Client]
    operation: Operation
    recording: Recording

    def __str__(self) -> str:
        return f"{self.facts.name}.{self.recording.name}"


def _loaded() -> Iterator[type[Client]]:
    for name in _registry.names():
        try:
            yield _registry.load(name)
        except Exception:  # noqa: BLE001, S112  (test_it_loads tells)
            continue


CLIENTS: Final[tuple[type[Client], ...]] = (*_loaded(), Depot)


def recordings_of(facts: type[Client]) -> tuple[Recording, ...]:
    """Return all recordings of a client; the depot's lie beside the tests."""
    return _recordings.load(facts.name, BESIDE if facts is Depot else None)


CASES: Final = tuple(
    Case(facts, facts.operations[one.operation], one)
    for facts in CLIENTS
    for one in recordings_of(facts)
    if one.operation in facts.operations
)


def _typical() -> Iterator[Case]:
    for operation in (one for facts in CLIENTS for one in facts.operations.values()):
        own = [one for one in CASES if one.operation is operation and one.recording.code is None]
        found = sorted(own, key=lambda one: not one.recording.name.endswith(".success"))
        yield from found[:1]


SUCCESSES: Final = tuple(_typical())
"""One success of each operation."""
STEPS: Final = tuple(
    (case, at) for case in SUCCESSES for at in range(len(case.recording.exchanges))
)
"""Each HTTP call of each of them."""


def _by_client(
    cases: Iterable[tuple[str, Case, Mapping[str, Any]]],
) -> Mapping[type[Client], Cases]:
    found: dict[type[Client], dict[str, Mapping[str, Any]]] = {facts: {} for facts in CLIENTS}
    for name, case, given in cases:
        found[case.facts][name] = given
    return found


every_client = pytest.mark.parametrize("facts", CLIENTS, ids=lambda one: one.name)
every_operation = together(
    {
        facts: {one.name: {"facts": facts, "operation": one} for one in facts.operations.values()}
        for facts in CLIENTS
    }
)
every_case = together(_by_client((str(case), case, {"case": case}) for case in CASES))
every_success = together(_by_client((str(case), case, {"case": case}) for case in SUCCESSES))
every_step = together(
    _by_client((f"{case}.{at}", case, {"case": case, "at": at}) for case, at in STEPS)
)


def redactor_for(facts: type[Client]) -> Redactor:
    """Return one that knows that client's keys, as the hub's does."""
    env = environment_of(facts)
    return Redactor(text for one in facts.upstreams_in(env).values() for text in one.secrets(env))


_SHARED: Final[dict[type[Client], Redactor]] = {}


@dataclass
class Run:
    """One replay, on a clock that never waits; `faults` come in place of the answers from `at`."""

    case: Case
    faults: Iterable[Outcome] = ()
    at: int = 0
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Parameters in place of the recorded ones."""
    redact: Redactor | None = None
    """Who judges secrets brings one of his own; all others share what takes longest to make."""
    times: list[float] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def __post_init__(self) -> None:
        facts = self.case.facts
        self.env = environment_of(facts)
        self.clock = QuickClock()
        self.playback = Playback(self.case.recording, facts, self.env)
        self.script = Script(self._answer)
        self.restart()
        ways = apart(facts, self.script)
        if facts not in _SHARED:
            _SHARED[facts] = redactor_for(facts)
        redact = self.redact or _SHARED[facts]
        kit = kit_for(facts, ways, env=self.env, clock=self.clock, note=self.notes, redact=redact)
        self.client = facts(kit)

    def restart(self) -> None:
        """Begin with the first fault."""
        self._faults = iter(self.faults)

    async def result(self) -> Result:
        """Make the call."""
        params = {**self.case.recording.params, **self.changes}
        return await perform(self.client, self.case.operation.method, **params)

    async def failure(self) -> Failure:
        """Make the call, which has to fail in the promised way."""
        try:
            await self.result()
        except Failure as failure:
            return failure
        if self.started:
            raise GoesOn
        raise AssertionError("It did not fail.")

    @property
    def faulty(self) -> list[HttpRequest]:
        """What was sent from the first fault on."""
        return self.script.sent[self.at :]

    @property
    def started(self) -> bool:
        """Whether a call before the first fault has acted."""
        before = self.script.sent[: self.at]
        return self.acts and any(one.method not in {"GET", "HEAD"} for one in before)

    @property
    def acts(self) -> bool:
        """Whether the operation changes anything."""
        return self.case.operation.kind != "safe"

    def _answer(self, request: HttpRequest) -> Outcome:
        self.times.append(self.clock.now())
        fault = next(self._faults, None) if len(self.script.sent) > self.at else None
        return fault or self.playback(request)


def for_ever(fault: Outcome) -> Iterable[Outcome]:
    """The same fault, again and again."""
    return repeat(fault)


def mutants(body: object, depth: int = 3) -> Iterator[object]:
    """Yield answers that are almost the recorded one: parts missing, or of another kind."""
    yield from ([], {}, "odd", 17, None, True, -1e300, [None], [[]], {"odd": []})
    yield from _changed(body, depth)


def _changed(body: object, depth: int) -> Iterator[object]:
    if isinstance(body, dict):
        for key, value in body.items():
            rest = {name: one for name, one in body.items() if name != key}
            yield rest
            yield from ({**rest, key: odd} for odd in chain(_odd(value), _deeper(value, depth)))
    elif isinstance(body, list) and body:
        first, *others = body
        yield from ([odd, *others] for odd in chain(_odd(first), _deeper(first, depth)))


def _odd(value: object) -> Iterator[object]:
    odd: deque[object] = deque([None, "odd", -1, [], {}, [[None]]])
    yield from (one for one in odd if one != value)


def _deeper(value: object, depth: int) -> Iterator[object]:
    if depth > 1:
        yield from _changed(value, depth - 1)


ATTACKS: Final = (
    "http://attacker.test/x",
    "//attacker.test/x",
    "\\\\attacker.test\\x",
    "vendor.test@attacker.test",
    "../x",
    "..",
    ".",
    "%2e%2e",
    "%2e%2e%2fx",
    "..%2fx",
    "%252e%252e",
    "a/../b",
    "a\r\nX-Evil: 1",
    "%0d%0aX-Evil:1",
    "a\x00b",
    "?evil=1",
    "&evil=1",
    "a;evil=1",
    "#f",
    "é \u202e",
    "{key}",
)


def text_fields(operation: Operation) -> Iterator[tuple[str, bool]]:
    """Yield the parameters that take any text, and whether they take a list of it."""
    schema = operation.request.model_json_schema()
    for name, one in schema.get("properties", {}).items():
        kinds = [one, *one.get("anyOf", ())]
        if any(_is_text(kind) for kind in kinds):
            yield name, False
        elif any(kind.get("type") == "array" and _is_text(kind["items"]) for kind in kinds):
            yield name, True


def _is_text(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "string" and "enum" not in schema


def attacks(case: Case) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield an attack and the parameters that carry it, where the contract lets them through."""
    for name, many in text_fields(case.operation):
        for attack in ATTACKS:
            changes = {name: [attack] if many else attack}
            try:
                case.operation.request.model_validate({**case.recording.params, **changes})
            except ValidationError:
                continue
            yield attack, changes


_PRINTABLE: Final = re.compile(r"[!-~]+")
_TEXT: Final = re.compile(r"[ -~]*")


def escapes(request: HttpRequest, attack: str, case: Case, bases: Iterable[str]) -> str:
    """Return how a request has left its place, or nothing."""
    at = (one for one in bases if f"{request.url}/".startswith((f"{one}/", f"{one}?")))
    base = next(at, None)
    if base is None or not _PRINTABLE.fullmatch(request.url):
        return "another address"
    parts = urlsplit(request.url.removeprefix(base))
    form = request.body.decode() if FORM in dict(request.headers).values() else ""
    if parts.fragment or "evil" in parse_qs(f"{parts.query}&{form}"):
        return "another parameter"
    if not all(_TEXT.fullmatch(name + value) for name, value in request.headers):
        return "another header"
    shapes = [one.request.path.split("/") for one in case.recording.exchanges]
    known = any(_same_shape(parts.path.split("/"), shape, attack) for shape in shapes)
    return "" if known else f"another path: {parts.path}"


def _same_shape(sent: list[str], recorded: list[str], attack: str) -> bool:
    return len(sent) == len(recorded) and all(map(lambda a, b: _same(a, b, attack), sent, recorded))


def _same(sent: str, recorded: str, attack: str) -> bool:
    if sent == recorded:
        return True
    forms = {attack, unquote(attack), unquote(unquote(attack))}
    inside = any(quote(one, safe="").lower() in sent.lower() for one in forms)
    return inside and unquote(sent) not in {".", ".."}
