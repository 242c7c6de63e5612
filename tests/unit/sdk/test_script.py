"""Tapes, topics, and what a script says."""

import asyncio

import pytest

from contracts import CircuitOpen, DidEvent
from contracts._events import Control
from contracts.space_weather import GetKpIndex, KpIndex
from sdk import Event, NotScripted, Options
from sdk._request import Outgoing
from sdk._script import Script, ScriptedStream, ScriptedWay, Tape, fits
from tests.support.wait import wait_until

KP = GetKpIndex.operation


@pytest.mark.parametrize(
    ("pattern", "key", "expected"),
    [
        ("#", "a.b.c", True),
        ("#", "", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#.c", "a.c", True),
        ("a.#.c", "a.b.b.c", True),
        ("a.#.c", "a.b.b", False),
        ("#.c", "a.b.c", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.c", False),
        ("a.*", "a.b.c", False),
        ("a.b", "a.b", True),
        ("a.b", "a.c", False),
        ("a.b", "a", False),
    ],
)
def test_topics_match_as_in_the_broker(pattern: str, key: str, expected: bool) -> None:
    words = [part.split(".") if part else [] for part in (pattern, key)]
    assert fits(*words) is expected


def stream(tape: Tape[int], place: int = 0) -> ScriptedStream[int]:
    return ScriptedStream(tape, lambda one: one > 0, place)


async def test_a_tape_has_everything_for_every_listener() -> None:
    tape: Tape[int] = Tape()
    for one in (1, -1, 2):
        tape.tell(one)
    tape.end()
    assert [one async for one in stream(tape)] == [1, 2]
    assert [one async for one in stream(tape)] == [1, 2]


async def test_listeners_wait_for_what_is_still_to_be_told() -> None:
    tape: Tape[int] = Tape()
    heard: list[int] = []
    hear = heard.append

    async def listen() -> None:
        async for one in stream(tape):
            hear(one)

    async with asyncio.TaskGroup() as group:
        group.create_task(listen())
        group.create_task(listen())
        for one in (1, 2):
            tape.tell(one)
            await wait_until(lambda one=one: heard[-2:] == [one, one])  # type: ignore[misc]
        tape.end()
    assert heard == [1, 1, 2, 2]


async def test_what_was_taken_is_known() -> None:
    tape: Tape[int] = Tape([1, 2, 3])
    async with stream(tape) as listening:
        await anext(listening)
        assert tape.taken == 0
        await anext(listening)
        assert tape.taken == 1
    assert tape.taken == 2
    with pytest.raises(StopAsyncIteration):
        await anext(listening)


async def test_what_was_not_dealt_with_is_not_taken() -> None:
    tape: Tape[int] = Tape([1, 2])
    with pytest.raises(ZeroDivisionError):
        async with stream(tape) as listening:
            1 / (await anext(listening) - 1)
    assert tape.taken == 0


def outgoing(options: Options | None = None) -> Outgoing:
    return Outgoing(KP, {}, options or Options())


def script(answer: KpIndex | CircuitOpen | str) -> Script:
    return Script(answers={KP: lambda _: answer})  # type: ignore[dict-item,return-value]


@pytest.mark.parametrize(("answer", "ok"), [(KpIndex(samples=[]), True), (CircuitOpen(), False)])
async def test_a_scripted_reply_looks_like_one_of_a_hub(
    answer: KpIndex | CircuitOpen, ok: bool
) -> None:
    mine = outgoing()
    reply = await ScriptedWay(script(answer)).ask(mine)
    assert (reply.ok, reply.operation, reply.request_id) == (ok, KP, mine.request_id)


async def test_what_a_script_does_not_say_and_what_it_must_not_say() -> None:
    with pytest.raises(NotScripted, match="Nothing is scripted"):
        await ScriptedWay(Script()).ask(outgoing())
    with pytest.raises(TypeError, match="not with str"):
        await ScriptedWay(script("kp 3")).ask(outgoing())


async def test_a_script_tells_of_progress_first() -> None:
    heard: list[object] = []
    told = script(KpIndex(samples=[]))
    told.steps[KP] = ((2, 0.5),)
    await ScriptedWay(told).ask(outgoing(Options(progress=lambda *said: heard.append(said))))
    assert heard == [(2, 0.5)]
    assert [one.operation for one in told.log] == [KP]


async def test_later_replies_events_and_orders_go_over_tapes() -> None:
    way = ScriptedWay(script(KpIndex(samples=[])))
    await way.open()
    await way.submit(outgoing())
    way.script.events.tell(Event("health.notion.up", {}))
    await way.command(Control(do="pause", integration="notion", id="7"))
    await way.aclose(taken=True)
    async with way.replies() as replies:
        assert [one.operation async for one in replies] == [KP]
    told = [event async for event in way.events("hub.#")]
    assert [event.read(DidEvent).id for event in told] == ["7"]
    assert [one.do for one in way.script.orders] == ["pause"]
