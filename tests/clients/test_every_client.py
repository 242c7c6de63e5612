"""Every client, held to the same promises: its facts, its recordings, its way on the wire."""

import ast
import inspect
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any, get_args

import orjson
import pytest
from pydantic import BaseModel

from clients import _registry
from clients._client import Client
from clients._http import HttpRequest, HttpResponse, Transport, TransportError
from clients._operation import Operation
from clients._transport import AioHttpTransport
from contracts import CODES, InvalidRequest, UpstreamRejected
from tests.support import upstream as server
from tests.support.clock import QuickClock
from tests.support.conformance import (
    CLIENTS,
    Case,
    Run,
    every_case,
    every_client,
    every_operation,
    every_success,
    recordings_of,
    text_fields,
)
from tests.support.kit import (
    Script,
    apart,
    environment_of,
    kit_for,
    perform,
    reply,
    target_of,
)
from tests.support.stand_in import answer, moved
from tests.support.wait import wait_until

RULES = {"limits": "its upstreams have limits", "probe": "its upstreams have a cheap call"}
"""What `exempt` may name."""
NASTY = "a b/c?d=e#f&g=%2e%2e;ü"


@pytest.mark.parametrize("name", _registry.names())
def test_it_loads(name: str) -> None:
    assert _registry.load(name) in CLIENTS


@every_client
class TestFacts:
    def test_every_limit_has_its_link(self, facts: type[Client]) -> None:
        for upstream in facts.upstreams.values():
            assert upstream.limits or "limits" in facts.exempt
            both = [*upstream.limits, *upstream.limits_with_key]
            assert all(one.source.startswith("https://") for one in both)

    def test_every_upstream_has_a_probe(self, facts: type[Client]) -> None:
        assert all(one.probe for one in facts.upstreams.values()) or "probe" in facts.exempt

    def test_every_address_is_safe(self, facts: type[Client]) -> None:
        urls = [one.url for one in facts.upstreams.values() if one.url]
        assert all(url.startswith("https://") and not url.endswith("/") for url in urls)

    def test_what_is_exempt_has_its_reason(self, facts: type[Client]) -> None:
        assert facts.exempt.keys() <= RULES.keys()
        reasons = facts.exempt.values()
        assert all(one.endswith(".") and len(one.split()) > 3 for one in reasons)

    def test_it_says_what_it_is(self, facts: type[Client]) -> None:
        assert "https://" in (ast.get_docstring(ast.parse(_source(facts))) or "")
        assert (facts.__doc__ or "").strip().endswith(".")

    def test_contract_and_methods_agree(self, facts: type[Client]) -> None:
        assert facts.operations
        for method, operation in facts.operations.items():
            assert operation.name == f"{facts.name}.{method}" == operation.request.operation

    def test_every_recording_belongs_to_an_operation(self, facts: type[Client]) -> None:
        strays = {one.operation for one in recordings_of(facts)} - facts.operations.keys()
        assert not strays

    async def test_health_is_ok_where_all_answer(self, facts: type[Client]) -> None:
        script = Script(lambda _: reply({}))
        health = await facts(kit_for(facts, apart(facts, script))).health_check()
        assert health["status"] == "ok"
        assert len(script.sent) == sum(one.probe is not None for one in facts.upstreams.values())

    async def test_health_is_error_where_none_answers(self, facts: type[Client]) -> None:
        script = Script(lambda _: TransportError("connect", sent=False))
        ways = apart(facts, script)
        health = await facts(kit_for(facts, ways, clock=QuickClock())).health_check()
        assert health["status"] == ("error" if script.sent else "ok")

    async def test_health_names_what_is_missing(self, facts: type[Client]) -> None:
        env = environment_of(facts, **dict.fromkeys(facts.lacking(environment_of(facts)), ""))
        assert not facts.lacking(env)
        empty = type(env)({})
        ways = apart(facts, Script(lambda _: reply({})))
        health = await facts(kit_for(facts, ways, env=empty)).health_check()
        for name, upstream in facts.upstreams.items():
            if lacking := upstream.lacking(empty):
                assert lacking[0] in health["upstreams"][name]["detail"]


@every_operation
class TestContracts:
    def test_it_has_a_success_and_a_refusal(
        self, facts: type[Client], operation: Operation
    ) -> None:
        own = [one for one in recordings_of(facts) if one.operation == operation.method]
        assert {one.code is None for one in own} == {True, False}

    def test_it_says_what_it_does(self, facts: type[Client], operation: Operation) -> None:
        for doc in (operation.doc, operation.request.__doc__, operation.request.result.__doc__):
            assert doc, facts.name
            assert doc.strip().partition("\n")[0].endswith((".", ";", ",", ":"))

    def test_every_parameter_is_bounded(self, facts: type[Client], operation: Operation) -> None:
        schema = operation.request.model_json_schema()
        assert not list(_unbounded(schema, schema.get("$defs", {}))), facts.name

    def test_every_result_is_typed(self, facts: type[Client], operation: Operation) -> None:
        assert not list(_untyped(operation.request.result, set())), facts.name


@every_case
class TestRecordings:
    async def test_it_replays(self, case: Case) -> None:
        run = Run(case)
        if case.recording.code is None:
            assert type(await run.result()) is case.operation.request.result
        else:
            assert type(await run.failure()) is CODES[case.recording.code]
        assert run.playback.used_up()
        assert not run.clock.passed
        origin = case.recording.origin
        assert origin.kind != "documentation" or origin.ref.startswith("https://")


@every_success
async def test_what_leaves_is_what_was_built(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    nasty = dict.fromkeys(name for name, many in text_fields(case.operation) if not many)
    for changes in ({}, *({name: NASTY} for name in nasty)):
        await _over_the_wire(case, {**case.recording.params, **changes})
    assert "canary" not in caplog.text


async def _over_the_wire(case: Case, params: dict[str, Any]) -> None:
    try:
        case.operation.request.model_validate_json(orjson.dumps(params))
    except ValueError:
        return
    async with server.Upstream(lambda seen: answer(case, seen)) as up:
        env = environment_of(case.facts, **moved(case.facts, up.url))
        logs: list[_Logged] = []

        def transport(_: str) -> _Logged:
            logs.append(_Logged(AioHttpTransport()))
            return logs[-1]

        def ways(name: str) -> Transport:
            return apart(case.facts, transport(name))(name)

        client = case.facts(kit_for(case.facts, ways, env=env))
        try:
            await perform(client, case.operation.method, **params)
        except (UpstreamRejected, InvalidRequest):
            assert params != case.recording.params
        finally:
            await client.aclose()
        await wait_until(lambda: up.open == 0)
        sent = [one for log in logs for one in log.sent]
        assert sorted(one.target for one in up.requests) == sorted(map(target_of, sent))
        assert {one.body for one in up.requests} == {one.body for one in sent}


class _Logged:
    def __init__(self, inner: AioHttpTransport) -> None:
        self._inner = inner
        self.sent: list[HttpRequest] = []

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.sent.append(request)
        return await self._inner.send(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def _source(facts: type[Client]) -> str:
    return inspect.getsource(sys.modules[facts.__module__])


_CHOICES = ("enum", "const")


def _unbounded(schema: Any, named: dict[str, Any], path: str = "") -> Iterator[str]:  # noqa: ANN401
    for name, one in schema.get("properties", {}).items():
        yield from _unbounded(one, named, f"{path}.{name}")
    for one in schema.get("anyOf", ()):
        yield from _unbounded(one, named, path)
    if "$ref" in schema and not schema["$ref"].endswith("/JsonValue"):
        yield from _unbounded(named[schema["$ref"].rpartition("/")[2]], named, path)
    bounds = {
        "string": {"maxLength", "format", *_CHOICES},
        "integer": {"maximum", "exclusiveMaximum", *_CHOICES},
        "number": {"maximum", "exclusiveMaximum", *_CHOICES},
        "array": {"maxItems"},
    }.get(schema.get("type", ""))
    if bounds and not bounds & schema.keys() and not _finite(schema.get("pattern", "")):
        yield path
    yield from _unbounded(schema.get("items", {}), named, f"{path}[]") if bounds else ()


def _finite(pattern: str) -> bool:
    """Whether a pattern bounds the length of what it matches."""
    return bool(re.fullmatch(r"\^(?:\[[^]]+\]|\\.|[^*+{[]|\{\d+(?:,\d+)?\})+\$", pattern))


def _untyped(kind: Any, seen: set[Any]) -> Iterator[str]:  # noqa: ANN401  (an annotation)
    if kind is Any or kind is object:
        yield "Any"
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in seen:
        seen.add(kind)
        for name, one in kind.model_fields.items():
            yield from (f"{name}: {what}" for what in _untyped(one.annotation, seen))
    for inner in get_args(kind):
        yield from _untyped(inner, seen)
