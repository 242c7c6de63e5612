"""Where an agent looks for its hub, in which order, and what it says when there is none."""

import json
from pathlib import Path

import pytest

from contracts import Names
from contracts._names import ADDRESSES
from sdk import Address, HubUnreachable, find_hub

GIVEN = "amqp://a:secret@given:5672/"
SET = "amqp://b:secret@set:5672/"
UP = "amqp://c:secret@up:5672/"


def running(folder: Path, content: str) -> dict[str, str]:
    """The environment of a machine on which `hub up` has written its file."""
    (folder / ADDRESSES).write_text(content)
    return {"HUB_DATA_DIR": str(folder)}


@pytest.fixture
def up(tmp_path: Path) -> dict[str, str]:
    return running(tmp_path, json.dumps({"amqp_url": UP, "prefix": "upper", "http_url": "x"}))


@pytest.mark.parametrize(
    ("url", "prefix", "more", "expected"),
    [
        (GIVEN, None, {}, Address(GIVEN, "hub")),
        (GIVEN, "mine", {"HUB_PREFIX": "other"}, Address(GIVEN, "mine")),
        (GIVEN, None, {"HUB_AMQP_URL": SET, "HUB_PREFIX": "other"}, Address(GIVEN, "other")),
        (None, None, {"HUB_AMQP_URL": SET}, Address(SET, "hub")),
        (None, None, {"HUB_AMQP_URL": SET, "HUB_PREFIX": "other"}, Address(SET, "other")),
        (None, None, {}, Address(UP, "upper")),
        (None, None, {"HUB_AMQP_URL": "", "HUB_PREFIX": ""}, Address(UP, "upper")),
        (None, None, {"HUB_PREFIX": "other"}, Address(UP, "other")),
        (None, "mine", {}, Address(UP, "mine")),
    ],
)
def test_the_program_comes_first_then_the_environment_then_the_hub_of_this_machine(
    up: dict[str, str], url: str | None, prefix: str | None, more: dict[str, str], expected: Address
) -> None:
    assert find_hub(url, prefix, up | more) == expected


def test_it_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_AMQP_URL", SET)
    monkeypatch.setenv("HUB_PREFIX", "mine")
    assert find_hub() == Address(SET, "mine")


@pytest.mark.parametrize("content", ["", "no json", "[]", "{}"])
def test_without_any_it_says_what_to_do(tmp_path: Path, content: str) -> None:
    with pytest.raises(HubUnreachable, match=r"HUB_AMQP_URL to it, or start a hub .* `hub up`"):
        find_hub(None, None, running(tmp_path, content))


def test_a_folder_without_the_file_is_no_hub(tmp_path: Path) -> None:
    with pytest.raises(HubUnreachable):
        find_hub(None, None, {"HUB_DATA_DIR": str(tmp_path)})


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://host/", "must look like amqp://"),
        ("amqp://", "must look like amqp://"),
        ("host:5672", "must look like amqp://"),
        ("amqp://[", "must look like amqp://"),
        ("amqp://host:65536/", "must look like amqp://"),
        ("amqps://host/?no_verify_ssl=1", "certificate is always checked"),
        ("amqps://host/?no_verify_ssl", "certificate is always checked"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        find_hub(url, None, {})


def test_an_address_tells_its_user_and_hides_its_password() -> None:
    address = Address("amqp://al%2Bice:s3cret@host:5671/vh", "mine")
    assert address.user == "al+ice"
    assert address.names == Names("mine")
    assert address.shown == "amqp://host:5671/vh"
    assert "s3cret" not in repr(address)


def test_the_broker_has_a_default_user() -> None:
    assert Address("amqp://host/").user == "guest"
    assert Address("amqp://host/").shown == "amqp://host/"
