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


def test_who_takes_over_goes_on_from_what_was_told() -> None:
    owner, standby = Health("shop", ["a", "b"], "h-1"), Health("shop", ["a", "c"], "h-2")
    for _ in range(2):
        event = owner.note("a", DOWN, 0.1) or owner.snapshot()
    standby.believe(event)
    found = standby.snapshot()
    assert (found.state, found.since, found.hub) == ("degraded", event.since, "h-2")
    assert (found.upstreams["a"].cause, set(found.upstreams)) == ("network", {"a", "c"})
    assert told(standby, DOWN) == []  # known already
    assert told(standby, None) == ["up"]
    standby.believe(owner.snapshot().model_copy(update={"state": "unconfigured"}))
    mended = standby.set(lacking=(), paused=False)
    assert mended
    assert (mended.state, mended.previous) == ("degraded", "unconfigured")


def test_trouble_of_the_hub_itself_degrades_what_works() -> None:
    health = Health("shop", ["a"], "h")
    assert told(health, None) == ["up"]
    event = health.trouble("another record")
    assert event
    assert (event.state, event.cause, event.detail) == ("degraded", "hub", "another record")
    assert health.trouble("another record") is None
    assert told(health, DOWN, DOWN) == ["down"]
    assert health.snapshot().cause == "network"
    assert told(health, None) == ["degraded"]
    mended = health.trouble("")
    assert mended
    assert (mended.state, mended.cause) == ("up", None)
