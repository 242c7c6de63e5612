from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from contracts._events import Control, HealthEvent, UpstreamHealth


def test_a_health_event_survives_the_wire_and_a_newer_writer() -> None:
    event = HealthEvent(
        integration="shop",
        state="down",
        previous="up",
        cause="network",
        since=datetime(2026, 1, 1, tzinfo=UTC),
        upstreams={"api": UpstreamHealth(state="down")},
        hub="h-1",
    )
    newer = event.model_dump(mode="json") | {"added_later": 1}
    assert HealthEvent.model_validate(newer).upstreams == event.upstreams


@pytest.mark.parametrize(
    "said", [{"do": "explode", "id": "1"}, {"do": "pause"}, {"do": "who", "id": "1", "x": 2}]
)
def test_a_command_is_closed(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Control.model_validate(said)
