"""Events as agents see them."""

import pytest
from pydantic import ValidationError

from contracts import HealthEvent, LimitEvent
from sdk import Event
from sdk._events import read_event

DOWN = (
    b'{"integration": "notion", "state": "down", "previous": null, "cause": "network",'
    b' "since": "2026-03-08T12:00:00Z", "upstreams": {"api": {"state": "down"}}, "hub": "a"}'
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}', Event("k", {"a": 1})),
        (b"[1]", Event("k", {"value": [1]})),
        (b"not json", None),
    ],
)
def test_an_event_is_its_key_and_its_json(body: bytes, expected: Event | None) -> None:
    assert read_event("k", body) == expected


def test_the_summary_is_one_line_of_what_is_plain_in_it() -> None:
    event = read_event("health.notion.down", DOWN)
    assert event is not None
    assert event.summary == (
        "integration=notion state=down cause=network since=2026-03-08T12:00:00Z hub=a"
    )


def test_an_event_can_be_read_as_its_model() -> None:
    event = read_event("health.notion.down", DOWN)
    assert event is not None
    assert event.read(HealthEvent).upstreams["api"].state == "down"
    with pytest.raises(ValidationError):
        event.read(LimitEvent)
