import time

import pytest

from clients._recordings import Exchange, Recording
from clients.notion import Notion
from contracts import UpstreamRejected
from service.generate.replies import replies
from tests.support.conformance import recordings_of
from tests.support.depot import Depot
from tests.support.kit import recording


def test_the_reply_is_what_the_sandbox_answers() -> None:
    found = replies(Notion, {"get_page": recording(Notion, "get_page.success")})
    assert found["get_page"]["id"] == "be633bf1-dfa0-436d-b259-571129a590e5"
    assert "public_url" not in found["get_page"]  # nothing in it is null


def test_who_waits_for_the_vendor_waits_for_nothing() -> None:
    done = next(one for one in recordings_of(Depot) if one.name == "order_part.success")
    running = tuple(map(still_running, done.exchanges))
    begun = time.monotonic()
    found = replies(Depot, {"order_part": done.model_copy(update={"exchanges": running})})
    assert found["order_part"]["state"] == "running"
    assert time.monotonic() - begun < Depot.operations["order_part"].traits.timeout


def still_running(one: Exchange) -> Exchange:
    body = one.response.body
    if isinstance(body, dict) and "state" in body:
        body = body | {"state": "running"}
    return one.model_copy(update={"response": one.response.model_copy(update={"body": body})})


def test_a_recording_without_success_is_named() -> None:
    refusal: Recording = recording(Notion, "get_page.refusal")
    with pytest.raises(UpstreamRejected) as caught:
        replies(Notion, {"get_page": refusal})
    assert caught.value.__notes__ == ["recordings/notion/get_page.refusal.json"]
