"""What a hub does whatever the way: deadlines, failures, and what it says when misused."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from pydantic import ValidationError

from clients import _registry
from contracts import DidEvent, Expired, InvalidRequest, UpstreamThrottled
from contracts._events import Control
from contracts.space_weather import GetKpIndex, KpIndex
from sdk import Event, Hub, HubUnreachable, Options, Reply
from sdk._request import Outgoing
from sdk._script import Script, ScriptedWay
from sdk._way import Way

KP = "space_weather.get_kp_index"

Asking = Callable[[Outgoing], Awaitable[Reply]]


@dataclass
class TestWay(ScriptedWay):
    """A way that asks as the test says."""

    __test__ = False

    asking: Asking
    script: Script = field(default_factory=Script)
    asked: list[Outgoing] = field(default_factory=list)
    did: dict[str, str] = field(default_factory=dict)
    closed: int = 0

    async def aclose(self, *, taken: bool) -> None:
        self.closed += 1
        await super().aclose(taken=taken)

    async def ask(self, outgoing: Outgoing) -> Reply:
        self.asked.append(outgoing)
        return await self.asking(outgoing)

    async def submit(self, outgoing: Outgoing) -> None:
        self.asked.append(outgoing)
        await self.asking(outgoing)

    async def command(self, command: Control) -> None:
        for instance, detail in self.did.items():
            number = command.id if detail else "another"
            did = DidEvent(
                instance=instance, store="s", did=command.do, id=number, detail=detail
            )
            key = f"hub.{instance}.{command.do}"
            self.script.events.tell(Event(key, did.model_dump(mode="json")))


class TestHub(Hub):
    """A hub that goes the test's way."""

    __test__ = False

    def __init__(self, asking: Asking, name: str = "", **did: str) -> None:
        super().__init__(name=name)
        self.way = TestWay(asking=asking, did=did)

    def _make_way(self) -> Way:
        return self.way


async def answer(outgoing: Outgoing) -> Reply:
    return Reply(outgoing.request_id, outgoing.operation, ok=True, body=b'{"samples": []}')


async def nothing(_: Outgoing) -> Reply:
    return await asyncio.get_running_loop().create_future()


async def leave_and_hear_nothing(outgoing: Outgoing) -> Reply:
    outgoing.left = True
    return await nothing(outgoing)


async def test_a_typed_call_sends_what_was_set_and_returns_its_model() -> None:
    async with TestHub(answer) as hub:
        assert await hub.call(GetKpIndex(), within=5, fresh=True) == KpIndex(samples=[])
        sent = hub.way.asked[0]
        assert (sent.operation, sent.params) == (KP, {})
        assert sent.options == Options(within=5, fresh=True)


async def test_an_untyped_call_sends_its_arguments_and_returns_json() -> None:
    async with TestHub(answer) as hub:
        assert await hub.call(KP, days=3, request_id="id-1") == {"samples": []}
        assert hub.way.asked[0].params == {"days": 3}
        assert hub.way.asked[0].request_id == "id-1"


def test_no_parameter_has_the_name_of_an_option() -> None:
    options = set(inspect.signature(Hub.call).parameters) - {"params"}
    operations = [one for name in _registry.names() for one in _registry.load(name).operations.items()]
    taken = {name: options & set(one.request.model_fields) for name, one in operations}
    assert not {name: both for name, both in taken.items() if both}


@pytest.mark.parametrize(
    ("asking", "outcome", "sentence"),
    [
        (leave_and_hear_nothing, "unknown", "may still be under way.* same id repeats nothing"),
        (nothing, "not_sent", "the request was not sent"),
    ],
)
async def test_a_call_always_returns_and_says_whether_it_left(
    monkeypatch: pytest.MonkeyPatch, asking: Asking, outcome: str, sentence: str
) -> None:
    async with TestHub(asking) as hub:
        with pytest.raises(Expired, match=sentence) as caught:
            await hub.call(KP, within=-1.9, request_id="id-1")
    assert caught.value.facts.outcome == outcome
    assert caught.value.facts.operation == KP
    assert caught.value.__notes__ == ["request id id-1"]
