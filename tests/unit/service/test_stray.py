from pathlib import Path
from typing import Any

import pytest

from clients._operation import Operation, Traits
from contracts import Names, NotConfigured, Request, Result, UnknownOperation
from service.access import Access
from service.answer import Answer
from service.ask import Understanding
from service.envelope import Envelope, Reader
from service.records import Key
from service.store import Store
from service.stray import Dropped, DroppedReader, living, reason_of, unrouted
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
    headers = {"x-death": [{"reason": reason}], "x-first-death-queue": "q", "hub-accept": "x"}
    return FakeMessage(b"{}", operation, headers, FakeProperties(**properties))


def envelope(message: FakeMessage) -> Envelope:
    return DroppedReader(READER).read(message, 0.0)


@pytest.fixture
async def dropped(tmp_path: Path) -> Any:  # noqa: ANN401  (an async generator's fixture)
    store = Store(f"sqlite:///{tmp_path}/calls.sqlite3")
    yield Dropped({"shop": Understanding(OPERATIONS, READER, Access())}, store)
    await store.aclose()


async def handled(dropped: Dropped, message: Any) -> Answer:  # noqa: ANN401
    return await dropped.handle(message, envelope(message))


def test_a_death_is_undone() -> None:
    message = dead("shop.get_thing", "expired")
    assert dict(living(message).headers) == {"hub-accept": "x"}
    assert reason_of(message) == "expired"
    assert reason_of(FakeMessage()) == ""
    assert reason_of(FakeMessage(headers={"x-death": ["odd"]})) == ""


async def test_nobody_knows_the_integration() -> None:
    handle = unrouted(OPERATIONS)
    message = dead("shp.get_thing", "")
    with pytest.raises(UnknownOperation, match=r"shop\.get_thing"):
        await handle(message, envelope(message))


async def test_an_integration_that_no_hub_serves() -> None:
    message = dead("shop.get_thing", "")
    with pytest.raises(NotConfigured, match="HUB_INTEGRATIONS"):
        await unrouted(OPERATIONS)(message, envelope(message))


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


async def test_what_may_have_been_sent_is_in_doubt(dropped: Dropped) -> None:
    message = dead("shop.make_thing", "delivery_limit")
    understood = dropped.understandings["shop"].ask(living(message), envelope(message))
    taken = await dropped.records.claim(Key("-", "m-1"), understood.fingerprint, "shop.make_thing")
    assert taken.claim
    await dropped.records.sending(taken.claim)
    assert (await handled(dropped, message)).problem().code == "outcome_unknown"


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        ("shop.make_thing", ("outcome_unknown", "unknown")),
        ("shop.get_thing", ("expired", "unknown")),
    ],
)
async def test_what_expired_while_it_was_under_way_is_in_doubt(
    dropped: Dropped, operation: str, codes: tuple[str, str]
) -> None:
    message = dead(operation, "expired")
    message.headers["idempotency-key"] = "m-1"
    understood = dropped.understandings["shop"].ask(living(message), envelope(message))
    taken = await dropped.records.claim(understood.key, understood.fingerprint, operation)
    assert taken.claim
    await dropped.records.sending(taken.claim)
    problem = (await handled(dropped, message)).problem()
    assert (problem.code, problem.outcome) == codes
    assert not problem.retryable
