"""What leaves the hub, as AMQP properties."""

import pytest

from contracts._names import JSON
from service.amqp.message import MOST_PROPERTY_BYTES, Message


def test_the_properties_of_a_message() -> None:
    message = Message(
        b"{}",
        headers={"hub-status": "ok"},
        correlation_id="c",
        reply_to="r",
        user_id="u",
        expiration=1.5,
    )
    properties = message.properties()
    assert properties.headers == {"hub-status": "ok"}
    assert properties.content_type == JSON
    assert (properties.correlation_id, properties.reply_to, properties.user_id) == ("c", "r", "u")
    assert properties.expiration == "1500"
    assert properties.delivery_mode == 2


def test_a_transient_message_and_no_headers() -> None:
    properties = Message(b"", transient=True).properties()
    assert properties.delivery_mode == 1
    assert properties.headers is None


def test_every_sending_has_an_id_of_its_own() -> None:
    message = Message(b"")
    assert len({message.properties().message_id for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, "0"), (-1, "0"), (0.0004, "0"), (60, "60000")]
)
def test_expiration_in_milliseconds(seconds: float, written: str) -> None:
    assert Message(b"", expiration=seconds).properties().expiration == written


def test_headers_that_would_not_fit_a_frame_are_not_written() -> None:
    fits = Message(b"", headers={"k": "x" * (MOST_PROPERTY_BYTES - 200)})
    assert fits.properties().marshal()
    large = Message(b"", headers={"k": "x" * MOST_PROPERTY_BYTES})
    with pytest.raises(ValueError, match="the most"):
        large.properties().marshal()
