import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clients._gate import HandedBack
from clients._operation import Operation, Traits
from contracts import Internal, Names, NotConfigured, Request, Result, UnknownOperation
from service.answer import Answer
from service.ask import Understanding
from service.envelope import Envelope, Reader
from service.permission.access import Access
from service.record.records import Claim, Key
from service.record.store import Store
from service.stray import Dropped, DroppedReader, Unrouted, living, reason_of
from tests.support.clock import QuickClock
from tests.support.edge import FakeDelivery
from tests.support.messages import FakeMessage, FakeProperties


class Thing(Result):
    pass


class GetThing(Request[Thing]):
    pass


class MakeThing(Request[Thing]):
    pass


OPERATIONS = {
    one.name: one
    for one in (
        Operation("shop.get_thing", "get_thing", GetThing, Traits("safe"), "Get."),
        Operation("shop.make_thing", "make_thing", MakeThing, Traits("unsafe"), "Make."),
    )
}
READER = Reader(Names())


def dead(operation: str, reason: str, **properties: str) -> Any:  # noqa: ANN401  (fits a Delivery)
    died = {"reason": reason, "queue": "hub.requests.shop"}
    headers = {"x-death": [died], "x-first-death-queue": "q", "hub-accept": "x"}
    return FakeDelivery(b"{}", operation, headers, FakeProperties(**properties))


def envelope(message: FakeMessage) -> Envelope:
    return DroppedReader(READER).read(message, 0.0)


@pytest.fixture
async def dropped(tmp_path: Path) -> Any:  # noqa: ANN401  (an async generator's fixture)
    clock = QuickClock()
    store = Store(f"sqlite:///{tmp_path}/calls.sqlite3", clock.wall)
    yield Dropped({"shop": Understanding(OPERATIONS, READER, Access())}, store, clock)
    await store.aclose()


async def handled(dropped: Dropped, message: Any) -> Answer:  # noqa: ANN401
    return await dropped.handle(message, envelope(message))


def test_a_death_is_undone() -> None:
    message = dead("shop.get_thing", "expired")
    assert dict(living(message).headers) == {"hub-accept": "x"}
    assert reason_of(message) == "expired"
    assert reason_of(FakeMessage()) == ""
    assert reason_of(FakeMessage(headers={"x-death": ["odd"]})) == ""


@pytest.fixture
def unrouted(dropped: Dropped) -> Unrouted:
    return Unrouted(dropped.understandings, dropped.records, dropped.clock)


def asked(operation: str, **properties: str) -> Any:  # noqa: ANN401  (fits a Delivery)
    return FakeDelivery(b"{}", operation, {}, FakeProperties(**properties))


async def unserved(unrouted: Unrouted, message: Any) -> Answer:  # noqa: ANN401
    return await unrouted.handle(message, READER.read(message, 0.0))


async def test_nobody_knows_the_integration(unrouted: Unrouted) -> None:
    with pytest.raises(UnknownOperation, match=r"shop\.get_thing"):
        await unserved(unrouted, asked("shp.get_thing"))


async def test_an_integration_that_no_hub_serves(unrouted: Unrouted) -> None:
    with pytest.raises(NotConfigured, match="HUB_INTEGRATIONS"):
        await unserved(unrouted, asked("shop.get_thing"))


async def test_an_integration_whose_queue_is_gone(unrouted: Unrouted) -> None:
    with pytest.raises(Internal, match="Ask again") as caught:
        await unserved(replace(unrouted, served=["shop"]), asked("shop.get_thing"))
    assert caught.value.facts.retryable is not False
    assert caught.value.facts.outcome in {None, "not_sent"}


@pytest.mark.parametrize(("served", "code"), [([], "not_configured"), (["shop"], "internal")])
async def test_what_acts_and_was_never_sent_was_not_sent(
    unrouted: Unrouted, served: list[str], code: str
) -> None:
    message = asked("shop.make_thing")
    problem = (await unserved(replace(unrouted, served=served), message)).problem()
    assert (problem.code, problem.outcome) == (code, "not_sent")


@pytest.mark.parametrize("served", [[], ["shop"]])
@pytest.mark.parametrize(
    ("operation", "found"),
    [
        ("shop.make_thing", ("outcome_unknown", "unknown", False)),
        ("shop.get_thing", ("internal", "unknown", False)),
    ],
)
async def test_what_an_earlier_hub_sent_may_have_been_done(
    dropped: Dropped,
    unrouted: Unrouted,
    served: list[str],
    operation: str,
    found: tuple[str, str, bool],
) -> None:
    message = asked(operation)
    message.headers["idempotency-key"] = "m-1"
    await under_way(dropped, message)
    problem = (await unserved(replace(unrouted, served=served), message)).problem()
    assert (problem.code, problem.outcome, problem.retryable) == found


@pytest.mark.parametrize("served", [[], ["shop"]])
async def test_what_an_earlier_hub_did_is_told_again(
    dropped: Dropped, unrouted: Unrouted, served: list[str]
) -> None:
    message = asked("shop.make_thing")
    claim = await under_way(dropped, message)
    await dropped.records.done(claim, Answer(ok=True, body=b'{"done":1}'))
    answer = await unserved(replace(unrouted, served=served), message)
    assert (answer.ok, answer.body, answer.served) == (True, b'{"done":1}', "replay")


async def test_what_expired_in_the_broker_is_expired(dropped: Dropped) -> None:
    answer = await handled(dropped, dead("shop.get_thing", "expired"))
    assert (answer.problem().code, answer.problem().outcome) == ("expired", "not_sent")


async def test_a_stranger_is_unknown(dropped: Dropped) -> None:
    with pytest.raises(UnknownOperation):
        await handled(dropped, dead("other.get", "delivery_limit"))


async def test_what_kept_failing_is_given_up(dropped: Dropped) -> None:
    answer = await handled(dropped, dead("shop.get_thing", "delivery_limit"))
    assert (answer.problem().code, answer.problem().outcome) == ("internal", "not_sent")


async def test_what_acts_and_was_not_sent_is_given_up_for_good(dropped: Dropped) -> None:
    message = dead("shop.make_thing", "delivery_limit")
    first = await handled(dropped, message)
    assert (first.problem().code, first.problem().outcome) == ("internal", "not_sent")
    again = await handled(dropped, message)
    assert again.body == first.body


async def under_way(dropped: Dropped, message: Any, sent: bool = True) -> Claim:  # noqa: ANN401
    """Have another delivery of a request claimed, and sent."""
    ask = dropped.understandings["shop"].ask(living(message), envelope(message))
    taken = await dropped.records.claim(ask.key, ask.fingerprint, ask.operation.name)
    assert taken.claim
    if sent:
        await dropped.records.sending(taken.claim)
    return taken.claim


@pytest.mark.parametrize(
    ("operation", "reason", "found"),
    [
        ("shop.make_thing", "delivery_limit", ("outcome_unknown", "unknown", False)),
        ("shop.make_thing", "expired", ("outcome_unknown", "unknown", False)),
        ("shop.get_thing", "delivery_limit", ("internal", "unknown", False)),
        ("shop.get_thing", "expired", ("expired", "sent", True)),
    ],
)
async def test_what_left_and_never_ended_may_have_been_done(
    dropped: Dropped, operation: str, reason: str, found: tuple[str, str, bool]
) -> None:
    message = dead(operation, reason)
    message.headers["idempotency-key"] = "m-1"
    await under_way(dropped, message)
    problem = (await handled(dropped, message)).problem()
    assert (problem.code, problem.outcome, problem.retryable) == found


@pytest.mark.parametrize("sent", [False, True])
async def test_a_repeat_of_what_is_under_way_waits_for_its_outcome(
    dropped: Dropped, sent: bool
) -> None:
    message = dead("shop.make_thing", "expired")
    claim = await under_way(dropped, message, sent=sent)
    answering = asyncio.create_task(handled(dropped, message))
    for _ in range(20):
        await asyncio.sleep(0)
    await dropped.records.sending(claim)  # nobody has taken it away
    await dropped.records.done(claim, Answer(ok=True, body=b'{"done":1}'))
    assert (await answering).body == b'{"done":1}'


async def test_what_loses_its_channel_while_it_waits_comes_again(dropped: Dropped) -> None:
    message = dead("shop.make_thing", "expired")
    await under_way(dropped, message, sent=False)
    message.alive = 1
    with pytest.raises(HandedBack):
        await handled(dropped, message)


async def test_what_nobody_came_back_for_is_given_up(dropped: Dropped) -> None:
    message = dead("shop.make_thing", "expired")
    await under_way(dropped, message, sent=False)
    problem = (await handled(dropped, message)).problem()
    assert (problem.code, problem.outcome) == ("expired", "not_sent")


async def test_an_id_that_belongs_to_another_request_says_so(dropped: Dropped) -> None:
    other = Answer(ok=True, body=b"{}")
    taken = await dropped.records.claim(Key("-", "m-1"), b"2" * 32, "shop.make_thing")
    assert taken.claim
    await dropped.records.done(taken.claim, other)
    answer = await handled(dropped, dead("shop.make_thing", "expired"))
    assert answer.problem().code == "idempotency_conflict"


@pytest.mark.parametrize(("played", "code"), [(["shop"], None), ([], "expired")])
async def test_what_a_recording_answered_counts_in_the_sandbox(
    dropped: Dropped, played: list[str], code: str | None
) -> None:
    message = dead("shop.make_thing", "expired")
    ask = dropped.understandings["shop"].ask(living(message), envelope(message))
    found = await dropped.records.claim(ask.key, ask.fingerprint, "shop.make_thing", sandbox=True)
    assert found.claim
    await dropped.records.done(found.claim, Answer(ok=True, body=b"{}", served="sandbox"))
    answer = await handled(replace(dropped, played=played), message)
    assert (None if answer.ok else answer.problem().code) == code


@pytest.mark.parametrize(
    ("operation", "reason", "sentence", "outcome"),
    [
        ("shop.make_thing", "rejected", "could neither answer", "not_sent"),
        ("shop.get_thing", "rejected", "could neither answer", "unknown"),
        ("shop.get_thing", "maxlen", "maxlen", "not_sent"),
        ("shop.get_thing", "", "unsaid", "not_sent"),
    ],
)
async def test_each_reason_has_its_sentence(
    dropped: Dropped, operation: str, reason: str, sentence: str, outcome: str
) -> None:
    problem = (await handled(dropped, dead(operation, reason))).problem()
    assert (problem.code, problem.outcome) == ("internal", outcome)
    assert sentence in problem.detail
