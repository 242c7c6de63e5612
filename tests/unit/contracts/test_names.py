from pathlib import Path

import pytest

from contracts import Names
from contracts._names import data_folder, integration_of, is_name, key_word


def test_every_name_begins_with_the_prefix() -> None:
    names = Names("lab")
    assert names.requests == "lab.requests"
    assert names.queue("notion") == "lab.requests.notion"
    assert names.lease("notion") == "lab.lease.notion"
    assert names.dead_letters == "lab.dead-letters"
    assert names.reply_queue("alice") == "lab.replies.alice"
    assert names.reply_queue("alice", "x") == "lab.replies.alice.x"
    all_names = [getattr(names, name) for name in vars(Names) if name.islower() and name[0] != "_"]
    assert all(one.startswith("lab") for one in all_names if isinstance(one, str))


@pytest.mark.parametrize(
    ("user", "word"), [("alice", "alice"), ("a.b", "a_b"), ("a b*#é", "a_b___"), ("-", "-")]
)
def test_a_user_is_one_word_of_a_key(user: str, word: str) -> None:
    assert key_word(user) == word


@pytest.mark.parametrize("text", ["a", "x" * 255, "é" * 127, "order 7"])
def test_what_amqp_carries_as_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("text", ["", "x" * 256, "é" * 128, "a\nb", "\x00", "\ud800"])
def test_what_is_no_name(text: str) -> None:
    assert not is_name(text)


def test_the_integration_of_an_operation() -> None:
    assert integration_of("notion.get_page") == "notion"
    assert integration_of("odd") == "odd"


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HUB_DATA_DIR": "/srv/hub", "XDG_DATA_HOME": "/data"}, Path("/srv/hub")),
        ({"HUB_DATA_DIR": "", "XDG_DATA_HOME": "/data"}, Path("/data/integration-hub")),
        ({}, Path.home() / ".local/share/integration-hub"),
    ],
)
def test_hub_and_agents_look_for_its_address_in_one_folder(
    environment: dict[str, str], folder: Path
) -> None:
    assert data_folder(environment) == folder
