"""Clients: derived from their facts, checked against their contracts, probed, closed."""

import sys
from types import ModuleType
from typing import Annotated

import pytest
from pydantic import Field

from clients._auth import Bearer
from clients._call import Call
from clients._client import Client
from clients._environment import Environment
from clients._http import TransportError
from clients._oauth import ClientCredentials
from clients._operation import operation
from clients._upstream import Upstream
from contracts import (
    InvalidRequest,
    NotConfigured,
    OutcomeUnknown,
    Request,
    Result,
    UpstreamUnavailable,
)
from tests.support.clock import QuickClock
from tests.support.depot import Depot
from tests.support.kit import (
    Script,
    apart,
    call_for,
    environment_of,
    kit_for,
    perform,
    reply,
    target_of,
)
from tests.support.toy import GetThing, MakeThing, Thing, Toy


class Pair(Client):
    """Two hosts, one with a probe."""

    first = Upstream("https://first.test", auth=Bearer("FIRST_KEY", "OLD_KEY"), probe="/ping")
    second = Upstream("", aliases=("SECOND_HOST",))
    variables = ("PAIR_COLOUR", "FIRST_KEY")


def test_its_name_and_operations_are_derived() -> None:
    assert (Toy.name, Pair.name) == ("toy", "test_client")
    assert set(Pair.upstreams) == {"first", "second"}
    assert Toy.operations["get_thing"].name == "toy.get_thing"
    assert Toy.unserved() == ()


def test_a_contract_of_another_integration_is_refused() -> None:
    with pytest.raises(TypeError, match=r"clients\.test_client cannot serve toy\.get_thing"):

        class Thief(Client):
            @operation("safe")
            async def get_thing(self, request: GetThing) -> Thing:
                """Not ours."""
                return Thing(id=request.thing_id)


class Answer(Result):
    """An answer."""

    seen: str


class AskOne(Request[Answer]):
    """Served."""


class AskTwo(Request[Answer]):
    """Not served."""

    word: Annotated[str, Field(max_length=9)] = ""


class Half(Client):
    """Serves one of two."""

    @operation("safe")
    async def ask_one(self, request: AskOne) -> Answer:
        """Answer."""
        return Answer(seen=str(request))


def test_what_it_does_not_serve_is_told() -> None:
    assert Half.unserved() == ("test_client.ask_two",)
    part = ModuleType(f"{__name__}.part")
    vars(part)["AskThree"] = type("AskThree", (Request[Answer],), {"__module__": part.__name__})
    sys.modules[part.__name__] = part
    try:
        assert Half.unserved() == ("part.ask_three", "test_client.ask_two")
    finally:
        del sys.modules[part.__name__]


async def test_it_calls_and_tells_how_to_look() -> None:
    script = Script(reply({"id": "1"}), reply({}, 500))
    client = Toy(kit_for(Toy, script))
    assert await perform(client, "get_thing", thing_id="1") == Thing(id="1")
    with pytest.raises(OutcomeUnknown, match="Look at the list of things"):
        await client.call(
            MakeThing(name="x"), call_for(Toy.operations["make_thing"], {"name": "x"})
        )


async def test_what_is_missing_is_told_before_anything_is_sent() -> None:
    script = Script()
    client = Toy(kit_for(Toy, script, env=Environment({"TOY_SITE": "here"})))
    with pytest.raises(NotConfigured, match="Set TOY_KEY "):
        await perform(client, "get_thing", thing_id="1")
    assert script.sent == []


def test_its_variables_are_known() -> None:
    empty = Environment({})
    assert Pair.lacking(empty) == ("FIRST_KEY", "TEST_CLIENT_SECOND_URL")
    assert Pair.reads() == (
        "FIRST_KEY",
        "OLD_KEY",
        "PAIR_COLOUR",
        "TEST_CLIENT_FIRST_URL",
        "TEST_CLIENT_SECOND_URL",
        "SECOND_HOST",
        "TEST_CLIENT_FIRST_LIMIT",
        "TEST_CLIENT_SECOND_LIMIT",
    )
    assert Toy.reads()[:4] == ("TOY_KEY", "OLD_TOY_KEY", "TOY_SITE", "TOY_COLOUR")


async def test_it_refuses_nothing_of_its_own() -> None:
    assert Pair(kit_for(Pair, Script())).refusal(reply({})) is None


class TestHealth:
    async def test_all_is_well(self) -> None:
        script = Script(reply({}))
        client = Pair(kit_for(Pair, script))
        health = await client.health_check()
        assert health["status"] == "ok"
        assert health["upstreams"]["first"]["latency_ms"] >= 0
        assert health["upstreams"]["second"]["status"] == "ok"
        assert [target_of(one) for one in script.sent] == ["/ping"]

    async def test_one_does_not_answer(self) -> None:
        script = Script(lambda _: TransportError("connect", sent=False))
        health = await Pair(kit_for(Pair, script, clock=QuickClock())).health_check()
        assert health["status"] == "error"
        assert health["upstreams"]["first"]["code"] == "upstream_unavailable"

    async def test_a_probe_tells_what_it_took(self) -> None:
        client = Pair(kit_for(Pair, Script(reply({}))))
        assert (await client.probe("first")).attempts == 1
        assert (await client.probe("second")).attempts == 0

    async def test_a_probe_fails_like_a_call(self) -> None:
        script = Script(lambda _: reply({}, 503))
        with pytest.raises(UpstreamUnavailable):
            await Pair(kit_for(Pair, script, clock=QuickClock())).probe("first")


async def test_closing_leaves_nothing_open() -> None:
    scripts: dict[str, Script] = {}

    def transport(name: str) -> Script:
        return scripts.setdefault(name, Script(lambda _: reply({})))

    client = Pair(kit_for(Pair, transport, env=environment_of(Pair)))
    await client.aclose()
    assert scripts == {}
    client.way_to("first")
    client.way_to("second")
    await client.aclose()
    assert [one.closed for one in scripts.values()] == [1, 1]


async def test_a_call_is_bound_to_its_task() -> None:
    call = Call()
    client = Toy(kit_for(Toy, Script(reply({"id": "1"}))))
    await client.call(GetThing(thing_id="1"), call)
    assert (call.attempts, call.sent, call.outcome) == (1, True, "sent")


class TestInstances:
    ENV = environment_of(
        Depot,
        DEPOT_SITES="north,south",
        DEPOT_NORTH_URL="https://north.test",
        DEPOT_NORTH_SITES_URL="https://north.test/own",
        DEPOT_NORTH_SITE_KEY="n0rth-key",
        DEPOT_SOUTH_URL="https://south.test",
    )

    async def test_each_is_called_with_its_own_key_at_its_own_address(self) -> None:
        script = Script(lambda _: reply({"site": "x"}))
        client = Depot(kit_for(Depot, script, env=self.ENV))
        await perform(client, "get_site")
        await perform(client, "get_site", site="north")
        assert [one.url for one in script.sent] == ["https://north.test/own/site"] * 2
        assert ("X-Key", "n0rth-key") in script.sent[0].headers
        with pytest.raises(NotConfigured, match="Set DEPOT_SOUTH_SITE_KEY "):
            await perform(client, "get_site", site="south")
        assert client.way_to("sites", "north") is client.sites

    async def test_an_unknown_one_is_told_with_the_known(self) -> None:
        client = Depot(kit_for(Depot, Script(), env=self.ENV))
        with pytest.raises(InvalidRequest, match=r"no sites 'west' here, only north, south\.$"):
            await perform(client, "get_site", site="west")

    async def test_without_a_list_there_is_the_default(self) -> None:
        script = Script(lambda _: reply({"site": "x"}))
        client = Depot(kit_for(Depot, script))
        await perform(client, "get_site", site="default")
        with pytest.raises(InvalidRequest, match="only default"):
            await perform(client, "get_site", site="north")

    async def test_health_tells_each(self) -> None:
        script = Script(lambda _: reply({}))
        client = Depot(kit_for(Depot, apart(Depot, script), env=self.ENV))
        health = await client.health_check()
        states = {name: one["status"] for name, one in health["upstreams"].items()}
        assert states["sites.north"] == "ok"
        assert states["sites.south"] == "error"

    def test_its_variables_are_known(self) -> None:
        reads = Depot.reads(self.ENV)
        assert {"DEPOT_SITES", "DEPOT_SOUTH_SITE_KEY", "DEPOT_NORTH_SITES_LIMIT"} <= set(reads)
        assert "DEPOT_SITE_KEY" not in reads
        assert Depot.lacking(self.ENV) == ("DEPOT_SOUTH_SITE_KEY",)


def test_an_upstream_for_tokens_alone_is_of_no_use() -> None:
    assert Depot.login.for_tokens
    assert not Depot.api.for_tokens
    assert Lonely.unusable(Environment({}))
    assert not Lonely.unusable(Environment({"LONELY_ID": "a", "LONELY_SECRET": "b"}))


class Lonely(Client):
    """Needs a token."""

    login = Upstream("https://login.test")
    api = Upstream(
        "https://x.test", auth=ClientCredentials(login, "/t", ("LONELY_ID",), ("LONELY_SECRET",))
    )


def test_tokens_come_from_an_upstream_of_its_own() -> None:
    with pytest.raises(TypeError, match=r"Thief\.api gets its tokens elsewhere"):
        type(
            "Thief",
            (Client,),
            {
                "__module__": "thief",
                "api": Upstream(
                    "https://x.test", auth=ClientCredentials(Depot.login, "/t", ("A",), ("B",))
                ),
            },
        )
