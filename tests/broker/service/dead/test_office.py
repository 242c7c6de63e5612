"""Dead letters replayed and dropped by a hub on a real broker; the vendor's log has the truth."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from structlog.testing import capture_logs

from clients._redact import Redactor
from service.dead.office import Office, Selection
from tests.support.agent import apart, left_in
from tests.support.broker import OwnNames
from tests.support.hub import Given, asked
from tests.support.upstream import reply
from tests.support.vendor import Stub, page, sms, texts
from tests.support.wait import wait_until

PAGE, SMS = "notion.get_page", "twilio.send_message"
ALL: Final = Selection()


async def letters(office: Office, count: int, of: Selection = ALL) -> list[dict[str, Any]]:
    """Return the letters, once there are so many."""
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        found[:] = (await office.list(of, 1000))["letters"]
        return len(found) >= count

    await wait_until(there, 15, f"{count} dead letters")
    assert len(found) == count
    return found


async def replayed(office: Office, of: Selection = ALL, *, dry: bool = False) -> list[Any]:
    done = await office.replay(of, 1000, by="cli:root", dry=dry)
    return [(one["did"], one["reply_to"]) for one in done["letters"]]


@asynccontextmanager
async def queue(url: str, name: str) -> AsyncIterator[str]:
    """Declare a queue for replies, for as long as the block lasts."""
    async with apart(url) as channel:
        await channel.queue_declare(name, durable=True)
        try:
            yield name
        finally:
            await channel.queue_delete(name)


async def test_an_outcome_is_delivered_again_and_nothing_is_called_twice(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    gone = names.reply_queue("hub", "gone")
    async with asked(amqp_url, names, settings) as (hub, agent):
        office = hub.dead_letters
        given: dict[str, Any] = {"reply_to": gone, "user_id": "hub", "correlation_id": "c-1"}
        await agent.send(SMS, sms("once"), message_id="m-1", **given)
        (letter,) = await letters(office, 1)
        shown = await office.show(letter["id"])
        assert await replayed(office, dry=True) == [("would_replay", names.replies)]
        async with queue(amqp_url, gone):
            assert await replayed(office, dry=True) == [("would_replay", gone)]
            with capture_logs() as log:
                assert await replayed(office) == [("replayed", gone)]
            await wait_until(lambda: one_in(amqp_url, gone), 10, "the outcome")
        assert (await office.list(ALL, 10))["total"] == 0
    assert texts(stub.up.requests) == {"once": 1}
    told = {name: letter[name] for name in ("reason", "outcome", "user", "message_id", "params")}
    assert told == {
        "reason": "reply_unroutable",
        "outcome": "ok",
        "user": "hub",
        "message_id": "m-1",
        "params": sms("once"),
    }
    assert shown
    assert '"body": "once"' in shown["body"]
    assert [one["by"] for one in log if one["event"] == "dead_letter_replayed"] == ["cli:root"]


async def one_in(url: str, name: str) -> bool:
    return (await left_in(url, [name]))[name] == 1


async def test_each_keeps_its_user_its_id_and_its_place_in_the_bucket(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    """Reads are made again, under the limit; the reply has the asker's correlation id."""
    limited = settings.but(NOTION_LIMIT="5/1s burst 1")
    async with asked(amqp_url, names, limited) as (hub, agent):
        for number in range(4):
            more: dict[str, Any] = {"correlation_id": f"c-{number}", "headers": {"hub-for": "ann"}}
            await agent.send(PAGE, page(number), reply_to="amq.gen-gone", **more)
        found = await letters(hub.dead_letters, 4)
        before = stub.calls
        async with heard(amqp_url, names) as replies:
            assert await replayed(hub.dead_letters) == [("replayed", names.replies)] * 4
            await wait_until(lambda: len(replies) == 4, 15, "the replies")
    assert {one["user"] for one in found} == {"ann"}
    assert stub.calls == before + 4
    assert sorted(replies) == [(f"ann.{PAGE}", f"c-{number}") for number in range(4)]
    times = [one.at for one in stub.up.requests]
    assert times[-1] - times[-4] >= 3 / 5 - 0.05


@asynccontextmanager
async def heard(url: str, names: OwnNames) -> AsyncIterator[list[tuple[str, str]]]:
    """Collect key and correlation id of what is replied to nobody in particular."""
    found: list[tuple[str, str]] = []

    async def take(message: Any) -> None:  # noqa: ANN401  (aiormq's)
        found.append((message.routing_key, message.header.properties.correlation_id))

    async with apart(url) as channel:
        declared = await channel.queue_declare(exclusive=True)
        await channel.queue_bind(str(declared.queue), names.replies, "#")
        await channel.basic_consume(str(declared.queue), take, no_ack=True)
        yield found


async def test_what_may_have_happened_is_never_asked_again(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    stub.answer = reply(500)  # Twilio may have sent it all the same
    async with asked(amqp_url, names, settings) as (hub, agent):
        await agent.send(SMS, sms("doubt"), id="d-1", reply_to="amq.gen-gone")
        (letter,) = await letters(hub.dead_letters, 1)
        done = await hub.dead_letters.replay(ALL, 10, by="http", dry=False)
        (result,) = done["letters"]
        again = (await letters(hub.dead_letters, 1))[0]
    assert letter["outcome"] == "outcome_unknown"
    assert (result["did"], result["code"]) == ("refused", "outcome_unknown")
    assert "a replay could do it twice" in result["sentence"]
    assert again == letter
    assert texts(stub.up.requests) == {"doubt": 1}


async def test_what_must_not_run_is_refused_and_can_be_dropped(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        office = hub.dead_letters
        await agent.send(PAGE, page(1), message_id="cc", headers={"CC": ["x"]})
        await agent.send(PAGE, page(1), message_id="to", reply_to=names.dead_letters)
        await agent.send(SMS, {"odd": 1}, message_id="odd", reply_to="amq.gen-gone")
        found = await letters(office, 3)
        assert [did for did, _ in await replayed(office)] == ["refused"] * 3
        with capture_logs() as log:
            some = await office.drop(Selection(reason="forbidden_header"), 10, by="a", dry=False)
        (left, right) = await letters(office, 2)
        dry = await office.drop(ALL, 10, by="a", dry=True)
        rest = await office.drop(Selection(frozenset({left["id"]})), 10, by="a", dry=False)
        assert await letters(office, 1) == [right]
        assert (await office.show(left["id"])) is None
    assert {one["message_id"]: one["reason"] for one in found} == {
        "cc": "forbidden_header",
        "to": "reply_to_forbidden",
        "odd": "reply_unroutable",
    }
    assert [one["did"] for one in some["letters"]] == ["dropped"]
    assert [one["did"] for one in dry["letters"]] == ["would_drop"] * 2
    assert [one["id"] for one in rest["letters"]] == [left["id"]]
    named = [(one["by"], one["reason"]) for one in log if one["event"] == "dead_letter_dropped"]
    assert named == [("a", "forbidden_header")]
    assert stub.calls == 0


async def test_two_hubs_that_replay_at_once_ask_once(
    amqp_url: str, names: OwnNames, settings: Given, stub: Stub
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        for number in range(20):
            await agent.send(PAGE, page(number), id=f"{number}", reply_to="amq.gen-gone")
        await letters(hub.dead_letters, 20)
        both = await asyncio.gather(*(replayed(hub.dead_letters) for _ in range(2)))
        assert sorted(map(len, both)) == [0, 20]
    assert stub.calls == 20  # each has a record: its outcome was kept


class Turns(Redactor):
    """Notes for each text whether the loop, which runs all else of the hub, had a turn."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.had: list[bool] = []
        self._turn = threading.Event()
        self._turn.set()

    def __call__(self, text: str) -> str:
        own = threading.current_thread() is threading.main_thread()
        self.had.append(self._turn.wait(0 if own else 5))
        self._turn.clear()
        self.loop.call_soon_threadsafe(self._turn.set)
        return text


async def test_the_hub_goes_on_while_letters_are_made_ready(
    amqp_url: str, names: OwnNames, settings: Given
) -> None:
    async with asked(amqp_url, names, settings) as (hub, agent):
        for number in range(5):
            await agent.send(PAGE, page(number), message_id=f"{number}", headers={"CC": ["x"]})
        first, *_ = await letters(hub.dead_letters, 5)
        turns = [Turns() for _ in range(4)]
        offices = [replace(hub.dead_letters, redact=one) for one in turns]
        await offices[0].list(ALL, 10)
        await offices[1].show(first["id"])
        await offices[2].replay(ALL, 10, by="a", dry=True)
        await offices[3].drop(ALL, 10, by="a", dry=True)
    assert all(turns[0].had + turns[1].had)
    assert [one.had.count(True) for one in turns[2:]] == [5, 5]
