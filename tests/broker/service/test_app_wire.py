"""One token, one request on the wire: a server that reads a whole request and then hangs up.

Through the whole hub, with a client that comes from another package: `tests.support.toy` has an
operation of every HTTP method and every class.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from clients._breaker import Breaker
from service.app import Hub
from tests.support.agent import Agent
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.upstream import CLOSE, Answer, Received, reply
from tests.support.vendor import Stub

OPERATIONS = {
    "get_thing": "GET",
    "put_thing": "PUT",
    "mend_thing": "PATCH",
    "drop_thing": "DELETE",
    "pay_thing": "POST",
    "make_thing": "POST",
}
ACTS_TWICE = {"make_thing"}
GOOD = reply(json={"id": "a"})


@pytest.fixture(autouse=True)
def toy_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package beside ours that brings the client `toy`, as pip would have installed it."""
    told = tmp_path / "packages" / "toy-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    group = "[integration_hub.clients]\ntoy = tests.support.toy:Toy\n"
    (told / "entry_points.txt").write_text(group)
    monkeypatch.syspath_prepend(str(told.parent))


@asynccontextmanager
async def toys(
    amqp_url: str, names: OwnNames, settings: Given, url: str
) -> AsyncIterator[tuple[Hub, Agent]]:
    """A hub with the toy alone, under a limit that a test does not notice but can count by."""
    names.queue("toy")
    names.lease("toy")
    toy = settings.but(
        HUB_INTEGRATIONS="toy",
        TOY_API_URL=url,
        TOY_KEY="k",
        TOY_SITE="s",
        TOY_LIMIT="1000/1d",
    )
    async with asked(amqp_url, names, toy) as (hub, agent):
        yield hub, agent


def params(operation: str) -> dict[str, str]:
    thing = {} if operation == "make_thing" else {"thing_id": "a"}
    named = operation in {"make_thing", "put_thing", "mend_thing"}
    return thing | ({"name": "x"} if named else {})


def left(hub: Hub) -> float:
    """The tokens of the day that are not spent."""
    return hub.integrations["toy"].gates["api"].bucket.left(hub.base.clock.now())


def forgive(hub: Hub) -> None:
    """Let no breaker get in the way of the next case."""
    hub.integrations["toy"].gates["api"].breaker = Breaker()


@pytest.mark.parametrize("kept", [False, True], ids=["fresh", "kept alive"])
async def test_a_server_that_reads_and_closes_sees_one_request_for_each_token(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub, kept: bool
) -> None:
    async with toys(amqp_url, names, settings, stub.up.url) as (hub, agent):
        for operation, method in OPERATIONS.items():
            if kept:
                stub.answer = GOOD
                first = await agent.ask("toy.list_things", {"colours": [operation]})
                assert first.code == "bad_upstream_reply"  # it is read, and the connection stays
            stub.answer = CLOSE
            calls, tokens = stub.calls, left(hub)
            answer = (await agent.ask(f"toy.{operation}", params(operation), id=operation)).json()
            seen = stub.up.requests[calls:]
            assert {one.method for one in seen} == {method}
            assert len(seen) == answer["attempts"]
            assert len(seen) * (2 if operation == "pay_thing" else 1) == tokens - left(hub)
            assert on_used_connection(seen[0]) is (kept and operation not in ACTS_TWICE)
            if operation in ACTS_TWICE:
                assert (answer["code"], answer["outcome"]) == ("outcome_unknown", "unknown")
                assert len(seen) == 1
            else:
                assert (answer["code"], answer["outcome"]) == ("upstream_unavailable", "sent")
                assert 1 <= len(seen) <= 3
            forgive(hub)


def on_used_connection(request: Received) -> bool:
    return request.nth > 1


async def test_where_nobody_listens_nothing_was_sent(
    amqp_url: str, names: OwnNames, settings: Given
) -> None:
    async with toys(amqp_url, names, settings, "http://127.0.0.1:9") as (hub, agent):
        for operation in OPERATIONS:
            answer = (await agent.ask(f"toy.{operation}", params(operation), id=operation)).json()
            assert (answer["code"], answer["outcome"]) == ("upstream_unavailable", "not_sent")
            forgive(hub)


async def test_what_acts_twice_leaves_once_however_the_answer_breaks(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    half = GOOD[:-3]
    broken: dict[str, Answer] = {"no answer": CLOSE, "half an answer": [half, CLOSE]}
    broken |= {"no HTTP": [b"SSH-2.0\r\n\r\n", CLOSE], "500": reply(500), "408": reply(408)}
    async with toys(amqp_url, names, settings, stub.up.url) as (hub, agent):
        for name, answer in broken.items():
            calls, stub.answer = stub.calls, answer
            told = (await agent.ask("toy.make_thing", {"name": "x"}, id=name)).json()
            assert (told["code"], told["outcome"]) == ("outcome_unknown", "unknown"), name
            assert stub.calls == calls + 1
            again = await agent.ask("toy.make_thing", {"name": "x"}, id=name)
            assert again.json() == told
            assert again.served == "replay"
            assert stub.calls == calls + 1
            forgive(hub)
