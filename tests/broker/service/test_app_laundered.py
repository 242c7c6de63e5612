"""Who speaks for whom, and replies made into requests: a broker with our rights, and a real hub."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from pamqp.common import FieldTable

from service.app import Hub
from service.dead.office import Selection
from service.node.node import Node
from tests.support.agent import Agent, apart
from tests.support.hub import serving, settings_for
from tests.support.rights import NAMES, secured
from tests.support.vendor import Stub, page
from tests.support.wait import wait_until

PAGE, CREATE, SMS = "notion.get_page", "notion.create_page", "twilio.send_message"
ACCESS: Final[Mapping[str, Any]] = {
    "alice": {"operations": ["notion.*"], "classes": ["safe"]},
    "bob": {"operations": ["*"]},
}
TRAP: Final = "hub.replies.alice.trap"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the access file is."""
    return tmp_path_factory.mktemp("rights")


@pytest.fixture(scope="module")
def urls(module_node: Node, folder: Path) -> Mapping[str, str]:
    """The addresses of all users."""
    return asyncio.run(secured(module_node, folder, ACCESS))


@pytest.fixture
async def hub(
    urls: Mapping[str, str], folder: Path, stub: Stub, tmp_path: Path
) -> AsyncIterator[Hub]:
    """A hub with an access file, on a broker with the rights made from it."""
    settings = settings_for(stub.up.url, NAMES, tmp_path)
    access = {"HUB_ACCESS_FILE": str(folder / "access.json")}
    async with serving(urls["hub"], settings.but(**access)) as hub:
        await hub.dead_letters.drop(Selection(), 1000, by="test", dry=False)
        yield hub


async def letters(hub: Hub, count: int) -> list[dict[str, Any]]:
    """Return the dead letters, once there are so many."""
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = (await hub.dead_letters.list(Selection(), 1000))["letters"]
        return len(found) >= count

    await wait_until(there, 15, f"{count} dead letters")
    return found


@asynccontextmanager
async def trap(url: str, key: str, events: str = "") -> AsyncIterator[None]:
    """A queue whose messages become requests after 1 ms, or at once."""
    arguments: FieldTable = {
        "x-dead-letter-exchange": NAMES.requests,
        "x-dead-letter-routing-key": key,
        "x-message-ttl": 1,
    }
    async with apart(url) as channel:
        await channel.queue_declare(TRAP, durable=True, arguments=arguments)
        if events:
            await channel.queue_bind(TRAP, NAMES.events, events)
        try:
            yield
        finally:
            await channel.queue_delete(TRAP)


async def test_a_reply_that_becomes_a_request_is_buried_and_never_answered(
    hub: Hub, urls: Mapping[str, str], stub: Stub
) -> None:
    async with Agent(urls["alice"], NAMES) as alice, trap(urls["alice"], PAGE):
        for number in range(5):
            more: dict[str, Any] = {"reply_to": TRAP, "user_id": "alice"}
            await alice.send(PAGE, page(number), message_id=f"m-{number}", **more)
        found = await letters(hub, 5)
        assert (await alice.ask(PAGE, page(9), user_id="alice")).ok  # it works on
        assert len(await letters(hub, 5)) == 5  # no loop
    assert {(one["reason"], one["user"]) for one in found} == {("forbidden_header", "-")}
    assert all("x-death" in one["detail"] or "hub-" in one["detail"] for one in found)
    assert stub.calls == 6
    done = await hub.dead_letters.replay(Selection(), 10, by="test", dry=False)
    assert [one["did"] for one in done["letters"]] == ["refused"] * 5


async def test_an_event_that_becomes_a_request_is_buried_too(
    hub: Hub, urls: Mapping[str, str], stub: Stub
) -> None:
    async with trap(urls["alice"], PAGE, events="hub.*.owns"):
        found = await letters(hub, 1)
    assert {one["reason"] for one in found} == {"forbidden_header"}
    assert stub.calls == 0


async def test_a_request_that_died_in_another_queue_is_buried_however_it_comes(
    hub: Hub, urls: Mapping[str, str], stub: Stub
) -> None:
    async with trap(urls["alice"], PAGE), apart(urls["hub"]) as channel:
        await channel.basic_publish(b"{}", exchange="", routing_key=TRAP)
        (letter,) = await letters(hub, 1)
    assert (letter["reason"], letter["operation"]) == ("forbidden_header", PAGE)
    assert "x-death" in letter["detail"]
    assert stub.calls == 0


@pytest.mark.usefixtures("hub")
async def test_only_the_hubs_own_user_speaks_for_others(
    urls: Mapping[str, str], stub: Stub
) -> None:
    as_bob: Mapping[str, Any] = {"headers": {"hub-for": "bob"}}
    params = {"parent_id": page(1)["page_id"], "title": "x"}
    async with Agent(urls["alice"], NAMES) as alice, Agent(urls["hub"], NAMES) as own:
        assert (await alice.ask(PAGE, page(1), user_id="alice", id="1")).ok
        forged = await alice.ask(CREATE, params, user_id="alice", id="2", **as_bob)
        bare = await own.ask(PAGE, page(1), user_id="hub", id="3")
        named = await own.ask(PAGE, page(2), user_id="hub", id="1", **as_bob)
        for_alice: dict[str, Any] = {"headers": {"hub-for": "alice"}}
        twin = await own.ask(PAGE, page(1), user_id="hub", id="1", **for_alice)
    assert (forged.code, "'alice'" in forged.json()["detail"]) == ("forbidden", True)
    assert (bare.code, "'hub'" in bare.json()["detail"]) == ("forbidden", True)
    assert (named.served, twin.served) == ("live", "replay")
    assert stub.calls == 2


async def test_a_message_without_a_user_is_nobodys(hub: Hub, urls: Mapping[str, str]) -> None:
    gone: dict[str, Any] = {"headers": {"hub-for": "bob"}, "reply_to": "amq.gen-gone"}
    async with Agent(urls["alice"], NAMES) as alice:
        await alice.send(PAGE, page(1), message_id="m", **gone)
        await alice.send(PAGE, page(1), message_id="n")  # to its own queue: whose is it?
        found = await letters(hub, 2)
    told = {(one["message_id"], one["reason"], one["outcome"], one["user"]) for one in found}
    assert told == {
        ("m", "reply_unroutable", "forbidden", "-"),
        ("n", "reply_to_forbidden", "", "-"),
    }
