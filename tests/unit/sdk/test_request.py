"""What a request looks like when it leaves an agent."""

from datetime import UTC, datetime

import orjson
import pytest
from aio_pika import DeliveryMode

from contracts import InvalidRequest
from sdk import Options
from sdk._request import Outgoing, Told

NOON = datetime(2026, 3, 8, 12, tzinfo=UTC)
NOBODY: Told = lambda *_: None  # noqa: E731


def outgoing(options: Options | None = None, **params: object) -> Outgoing:
    return Outgoing("notion.get_page", params, options or Options(), made_at=NOON)


def test_the_properties_are_those_of_the_design() -> None:
    request = outgoing(Options(request_id="order-7"), page_id="x")
    message = request.message("alice", "hub.replies.alice.1")
    assert orjson.loads(message.body) == {"page_id": "x"}
    assert message.content_type == "application/json"
    assert message.delivery_mode is DeliveryMode.PERSISTENT
    assert message.message_id == "order-7"
    assert message.reply_to == "hub.replies.alice.1"
    assert message.user_id == "alice"


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        (Options(), {"ce-expirytime": "2026-03-08T12:01:00+00:00"}),
        (Options(within=None), {}),
        (Options(within=1.5), {"ce-expirytime": "2026-03-08T12:00:01.500000+00:00"}),
        (Options(within=1e300), {"ce-expirytime": "2026-03-09T12:00:00+00:00"}),
        (Options(None, progress=NOBODY), {"hub-accept": "progress"}),
        (Options(None, fresh=True), {"hub-cache": "no-cache"}),
        (Options(None, acts_for="bob"), {"hub-for": "bob"}),
    ],
)
def test_headers_say_only_what_was_wanted(options: Options, headers: dict[str, str]) -> None:
    assert outgoing(options).message("alice", "q").headers == headers


def test_what_is_published_again_is_the_same() -> None:
    request = outgoing(page_id="x")
    first, second = (request.message("alice", "q") for _ in range(2))
    assert (first.body, first.properties) == (second.body, second.properties)


def test_an_id_is_made_up_where_none_is_given() -> None:
    first, second = outgoing(), outgoing()
    assert first.request_id != second.request_id
    assert first.message("alice", "q").message_id == first.request_id


def test_two_calls_of_one_id_hear_their_own_replies() -> None:
    first, second = (outgoing(Options(request_id="order-7")) for _ in range(2))
    assert first.correlation_id != second.correlation_id
    assert first.message("alice", "q").correlation_id == first.correlation_id


@pytest.mark.parametrize("request_id", ["", "x" * 256, "é" * 128, "line\nbreak", "\ud800"])
def test_an_id_that_cannot_travel_is_refused(request_id: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 255 bytes of printable text"):
        Options(request_id=request_id)


@pytest.mark.parametrize("within", [float("nan"), float("inf")])
def test_a_deadline_is_a_number(within: float) -> None:
    with pytest.raises(InvalidRequest, match="number of seconds"):
        Options(within=within)


def test_parameters_that_are_not_json_are_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"notion\.get_page are not JSON"):
        outgoing(page_id=object())


@pytest.mark.parametrize("operation", ["", "a." + "b" * 254, "a\n.b", "\ud800.b"])
def test_an_operation_that_cannot_travel_is_refused(operation: str) -> None:
    with pytest.raises(InvalidRequest, match="An operation is 1 to 255 bytes"):
        Outgoing(operation, {}, Options())


def test_progress_is_told_to_whoever_wants_it() -> None:
    heard: list[tuple[int | None, float | None]] = []
    outgoing(Options(progress=lambda *said: heard.append(said))).tell(3, 1.5)
    outgoing().tell(3, 1.5)
    assert heard == [(3, 1.5)]
