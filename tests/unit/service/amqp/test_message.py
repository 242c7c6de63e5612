"""What leaves the hub, as AMQP properties."""

import pytest

from contracts._names import JSON
from service.amqp.message import MOST_PROPERTY_BYTES, Message


def test_the_properties_of_a_message() -> None:
    message = Message(
        b"{}",
        headers={"hub-status": "ok"},
        correlation_id="c",
        user_id="u",
    )
    properties = message.properties()
    assert properties.headers == {"hub-status": "ok"}
    assert properties.content_type == JSON
    assert (properties.correlation_id, properties.user_id) == ("c", "u")
    assert properties.delivery_mode == 2


def test_a_message_without_headers() -> None:
    assert Message(b"").properties().headers is None


def test_every_sending_has_an_id_of_its_own() -> None:
    message = Message(b"")
    assert len({message.properties().message_id for _ in range(1000)}) == 1000


def test_headers_that_would_not_fit_a_frame_are_not_written() -> None:
    fits = Message(b"", headers={"k": "x" * (MOST_PROPERTY_BYTES - 200)})
    assert fits.properties().marshal()
    large = Message(b"", headers={"k": "x" * MOST_PROPERTY_BYTES})
    with pytest.raises(ValueError, match="the most"):
        large.properties().marshal()
