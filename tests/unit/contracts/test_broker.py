import pytest

from contracts._broker import flaw_of


@pytest.mark.parametrize("url", ["amqp://h", "amqps://u:p@h:5671/v?cafile=x", "amqp://[::1]:5672/"])
def test_what_can_be_used(url: str) -> None:
    assert flaw_of(url) == ""


@pytest.mark.parametrize(
    ("url", "flaw"),
    [
        ("", "it must look like amqp://"),
        ("http://h", "it must look like amqp://"),
        ("amqp://", "it must look like amqp://"),
        ("amqp://[", "it must look like amqp://"),
        ("amqp://h:0", "it must look like amqp://"),
        ("amqp://h:x", "it must look like amqp://"),
        ("amqp://h/?no_verify_ssl", "it says no_verify_ssl"),
        ("amqps://h/?cafile=x&no_verify_ssl=1", "it says no_verify_ssl"),
    ],
)
def test_what_is_wrong_is_told_without_the_address(url: str, flaw: str) -> None:
    assert flaw_of(url).startswith(flaw)
