"""Parameters of every operation: as its schema promises, as its schema forbids, and hostile."""

import base64
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import orjson
from hypothesis import strategies as st

from clients._client import Client
from clients._operation import Operation
from contracts import Failure, InvalidRequest, Request
from contracts._reading import read_request
from tests.support.clock import QuickClock
from tests.support.conformance import ATTACKS, SUCCESSES
from tests.support.kit import Script, apart, call_for, environment_of, kit_for, reply

Schema = Mapping[str, Any]
Drawn = tuple[Operation, dict[str, Any]]

HOSTILE: Final[tuple[Any, ...]] = (
    *ATTACKS,
    *("", " ", "x" * 5000, "\u0000", "\ufeff", "\U0001f4a5" * 40, "../" * 20, "${jndi:x}"),
    *("' OR 1=1 --", "<img src=x onerror=x>", "{{7*7}}", "%n%s", "2026-02-30", "P1D"),
    *(None, True, -1, 0, 2**53 + 1, 2**63 - 1, -(2**63), 1e308, 5e-324, -0.0),
    *([], [[]], [None], {}, {"": ""}, {"a": {"b": [1]}}, ["x"] * 300),
)
ANSWERS: Final[tuple[Any, ...]] = (
    {},
    [],
    "odd",
    None,
    {"error": {"message": "no"}},
    {"id": 1, "results": [{}]},
)
_MOST: Final = 3
_LONGEST: Final = 65_536
"""Bytes of a problem."""
_PRINTABLE: Final = re.compile(r"[!-~]+")


def of_schema(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    """Values that a schema allows, roughly: what it says in words, and long bounds, are left."""
    if "$ref" in schema:
        return of_schema(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return st.one_of([of_schema(one, root) for one in several])
    if examples := schema.get("examples"):
        return st.sampled_from(examples) | _of_type(schema, root)
    return _of_type(schema, root)


def _of_type(schema: Schema, root: Schema) -> st.SearchStrategy[Any]:
    made: st.SearchStrategy[Any]
    match schema.get("type"):
        case "string":
            made = _text(schema)
        case "integer" | "number" as kind:
            made = _number(schema, whole=kind == "integer")
        case "boolean":
            made = st.booleans()
        case "null":
            made = st.none()
        case "array":
            inner = of_schema(schema.get("items", {}), root)
            made = st.lists(inner, min_size=schema.get("minItems", 0), max_size=_most(schema))
        case "object":
            made = _object(schema, root)
        case _:
            made = st.sampled_from(HOSTILE)
    return made


def _most(schema: Schema) -> int:
    return max(int(schema.get("minItems", 0)), min(int(schema.get("maxItems", _MOST)), _MOST))


def _text(schema: Schema) -> st.SearchStrategy[str]:
    if schema.get("contentEncoding") == "base64":
        return st.binary(min_size=1, max_size=12).map(lambda raw: base64.b64encode(raw).decode())
    if schema.get("format") == "date":
        return st.dates().map(str)
    if schema.get("format") == "date-time":
        return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
    if pattern := schema.get("pattern"):
        return _matching(pattern)
    least = int(schema.get("minLength", 0))
    return st.text(min_size=least, max_size=max(least, min(int(schema.get("maxLength", 30)), 30)))


@cache
def _matching(pattern: str) -> st.SearchStrategy[str]:
    try:
        return st.from_regex(re.compile(pattern), fullmatch=False)
    except re.error:  # pydantic's are Rust's
        return st.text(max_size=30)


def _number(schema: Schema, *, whole: bool) -> st.SearchStrategy[Any]:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    if whole:
        return st.integers(least, most)
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


def _object(schema: Schema, root: Schema) -> st.SearchStrategy[dict[str, Any]]:
    shown = {name: of_schema(one, root) for name, one in schema.get("properties", {}).items()}
    needed = {name: shown.pop(name) for name in schema.get("required", ())}
    more = schema.get("additionalProperties")
    known = st.fixed_dictionaries(needed, optional=shown)
    if not isinstance(more, Mapping):
        return known
    free = st.dictionaries(st.text(max_size=8), of_schema(more, root), max_size=2)
    return st.tuples(known, free).map(lambda two: two[0] | two[1])


RECORDED: Final = {case.operation.name: case.recording.params for case in SUCCESSES}


@cache
def for_operation(operation: Operation) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters that were recorded, with some of them changed, added or left out."""
    schema = operation.request.model_json_schema()
    fields = {
        name: of_schema(one, schema) | of_schema(one, schema) | st.sampled_from(HOSTILE)
        for name, one in schema.get("properties", {}).items()
    }
    good = dict(RECORDED.get(operation.name, {}))
    odd = st.fixed_dictionaries({}, optional={"odd": st.sampled_from(HOSTILE)})
    names = st.lists(st.sampled_from(sorted(fields) or ["odd"]), max_size=3, unique=True)
    changed = names.flatmap(
        lambda chosen: st.fixed_dictionaries({n: fields[n] for n in chosen if n in fields})
    )
    left_out = st.sets(st.sampled_from(sorted(good)), max_size=1) if good else st.just(set())
    return st.tuples(changed, odd, left_out, st.integers(0, 5)).map(
        lambda it: {
            name: value
            for name, value in {**good, **it[0], **(it[1] if it[3] == 0 else {})}.items()
            if name not in it[2] or it[3]
        }
    )


def for_client(facts: type[Client]) -> st.SearchStrategy[Drawn]:
    """An operation of one integration, and parameters for it."""
    return st.sampled_from(sorted(facts.operations.values(), key=str)).flatmap(
        lambda one: for_operation(one).map(lambda params: (one, params))
    )


async def outcome(facts: type[Client], drawn: Drawn, answer: object) -> str:
    """Return ``ok`` or the code of a call; it must keep to its addresses and to our failures."""
    operation, params = drawn
    given = orjson.loads(orjson.dumps(params))
    try:
        request = read_request(operation.request, given)
    except InvalidRequest as failure:
        return f"refused: {_code(failure)}"
    _survives(request)
    script = Script(lambda _: reply(answer))
    env = environment_of(facts)
    client = facts(kit_for(facts, apart(facts, script), env=env, clock=QuickClock()))
    try:
        await client.call(request, call_for(operation, given))
    except Failure as failure:
        return _code(failure)
    finally:
        await client.aclose()
        for sent in script.sent:
            assert _at_home(sent.url, [one.address(env) for one in facts.upstreams.values()])
    return "ok"


def _code(failure: Failure) -> str:
    assert failure.code not in {"", "internal"}
    assert len(failure.problem().model_dump_json()) < _LONGEST
    return failure.code


def _at_home(url: str, bases: list[str]) -> bool:
    at_one = any(f"{url}/".startswith((f"{base}/", f"{base}?")) for base in bases)
    return at_one and bool(_PRINTABLE.fullmatch(url))


def _survives(request: Request[Any]) -> None:
    """What an agent would publish of it is read as the same request."""
    travels = orjson.dumps(request.model_dump(mode="json", exclude_unset=True))
    assert read_request(type(request), orjson.loads(travels)) == request
