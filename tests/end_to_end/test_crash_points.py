"""A hub dies (SIGKILL) at every point of a request's way, with one request of each class there.

The judges are the stub upstream's log and the agent's; each answer of the stub bears a number, so
that a second call cannot pass for a stored outcome.
"""

import itertools
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.support.agent import Agent, left_in
from tests.support.broker import OwnNames
from tests.support.doom import POINTS, Doom, Point
from tests.support.hub_process import HubProcess
from tests.support.toy_package import toy_variables
from tests.support.upstream import Received, Upstream, reply

ASKS: Final = {
    "safe": "toy.get_thing",
    "idempotent": "toy.put_thing",
    "keyed": "toy.pay_thing",
    "unsafe": "toy.make_thing",
}


class Expected(NamedTuple):
    """What the upstream saw, and what the asker was told."""

    calls: int
    """Of what may be repeated."""
    acts: int
    """Calls of what is unsafe."""
    code: str
    """What is said of that."""
    replies: int = 1
    """At least; the others are repeats."""


EXPECTED: Final[dict[Point, Expected]] = {
    "before-record": Expected(1, 1, "ok"),
    "after-claim": Expected(1, 1, "ok"),
    "after-sent": Expected(1, 0, "outcome_unknown"),
    "after-response": Expected(2, 1, "outcome_unknown"),
    "after-done": Expected(1, 1, "ok"),
    "before-reply": Expected(1, 1, "ok"),
    "after-reply": Expected(1, 1, "ok", replies=2),
    "after-ack": Expected(1, 1, "ok"),
}


def params(operation: str, id_: str) -> dict[str, str]:
    """Return parameters under which the stub's log knows the request."""
    named = {"toy.make_thing": {"name": id_}, "toy.put_thing": {"thing_id": id_, "name": "n"}}
    return named.get(operation, {"thing_id": id_})


def calls_of(up: Upstream, id_: str) -> list[Received]:
    return [one for one in up.requests if id_ in one.target or id_.encode() in one.body]


def dooms() -> Iterator[Doom]:
    """Die where all four are; only an ack waits for nothing."""
    for point in EXPECTED:
        yield Doom(point, len(ASKS), of=point, together=point != "after-ack")


async def die_of_each(hub: HubProcess, agent: Agent) -> list[tuple[Point, str, str]]:
    """Let the hub die at each point; return point, class and id of all that was asked."""
    asked: list[tuple[Point, str, str]] = []
    for doom in (*dooms(), None):
        hub.doom = doom
        await hub.start()
        await agent.finals((id_ for _, _, id_ in asked), 15)
        if doom:
            for kind, operation in ASKS.items():
                id_ = f"{doom.point}-{kind}"
                await agent.send(operation, params(operation, id_), id=id_)
                asked.append((doom.point, kind, id_))
            assert await hub.ended() == -signal.SIGKILL
    return asked


def test_every_point_is_here() -> None:
    assert EXPECTED.keys() == set(POINTS) - {"before-ack"}


@pytest.mark.slow
async def test_a_hub_dies_at_every_point(amqp_url: str, names: OwnNames, tmp_path: Path) -> None:
    numbers = itertools.count(1)

    def answer(_: Received) -> bytes:
        return reply(json={"id": "x", "theSize": next(numbers)})

    async with Upstream(answer) as up, Agent(amqp_url, names) as agent:
        variables = toy_variables(tmp_path / "toy", up.url)
        hub = HubProcess(amqp_url, names.prefix, tmp_path / "hub", **variables)
        try:
            asked = await die_of_each(hub, agent)
            assert await hub.stop() == 0
        finally:
            hub.kill()
        left = await left_in(amqp_url, [names.queue("toy"), names.dropped, names.dead_letters])
        assert set(left.values()) == {0}

    for point, kind, id_ in asked:
        expected, finals, calls = EXPECTED[point], agent.log.finals[id_], calls_of(up, id_)
        unsafe = kind == "unsafe"
        assert len(calls) == (expected.acts if unsafe else expected.calls), id_
        assert {one.code for one in finals} == {expected.code if unsafe else "ok"}, id_
        assert len({one.body for one in finals}) == 1, id_
        assert len(finals) >= expected.replies, id_
        keys = {one.header("Idempotency-Key") for one in calls}
        assert len(keys) == min(1, len(calls)), id_
        assert kind != "keyed" or None not in keys
