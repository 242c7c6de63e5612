import pytest

from contracts import (
    BadUpstreamReply,
    CircuitOpen,
    Facts,
    Failure,
    InvalidRequest,
    NotConfigured,
    OutcomeUnknown,
    ReplyTooLarge,
    UpstreamRejected,
    UpstreamThrottled,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from contracts._events import Cause, State
from service.health import Health, cause_of

DOWN = UpstreamUnavailable("down")


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (None, None),
        (UpstreamRejected(), None),
        (InvalidRequest(), None),
        (UpstreamUnauthorized(), "credential"),
        (NotConfigured(), "credential"),
        (UpstreamThrottled(), "quota"),
        (BadUpstreamReply(), "contract"),
        (ReplyTooLarge(), "contract"),
        (CircuitOpen(), "upstream"),
        (UpstreamUnavailable("", Facts(upstream_status=503)), "upstream"),
        (OutcomeUnknown("", Facts(upstream_status=500)), "upstream"),
        (UpstreamUnavailable(), "network"),
    ],
)
def test_what_a_failure_says(failure: Failure | None, cause: Cause | None) -> None:
    assert cause_of(failure) == cause


def told(health: Health, *failures: Failure | None, upstream: str = "a") -> list[State]:
    events = [health.note(upstream, failure, 0.1) for failure in failures]
    return [event.state for event in events if event]


def test_two_failures_bring_it_down_and_one_success_up() -> None:
    health = Health("shop", ["a"], "h")
    assert told(health, None) == ["up"]
    assert told(health, DOWN) == []
    assert told(health, DOWN) == ["down"]
    assert told(health, DOWN, DOWN) == []
    assert told(health, None) == ["up"]
    assert told(health, DOWN, None, DOWN, None) == []


def test_one_of_several_upstreams_degrades_it() -> None:
    health = Health("shop", ["a", "b"], "h")
    assert told(health, DOWN, DOWN) == ["up", "degraded"]
    assert told(health, DOWN, DOWN, upstream="b") == ["down"]
    assert told(health, None) == ["degraded"]


def test_throttling_and_odd_answers_degrade_it() -> None:
    health = Health("shop", ["a"], "h")
    assert told(health, UpstreamThrottled(), UpstreamThrottled()) == ["up", "degraded"]


def test_an_event_tells_cause_time_and_latency() -> None:
    health = Health("shop", ["a", "b"], "h-1")
    health.note("a", DOWN, 0.1)
    event = health.note("a", DOWN, 0.1)
    assert event
    assert (event.previous, event.cause, event.detail, event.hub) == (
        "up",
        "network",
        "down",
        "h-1",
    )
    assert event.upstreams["a"].state == "down"
    assert event.upstreams["b"].state == "up"
    good = health.note("a", None, 0.25)
    assert good
    assert good.upstreams["a"].latency_ms == 250.0
    assert good.since >= event.since


def test_what_is_missing_and_a_pause_are_states() -> None:
    health = Health("shop", ["a"], "h")
    event = health.set(lacking=("SHOP_API_KEY",), paused=False)
    assert event
    assert (event.state, event.cause) == ("unconfigured", "credential")
    assert "SHOP_API_KEY" in event.detail
    paused = health.set(lacking=("SHOP_API_KEY",), paused=True)
    assert paused
    assert paused.state == "paused"
    assert health.set(lacking=("SHOP_API_KEY",), paused=True) is None
    assert health.snapshot().state == "paused"
