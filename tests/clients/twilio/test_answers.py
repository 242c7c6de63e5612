"""Twilio's answers, put into shape."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clients.twilio.answers import explained, mended, page, page_v2, present
from contracts import Facts, OutcomeUnknown, UpstreamRejected
from contracts.twilio import Call, Lookup, Message, Messages, Verification, VerifyServices

SENT: dict[str, Any] = {
    "sid": "SM1",
    "status": "sent",
    "direction": "outbound-api",
    "to": "+12025550123",
    "from": "+15005550006",
    "body": "",
}
MADE: dict[str, Any] = {"sid": "CA1", "status": "busy", "to": "+12025550123", "from": "+1500"}


def test_times_and_numbers_are_read() -> None:
    raw = SENT | {
        "date_sent": "Thu, 30 Jul 2015 22:12:33 +0200",
        "date_created": "Thu, 30 Jul 2015 20:12:31 -0000",
        "date_updated": None,
        "num_segments": "2",
        "num_media": "0",
        "price": "-0.00750",
        "price_unit": "USD",
    }
    message = Message.model_validate(mended(raw))
    assert message.date_sent == datetime(2015, 7, 30, 20, 12, 33, tzinfo=UTC)
    assert message.date_created == datetime(2015, 7, 30, 20, 12, 31, tzinfo=UTC)
    assert (message.date_updated, message.num_segments, message.num_media) == (None, 2, 0)
    assert (message.price, message.price_unit, message.body) == (-0.0075, "USD", "")
    assert message.sender == "+15005550006"


def test_what_a_call_left_empty_is_none() -> None:
    raw = MADE | {"duration": "", "start_time": "", "price": "", "queue_time": "0"}
    call = Call.model_validate(mended(raw))
    assert (call.duration, call.start_time, call.price, call.queue_time) == (None, None, None, 0)


def test_a_time_that_is_none_of_rfc_2822_is_an_error() -> None:
    with pytest.raises(ValueError, match="Invalid date"):
        mended({"date_sent": "yesterday"})


PAGES: list[tuple[str | None, str | None]] = [
    (None, None),
    ("", None),
    ("/2010-04-01/Accounts/AC1/Messages.json?PageSize=2&Page=1&PageToken=PA9", "1:PA9"),
    ("/2010-04-01/Accounts/AC1/Messages.json?Page=3", "3:"),
    ("https://evil.example/steal?Page=1&PageToken=PA%209%3A", "1:PA 9:"),
]


@pytest.mark.parametrize(("following", "cursor"), PAGES)
def test_a_page_says_where_the_next_one_begins(following: str | None, cursor: str | None) -> None:
    raw = {"messages": [SENT], "next_page_uri": following, "uri": "x"}
    found = Messages.model_validate(page("messages")(raw))
    assert (found.next_cursor, found.has_more) == (cursor, cursor is not None)
    assert [one.sid for one in found.results] == ["SM1"]
    assert found.model_extra == {}


@pytest.mark.parametrize(("following", "cursor"), PAGES)
def test_a_page_of_the_newer_apis(following: str | None, cursor: str | None) -> None:
    one = {"sid": "VA1", "friendly_name": "x", "code_length": 6, "default_template_sid": None}
    raw = {"services": [one], "meta": {"next_page_url": following}}
    found = VerifyServices.model_validate(page_v2("services")(raw))
    assert (found.next_cursor, found.has_more) == (cursor, cursor is not None)
    assert found.results[0].code_length == 6


def test_null_lists_of_the_newer_apis_are_empty() -> None:
    raw = {"phone_number": "+1", "valid": False, "validation_errors": None, "caller_name": None}
    assert Lookup.model_validate(present(raw)).validation_errors == []
    raw = {"sid": "VE1", "to": "+1", "channel": "sms", "status": "pending"}
    assert Verification.model_validate(present(raw | {"send_code_attempts": None})).valid is False


def refused(status: int) -> UpstreamRejected:
    return UpstreamRejected(f"HTTP {status}: 20404 not found.", Facts(upstream_status=status))


def test_advice_is_added_by_status() -> None:
    with pytest.raises(UpstreamRejected) as caught, explained({404: "Start anew."}):
        raise refused(404)
    assert caught.value.detail == "HTTP 404: 20404 not found. Start anew."
    assert caught.value.facts.upstream_status == 404


@pytest.mark.parametrize("failure", [refused(400), UpstreamRejected("x"), OutcomeUnknown("x")])
def test_other_failures_stay_as_they_are(failure: Exception) -> None:
    with pytest.raises(type(failure)) as caught, explained({404: "Start anew."}):
        raise failure
    assert caught.value is failure
