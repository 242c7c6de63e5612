"""What every operation is, as data: for `hub catalog`, and for the pages of the reference."""

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import unquote

from clients import _recordings
from clients._client import Client
from clients._limits import limits_of
from clients._operation import Operation
from clients._recordings import Exchange, Recording
from clients._target import text
from service.generate.fields import Row, rows_of
from service.generate.replies import replies
from service.generate.schemas import reply_schema, request_schema

_LINK: Final = re.compile(r"https://[^\s()<>,;`]+[^\s()<>,;`.:]")
_ELSEWHERE: Final = re.compile(r"errors?\b|limits|status-codes|fixtures")
"""In links that tell about something else than the operation."""
_TELLING: Final = 8
"""Characters of a value that stands for itself, also inside a longer part of a path."""


@dataclass(frozen=True)
class Called:
    """An HTTP call that an operation makes; parameters stand in its path by name."""

    upstream: str
    method: str
    path: str


@dataclass(frozen=True)
class Recorded:
    """A recording, and where it comes from."""

    case: str
    kind: str
    ref: str
    reason: str
    code: str | None
    """The failure that it ends in."""


@dataclass(frozen=True)
class Entry:
    """One operation."""

    name: str
    kind: str
    meaning: str
    documentation: tuple[str, ...]
    """The vendor's."""
    parameters: list[Row]
    result: str
    result_meaning: str
    fields: list[Row]
    calls: list[Called]
    limits: dict[str, str]
    """Of each upstream that it calls."""
    cost: float
    """Tokens that each HTTP call of the example takes."""
    cost_meaning: str
    """How to tell from the request, where it is not always the same."""
    ttl: float
    timeout: float
    request: Mapping[str, Any]
    """Parameters of the example."""
    recordings: list[Recorded]

    @property
    def method(self) -> str:
        """Its name without the integration."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Chapter:
    """One integration with its operations."""

    name: str
    summary: str
    opt_in: bool
    entries: list[Entry]
    replies: Mapping[str, Any]
    """Of each operation, by its method; empty where nobody asked for them."""

    def origins(self) -> Counter[str]:
        """Return how many recordings come from where."""
        return Counter(one.kind for entry in self.entries for one in entry.recordings)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs; each operation with its reply."""
        return {
            "name": self.name,
            "summary": self.summary,
            "opt_in": self.opt_in,
            "origins": dict(self.origins()),
            "operations": [
                asdict(one) | {"reply": self.replies.get(one.method)} for one in self.entries
            ],
        }


def chapter(facts: type[Client], *, answered: bool = False, only: str = "") -> Chapter:
    """Return what an integration can do; with `answered`, also what it replies.

    `only` is the one operation that is wanted, by its method.
    """
    wanted = [one for one in facts.operations.values() if only in {"", one.method}]
    operations = sorted(wanted, key=lambda one: one.name)
    recordings = _recordings.of(facts.name, facts.__module__)
    examples = dict(_examples({one.method for one in wanted}, recordings))
    return Chapter(
        name=facts.name,
        summary=_sentence(facts.__doc__),
        opt_in=facts.opt_in,
        entries=[_entry(facts, one, recordings, examples.get(one.method)) for one in operations],
        replies=replies(facts, examples) if answered else {},
    )


def _examples(
    methods: set[str], recordings: Iterable[Recording]
) -> Iterator[tuple[str, Recording]]:
    """Yield a success of each operation: the one that is called so, else the first."""
    found = [one for one in recordings if one.code is None and one.operation in methods]
    for one in sorted(found, key=lambda one: one.name.endswith(".success")):
        yield one.operation, one


def _entry(
    facts: type[Client],
    operation: Operation,
    recordings: Iterable[Recording],
    example: Recording | None,
) -> Entry:
    own = [one for one in recordings if one.operation == operation.method]
    calls = [one for case in own if case.code is None for one in calls_of(facts, case)]
    schema = reply_schema(operation.request)
    return Entry(
        name=operation.name,
        kind=operation.kind,
        meaning=_sentence(operation.doc),
        documentation=tuple(_links(facts, operation, own)),
        parameters=rows_of(request_schema(operation.request)),
        result=operation.request.result.__name__,
        result_meaning=_sentence(schema.get("description")),
        fields=rows_of(schema),
        calls=list(dict.fromkeys(calls)),
        limits=_limits(facts, {one.upstream for one in calls}),
        cost=_cost(operation, example),
        cost_meaning=_cost_meaning(operation),
        ttl=operation.traits.ttl,
        timeout=operation.traits.timeout,
        request=dict(example.params) if example else {},
        recordings=[_recorded(one) for one in own],
    )


def _limits(facts: type[Client], upstreams: set[str]) -> dict[str, str]:
    return {
        name: str(limits_of(one.limits))
        for name, one in facts.upstreams.items()
        if name in upstreams
    }


def _cost(operation: Operation, example: Recording | None) -> float:
    if not example:
        return 1.0
    return operation.cost(operation.request.model_validate(dict(example.params), strict=False))


def _cost_meaning(operation: Operation) -> str:
    cost = operation.traits.cost
    if not callable(cost):
        return ""
    told = _sentence(inspect.getdoc(cost)) or "Depends on the request."
    return told.removeprefix("Return ")


def _recorded(one: Recording) -> Recorded:
    case = one.name.partition(".")[2]
    return Recorded(case, one.origin.kind, one.origin.ref, one.origin.reason, one.code)


def _links(facts: type[Client], operation: Operation, own: list[Recording]) -> list[str]:
    """Return the nearest links: the operation's own, else its recordings', else its file's."""
    method = getattr(facts, operation.method)
    places = (
        [operation.doc, operation.request.__doc__ or ""],
        [one.origin.ref for one in own if one.code is None],
        [_doc_of(operation.request)],
        [_doc_of(method)],
        [f"{one.origin.ref} {one.origin.reason}" for one in own],
        [_doc_of(facts)],
    )
    found = (_telling("\n".join(texts)) for texts in places)
    return next(filter(None, found), [])[:2]


def _doc_of(thing: Any) -> str:  # noqa: ANN401  (a class or a function)
    return sys.modules[thing.__module__].__doc__ or ""


def _telling(texts: str) -> list[str]:
    found = dict.fromkeys(_LINK.findall(texts))
    return [one for one in found if not _ELSEWHERE.search(one)]


def calls_of(facts: type[Client], recording: Recording) -> Iterator[Called]:
    """Yield the calls of a recording, in order."""
    names = {one: f"{{{name}}}" for name, one in facts.samples.items()}
    names |= {shown: f"{{{name}}}" for name, shown in _texts(recording.params)}
    for one in recording.exchanges:
        yield Called(one.upstream, one.request.method, _template(one, names))


def _texts(params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            yield name, text(value)


def _template(exchange: Exchange, names: Mapping[str, str]) -> str:
    parts = (_part(unquote(one), one, names) for one in exchange.request.path.split("/"))
    return "/".join(parts)


def _part(plain: str, quoted: str, names: Mapping[str, str]) -> str:
    if plain in names:
        return names[plain]
    for value, name in names.items():
        if len(value) >= _TELLING and value in plain:
            return plain.replace(value, name)
    return quoted


def _sentence(told: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join((told or "").strip().partition("\n\n")[0].split())
