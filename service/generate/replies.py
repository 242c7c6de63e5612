"""What each operation answers to its recording: the same reply that the sandbox sends."""

import asyncio
import json
from typing import Any, Final

import orjson

from clients._call import Call
from clients._client import Client
from clients._clock import Clock
from clients._environment import NOTHING
from clients._kit import Kit, gate_for
from clients._limits import Limits
from clients._operation import Operation
from clients._recordings import Recording
from clients._redact import Redactor
from clients._sandbox import SandboxTransport
from service.integration import Integration, Means

JSON = Any

_NOON: Final = 1_772_971_200.0
"""2026-03-08 12:00 UTC: the same page at any time."""


class _Still(Clock):
    """Stands still, but for those who sleep: they never wait."""

    def __init__(self) -> None:
        self._passed = 0.0

    def now(self) -> float:
        return self._passed

    def wall(self) -> float:
        return _NOON + self._passed

    async def sleep(self, seconds: float) -> None:
        self._passed += seconds


def replies(facts: type[Client], examples: dict[str, Recording]) -> dict[str, JSON]:
    """Return the reply to the example of each operation, both by the method's name.

    Raises:
        Failure: a recording does not end in success; a note names it.
    """
    return asyncio.run(_all(facts, examples))


async def _all(facts: type[Client], examples: dict[str, Recording]) -> dict[str, JSON]:
    found = {}
    for method, recording in examples.items():
        try:
            found[method] = await _reply(facts, facts.operations[method], recording)
        except Exception as error:
            error.add_note(f"recordings/{facts.name}/{recording.name}.json")
            raise
    return found


async def _reply(facts: type[Client], operation: Operation, recording: Recording) -> JSON:
    clock = _Still()
    here = Integration(facts, Means(NOTHING, Redactor(), clock, instance="catalog", sandbox="on"))

    def transport(name: str) -> SandboxTransport:
        upstream = here.upstreams[name]
        return SandboxTransport(upstream, upstream.address(here.env), [recording])

    gates = {name: gate_for(Limits(), clock) for name in here.upstreams}
    client = facts(Kit(here.env, gates, transport, here.redact, clock))
    request = operation.request.model_validate_json(orjson.dumps(dict(recording.params)))
    call = Call(kind=operation.kind, timeout=operation.traits.timeout, key="example")
    try:
        result = await client.call(request, call)
    finally:
        await client.aclose()
    return json.loads(result.model_dump_json(exclude_none=True))
