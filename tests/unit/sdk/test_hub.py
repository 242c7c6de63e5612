"""What a hub does whatever the way: deadlines, failures, and what it says when misused."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

import pytest
from pydantic import ValidationError

from clients import _registry
from contracts import DidEvent, Expired, InvalidRequest, UpstreamThrottled
from contracts._events import Control
from contracts.space_weather import GetKpIndex, KpIndex
from sdk import Event, Hub, HubUnreachable, Options, Reply, Stream
from sdk._broker import Broker
from sdk._request import Outgoing
from sdk._script import Script, ScriptedWay
from sdk._way import Way

KP = "space_weather.get_kp_index"

Asking = Callable[[Outgoing], Awaitable[Reply]]


class OwnWay(ScriptedWay):
    """A way that asks as the test says."""

    def __init__(self, asking: Asking, did: dict[str, str] | None = None) -> None:
        super().__init__(Script())
        self.asking = asking
        self.asked: list[Outgoing] = []
        self.did = did or {}
        self.closed = 0

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
            did = DidEvent(instance=instance, store="s", did=command.do, id=number, detail=detail)
            key = f"hub.{instance}.{command.do}"
            self.script.events.tell(Event(key, did.model_dump(mode="json")))


class OwnHub(Hub):
    """A hub that goes the test's way."""

    def __init__(self, asking: Asking, name: str = "", **did: str) -> None:
        super().__init__(name=name)
        self.way = OwnWay(asking, did)

    def _make_way(self) -> Way:
        return self.way


async def answer(outgoing: Outgoing) -> Reply:
    return Reply(outgoing.request_id, outgoing.operation, ok=True, body=b'{"samples": []}')


async def nothing(_: Outgoing) -> Reply:
    never: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
    return await never


async def test_a_typed_call_sends_what_was_set_and_returns_its_model() -> None:
    async with OwnHub(answer) as hub:
        assert await hub.call(GetKpIndex(), within=5, fresh=True) == KpIndex(samples=[])
        sent = hub.way.asked[0]
        assert (sent.operation, sent.params) == (KP, {})
        assert sent.options == Options(within=5, fresh=True)


async def test_a_typed_call_takes_no_parameters_beside_it() -> None:
    async with OwnHub(answer, name="mine") as hub:
        with pytest.raises(TypeError, match="withn: a typed request has its parameters inside"):
            await hub.call(GetKpIndex(), withn=5)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="withn: a typed request has its parameters inside"):
            await hub.submit(GetKpIndex(), withn=5)  # type: ignore[call-overload]
        assert hub.way.asked == []


async def test_an_untyped_call_sends_its_arguments_and_returns_json() -> None:
    async with OwnHub(answer) as hub:
        assert await hub.call(KP, days=3, request_id="id-1") == {"samples": []}
        assert hub.way.asked[0].params == {"days": 3}
        assert hub.way.asked[0].request_id == "id-1"


def test_no_parameter_has_the_name_of_an_option() -> None:
    named = inspect.signature(Hub.call).parameters.values()
    options = {one.name for one in named if one.kind is one.KEYWORD_ONLY}
    operations = [
        one for name in _registry.names() for one in _registry.load(name).operations.items()
    ]
    taken = {name: options & set(one.request.model_fields) for name, one in operations}
    assert not {name: both for name, both in taken.items() if both}


@pytest.mark.parametrize(
    ("left", "outcome", "sentence"),
    [
        (True, "unknown", "; it may still be under way, and asking again with the same id repeats"),
        (False, "not_sent", r"within 0\.001 s \(the broker is away\); the request was not sent"),
    ],
)
async def test_a_call_without_a_reply_says_whether_it_left(
    left: bool, outcome: str, sentence: str
) -> None:
    outgoing = Outgoing(KP, {}, Options(request_id="id-1"), left=left)
    async with OwnHub(answer) as hub:
        hub.way.trouble = "" if left else "the broker is away"
        with pytest.raises(Expired, match=sentence) as caught:
            await hub._bounded(nothing(outgoing), outgoing, 0.001)
    assert caught.value.facts.outcome == outcome
    assert caught.value.facts.operation == KP
    assert caught.value.__notes__ == ["request id id-1"]


async def test_a_call_returns_a_little_after_its_deadline() -> None:
    async with OwnHub(nothing) as hub, asyncio.timeout(30):
        began = asyncio.get_running_loop().time()
        with pytest.raises(Expired):
            await hub.call(KP, within=0.01)
        assert asyncio.get_running_loop().time() - began > 1.9


@pytest.mark.parametrize("within", [0, -1.5])
async def test_a_deadline_that_has_passed_costs_nothing(within: float) -> None:
    async with OwnHub(answer) as hub:
        with pytest.raises(Expired, match="was not sent"):
            await hub.call(KP, within=within)
        assert hub.way.asked == []


async def test_a_time_limit_of_the_callers_is_the_callers() -> None:
    async with OwnHub(nothing) as hub:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await hub.call(KP)


async def test_a_time_limit_of_the_way_is_not_taken_for_the_deadline() -> None:
    async def slow(_: Outgoing) -> Reply:
        raise TimeoutError("of somebody else")

    async with OwnHub(slow) as hub:
        with pytest.raises(TimeoutError, match="of somebody else"):
            await hub.call(KP)


async def test_a_failure_tells_which_request_it_was() -> None:
    async def refuse(_: Outgoing) -> Reply:
        raise UpstreamThrottled("later")

    async with OwnHub(refuse) as hub:
        with pytest.raises(UpstreamThrottled) as caught:
            await hub.call(KP, request_id="id-1")
    assert caught.value.__notes__ == ["request id id-1"]


async def test_what_is_submitted_returns_its_id() -> None:
    async with OwnHub(answer, name="mine") as hub:
        made_up = await hub.submit(GetKpIndex())
        assert await hub.submit(KP, within=9, request_id="id-2", days=3) == "id-2"
        assert isinstance(hub.replies(), Stream)
        first, second = hub.way.asked
        assert (first.request_id, first.options) == (made_up, Options(within=None))
        assert (second.params, second.options.within) == ({"days": 3}, 9)


async def test_without_a_name_nothing_can_be_submitted() -> None:
    async with OwnHub(answer) as hub:
        with pytest.raises(ValueError, match="Name this Hub"):
            await hub.submit(GetKpIndex())
        with pytest.raises(ValueError, match="Name this Hub"):
            hub.replies()


@pytest.mark.parametrize("name", ["two words", "a.b", "#", "é"])
def test_a_name_is_one_word(name: str) -> None:
    with pytest.raises(ValueError, match="one word"):
        Hub("amqp://host/", name=name)


async def test_a_user_with_a_dot_has_no_queue_for_later_replies() -> None:
    with pytest.raises(ValueError, match=r"'al\.ice' has a dot"):
        async with Hub("amqp://al.ice:x@host/", name="mine"):
            raise AssertionError


@pytest.mark.parametrize(
    "use",
    [
        lambda hub: hub.call(KP),
        lambda hub: hub.submit(KP),
        lambda hub: hub.order("pause", "notion"),
    ],
)
async def test_outside_its_block_it_says_so(use: Callable[[Hub], Awaitable[object]]) -> None:
    hub = OwnHub(answer, name="mine")
    with pytest.raises(RuntimeError, match="inside `async with Hub"):
        await use(hub)
    async with hub:
        pass
    with pytest.raises(RuntimeError, match="inside `async with Hub"):
        await use(hub)


async def test_its_own_way_is_over_the_broker() -> None:
    assert isinstance(Hub("amqp://host/", name="mine")._make_way(), Broker)


async def test_a_way_that_does_not_open_is_closed() -> None:
    class Dead(OwnWay):
        async def open(self) -> None:
            raise HubUnreachable("no broker")

    hub = OwnHub(answer)
    hub.way = Dead(answer)
    with pytest.raises(HubUnreachable, match="no broker"):
        async with hub:
            raise AssertionError
    assert hub.way.closed == 1


async def test_an_order_returns_what_the_hub_that_obeyed_says() -> None:
    async with OwnHub(answer, other="", owner="notion is paused") as hub:
        assert await hub.order("pause", "notion") == "notion is paused"


async def test_an_order_that_nobody_obeys_says_so() -> None:
    async with OwnHub(answer, other="") as hub:
        with pytest.raises(HubUnreachable, match=r"obeyed 'pause' within 0\.1 s: none owns notion"):
            await hub.order("pause", "notion", within=0.1)


async def test_an_order_is_given_until_somebody_obeys() -> None:
    """For a moment nobody owns the integration."""

    given: list[str] = []

    class Late(OwnWay):
        async def command(self, command: Control) -> None:
            given.append(command.id)
            if len(given) == 3:
                await super().command(command)

    async with OwnHub(answer) as hub:
        hub._opened = Late(answer, {"owner": "notion is paused"})
        assert await hub.order("pause", "notion", within=60) == "notion is paused"
    assert given == given[:1] * 3


async def test_there_are_only_so_many_orders() -> None:
    async with OwnHub(answer) as hub:
        with pytest.raises(ValidationError):
            await hub.order("explode", "notion")


async def test_a_pattern_that_cannot_travel_is_refused() -> None:
    async with OwnHub(answer) as hub:
        with pytest.raises(InvalidRequest, match="A pattern of events is 1 to 255 bytes"):
            hub.events("x" * 256)
